import { connect } from 'node:net';

/** Looks for viruses in a file before it is kept. */
export interface Scanner {
	/** @throws {ScannerDown} when there is no answer that can be relied on */
	scan(bytes: Uint8Array): Promise<'clean' | 'infected'>;
	/** Throws when it does not answer. */
	check(): Promise<void>;
}

/** Nothing is known of the file: it must not be kept. */
export class ScannerDown extends Error {}

/** A file of 10 MB takes clamd a second or two; it may be loading new signatures. */
const PATIENCE_MS = 30_000;
const CHUNK_BYTES = 64 * 1024;
/** Answers are one line. */
const MAX_ANSWER = 4096;

/**
 * ClamAV's daemon, by its INSTREAM command (clamd(8)): the bytes go in chunks, each behind its length in
 * four bytes, the highest first; a length of zero ends them.
 * @param address `tcp://host:port` or `unix:/path/of/socket`
 */
export function openScanner(
	address: string,
	{ patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
): Scanner {
	const target = targetOf(address);
	return {
		async scan(bytes) {
			const answer = await ask(target, instream(bytes), patienceMs);
			if (answer === 'stream: OK') return 'clean';
			if (/^stream: .+ FOUND$/.test(answer)) return 'infected';
			throw new ScannerDown(`clamd answered: ${answer.slice(0, 200)}`);
		},
		async check() {
			const answer = await ask(target, [Buffer.from('zPING\0')], patienceMs);
			if (answer !== 'PONG') throw new ScannerDown('clamd does not answer');
		},
	};
}

type Target = { path: string } | { host: string; port: number };

function targetOf(address: string): Target {
	if (address.startsWith('unix:')) return { path: address.slice('unix:'.length) };
	const { hostname, port } = new URL(address);
	return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 3310) };
}

function instream(bytes: Uint8Array): Uint8Array[] {
	const parts: Uint8Array[] = [Buffer.from('zINSTREAM\0')];
	for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
		const chunk = bytes.subarray(at, at + CHUNK_BYTES);
		const length = Buffer.alloc(4);
		length.writeUInt32BE(chunk.length);
		parts.push(length, chunk);
	}
	parts.push(Buffer.alloc(4));
	return parts;
}

/** The answer without its end mark. @throws {ScannerDown} */
function ask(target: Target, parts: readonly Uint8Array[], patienceMs: number): Promise<string> {
	return new Promise((done, failed) => {
		const socket = connect(target);
		let answer = '';
		let finished = false;
		const finish = (problem: string | null) => {
			if (finished) return;
			finished = true;
			clearTimeout(timer);
			socket.destroy();
			// It may say why and hang up while we are still sending: what it said counts.
			const [said = '', ...rest] = answer.split('\0');
			if (rest.length > 0) done(said);
			else failed(new ScannerDown(problem ?? 'clamd hung up'));
		};
		const timer = setTimeout(() => finish('clamd does not answer in time'), patienceMs);
		socket.setEncoding('latin1');
		socket.on('data', (text: string) => {
			answer += text;
			if (answer.includes('\0')) finish(null);
			else if (answer.length > MAX_ANSWER) finish('clamd says too much');
		});
		socket.on('error', (problem) => {
			// Hung up on while sending; its reason may still lie in the buffer.
			if ('code' in problem && problem.code === 'EPIPE') setImmediate(finish, 'clamd hung up');
			else finish(problem.message);
		});
		socket.on('close', () => finish(null));
		socket.on('connect', () => {
			socket.cork();
			for (const part of parts) socket.write(part);
			socket.uncork();
		});
	});
}
