import { createReadStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { randomCode } from './crypto.ts';

/**
 * Where files lie. Keys are random and say nothing about what they hold. Each key that is kept must
 * stand in a row that `sweepFiles` knows, or the file is taken for left over and removed.
 */
export interface Storage {
	put(bytes: Uint8Array): Promise<string>;
	read(key: string): ReadableStream<Uint8Array>;
	remove(key: string): Promise<void>;
	/** Folder of uploads that are still on their way; each is named by its upload's id. */
	readonly incoming: string;
	/** Keys of files older than that; removes halves of files that a crash left behind. */
	olderThan(ms: number): Promise<string[]>;
	/** Names in `incoming` that nothing was written to for that long. */
	incomingOlderThan(ms: number): Promise<string[]>;
	/** Throws when nothing can be stored. */
	check(): Promise<void>;
}

const KEY = /^[0-9a-z]{26}$/;

/** Files below `root`, outside the web root. */
export function openFileStorage(root: string): Storage {
	const incoming = join(root, 'incoming');
	const path = (key: string) => {
		if (!KEY.test(key)) throw new Error('not a storage key');
		return join(root, key.slice(0, 2), key);
	};
	return {
		async put(bytes) {
			const key = randomCode(26);
			const target = path(key);
			await mkdir(dirname(target), { recursive: true });
			// A crash must never leave half a file under a name that somebody reads.
			await writeFile(`${target}.part`, bytes, { mode: 0o600, flush: true });
			await rename(`${target}.part`, target);
			return key;
		},
		read: (key) => Readable.toWeb(createReadStream(path(key))) as ReadableStream<Uint8Array>,
		remove: (key) => rm(path(key), { force: true }),
		incoming,
		async olderThan(ms) {
			const folders = (await namesIn(root)).filter((name) => /^[0-9a-z]{2}$/.test(name));
			const old: string[] = [];
			for (const folder of folders) {
				for (const name of await untouched(join(root, folder), ms)) {
					if (KEY.test(name)) old.push(name);
					else if (name.endsWith('.part')) await rm(join(root, folder, name), { force: true });
				}
			}
			return old;
		},
		incomingOlderThan: (ms) => untouched(incoming, ms),
		async check() {
			await mkdir(root, { recursive: true });
			await access(root, constants.R_OK | constants.W_OK);
		},
	};
}

async function namesIn(folder: string): Promise<string[]> {
	return readdir(folder).catch((problem: unknown) => {
		if (isMissing(problem)) return [];
		throw problem;
	});
}

/** Times of files are the machine's, not the product's clock, which a demonstration may shift. */
async function untouched(folder: string, ms: number): Promise<string[]> {
	const limit = Date.now() - ms;
	const old: string[] = [];
	for (const name of await namesIn(folder)) {
		const seen = await stat(join(folder, name)).catch((problem: unknown) => {
			if (isMissing(problem)) return null;
			throw problem;
		});
		if (seen?.isFile() && seen.mtimeMs <= limit) old.push(name);
	}
	return old;
}

const isMissing = (problem: unknown) =>
	problem instanceof Error && 'code' in problem && problem.code === 'ENOENT';
