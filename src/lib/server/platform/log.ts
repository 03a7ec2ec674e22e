import { pino, type Logger } from 'pino';

/** One JSON line per event. Nothing personal is ever handed to it: ids, codes and durations only. */
export function openLog(name: 'web' | 'worker' | 'cli', level: string): Logger {
	return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime });
}
