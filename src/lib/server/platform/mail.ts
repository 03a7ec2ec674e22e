import nodemailer from 'nodemailer';

/** A mail that asks a person to a hearing, moves it or takes it back. */
export interface Mail {
	to: string;
	subject: string;
	text: string;
	/** The same each time that the mail is tried: a server that took it twice can see it. */
	messageId: string;
	calendar: { method: string; text: string; fileName: string };
}

/** The server will never take this mail. The message holds codes alone, no address. */
export class MailRefused extends Error {}

/** Hands a mail to the office's server. */
export interface MailPort {
	/** Where mails come from, without a name. */
	readonly address: string;
	/** @throws {MailRefused} for good; anything else: try again. No error tells an address. */
	send(mail: Mail): Promise<void>;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** One slow server must not hold a job for minutes; greylisting answers at once. */
const PATIENCE_MS = 20_000;

/** Connects for each mail: they are few, and come hours apart. */
export function openMail({
	url,
	from,
	patienceMs = PATIENCE_MS,
}: {
	url: string;
	from: string;
	patienceMs?: number;
}): MailPort {
	const transport = nodemailer.createTransport({
		url,
		// Over the network only in a closed envelope.
		requireTLS: !LOOPBACK.has(new URL(url).hostname),
		connectionTimeout: patienceMs,
		greetingTimeout: patienceMs,
		socketTimeout: patienceMs,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	return {
		address: addressOf(from),
		async send({ to, subject, text, messageId, calendar }) {
			try {
				await transport.sendMail({
					...{ from, to, subject, text, messageId },
					headers: { 'Auto-Submitted': 'auto-generated' },
					icalEvent: {
						method: calendar.method,
						content: calendar.text,
						filename: calendar.fileName,
					},
				});
			} catch (problem) {
				throw withoutAddress(problem);
			}
		},
	};
}

/** `Name <a@b>` or `a@b`. */
const addressOf = (from: string) => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();

/** The server's own words tell the recipient's address: only the codes go on, into logs and queue. */
function withoutAddress(problem: unknown): Error {
	const field = (name: string) =>
		typeof problem === 'object' && problem !== null
			? (Reflect.get(problem, name) as unknown)
			: undefined;
	const code = field('code');
	const status = field('responseCode');
	const words = `${typeof code === 'string' ? code : 'unknown'} ${typeof status === 'number' ? status : ''}`;
	// 5xx about the mail or its recipient. About signing in, it is the operator who must act.
	const final = (code === 'EENVELOPE' || code === 'EMESSAGE') && Number(status) >= 500;
	return final
		? new MailRefused(`mail refused: ${words.trim()}`)
		: new Error(`mail not taken: ${words.trim()}`);
}
