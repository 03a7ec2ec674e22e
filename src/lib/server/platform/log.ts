import { DrizzleQueryError } from 'drizzle-orm/errors';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { sqlState, violatedConstraint } from './db.ts';

/** One JSON line per event. Nothing personal is ever handed to it: ids, codes and durations only. */
export function openLog(
	name: 'web' | 'worker' | 'cli',
	level: string,
	destination?: DestinationStream,
): Logger {
	const options: LoggerOptions = {
		name,
		level,
		base: { name },
		timestamp: pino.stdTimeFunctions.isoTime,
		serializers: { err: withoutValues },
		hooks: {
			// Without words of its own a line would take over its error's message.
			logMethod([what, ...words], write) {
				const bare =
					words.length === 0 && typeof what === 'object' && what !== null && 'err' in what;
				write.apply(this, bare ? [what, 'failed'] : [what, ...words]);
			},
		},
	};
	return destination ? pino(options, destination) : pino(options);
}

interface LoggedError {
	type: string;
	message: string;
	code: string | null;
	constraint: string | null;
	/** Where, without the message that heads a stack. */
	stack: string;
	cause: LoggedError | null;
}

/**
 * What failed and where. A database error tells the values of its query in message, stack, `params`
 * and `detail`; they are somebody's name or text, so only the query and the codes are written.
 */
function withoutValues(error: unknown): LoggedError | null {
	if (!(error instanceof Error)) return null;
	const code = sqlState(error);
	const ofDatabase = error instanceof DrizzleQueryError || code !== null;
	const query = error instanceof DrizzleQueryError ? error.query : 'database error';
	return {
		type: error.constructor.name,
		message: ofDatabase ? query : error.message,
		code,
		constraint: violatedConstraint(error),
		stack: (error.stack?.match(/^ {4}at .*$/gm) ?? []).join('\n'),
		cause: ofDatabase ? null : withoutValues(error.cause),
	};
}
