import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** How a server answers one mail. `late`: takes it, but says nothing before the sender has gone. */
export type Answer = 'take' | 'greylist' | 'refuse' | 'refuse_content' | 'late';

export interface MailServer {
	url: string;
	/** What came in, whole, oldest first. */
	received: { from: string; to: string[]; raw: string }[];
	/** Answers to the mails that come next; then it takes all. */
	script: Answer[];
	close(): Promise<void>;
}

/** A real SMTP server on this machine, without TLS as an office's relay on the same machine. */
export async function startMailServer({ host = '127.0.0.1' } = {}): Promise<MailServer> {
	const received: MailServer['received'] = [];
	const script: Answer[] = [];
	const fail = (code: number, words: string) =>
		Object.assign(new Error(words), { responseCode: code });
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ['AUTH', 'STARTTLS'],
		onRcptTo({ address }, _session, done) {
			const [next] = script;
			if (next === 'greylist') return done(fail(450, `4.2.0 <${address}> greylisted, try later`));
			if (next === 'refuse') return done(fail(550, `5.1.1 <${address}> no such mailbox`));
			done();
		},
		onData(stream, session, done) {
			void text(stream).then((raw) => {
				const next = script.shift();
				if (next === 'refuse_content') return done(fail(554, '5.6.0 content not wanted'));
				const { mailFrom, rcptTo } = session.envelope;
				received.push({
					from: mailFrom ? mailFrom.address : '',
					to: rcptTo.map(({ address }) => address),
					raw,
				});
				if (next !== 'late') done();
			});
		},
	});
	// Senders that lose patience break the connection.
	server.on('error', () => {});
	await new Promise<void>((done) => server.listen(0, host, done));
	const { port } = server.server.address() as AddressInfo;
	return {
		url: `smtp://${host}:${port}`,
		received,
		script,
		close: () => new Promise((done) => server.close(() => done())),
	};
}

export interface MimePart {
	/** Lower-case names. */
	headers: Map<string, string>;
	body: string;
	parts: MimePart[];
}

/** A mail taken apart (RFC 2045 as far as mailers use it). */
export function parseMime(raw: string): MimePart {
	const [head = '', ...rest] = raw.split('\r\n\r\n');
	const content = rest.join('\r\n\r\n');
	const headers = new Map(
		head
			.replace(/\r\n[ \t]+/g, ' ')
			.split('\r\n')
			.map((line) => {
				const at = line.indexOf(':');
				return [line.slice(0, at).toLowerCase(), decodeWords(line.slice(at + 1).trim())] as const;
			}),
	);
	const type = headers.get('content-type') ?? '';
	const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
	if (boundary) {
		const parts = content.split(`--${boundary}`).slice(1, -1);
		const inner = parts.map((part) => parseMime(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
		return { headers, body: '', parts: inner };
	}
	return {
		headers,
		body: decodeBody(content, headers.get('content-transfer-encoding')),
		parts: [],
	};
}

const quoted = (text: string) =>
	Buffer.from(
		text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
			String.fromCharCode(Number.parseInt(hex, 16)),
		),
		'latin1',
	).toString('utf8');

function decodeBody(text: string, encoding = '7bit'): string {
	if (encoding === 'base64') return Buffer.from(text, 'base64').toString('utf8');
	if (encoding === 'quoted-printable') return quoted(text.replace(/=\r\n/g, ''));
	return text;
}

function decodeWords(text: string): string {
	return text
		.replace(/\?=\s+=\?/g, '?==?')
		.replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, word: string) =>
			how.toLowerCase() === 'b'
				? Buffer.from(word, 'base64').toString('utf8')
				: quoted(word.replaceAll('_', ' ')),
		);
}

/** The part of a type, wherever it stands in the mail. */
export function partOf(mail: MimePart, type: string): MimePart | undefined {
	if (mail.headers.get('content-type')?.startsWith(type)) return mail;
	for (const part of mail.parts) {
		const found = partOf(part, type);
		if (found) return found;
	}
	return undefined;
}
