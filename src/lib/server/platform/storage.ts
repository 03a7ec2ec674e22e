import { createReadStream } from 'node:fs';
import { access, constants, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { randomCode } from './crypto.ts';

/** Where files lie. Keys are random and say nothing about what they hold. */
export interface Storage {
	put(bytes: Uint8Array): Promise<string>;
	read(key: string): ReadableStream<Uint8Array>;
	remove(key: string): Promise<void>;
	/** Throws when nothing can be stored. */
	check(): Promise<void>;
}

/** Files below `root`, outside the web root. */
export function openFileStorage(root: string): Storage {
	const path = (key: string) => {
		if (!/^[0-9a-z]{26}$/.test(key)) throw new Error('not a storage key');
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
		async check() {
			await mkdir(root, { recursive: true });
			await access(root, constants.R_OK | constants.W_OK);
		},
	};
}
