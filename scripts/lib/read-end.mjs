import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The last 16 kB of a file; empty when there is none.
 * @param {string} path
 */
export function readEnd(path) {
	try {
		const file = openSync(path, 'r');
		try {
			const { size } = fstatSync(file);
			const buffer = Buffer.alloc(Math.min(size, 16_384));
			readSync(file, buffer, 0, buffer.length, size - buffer.length);
			return buffer.toString('utf8');
		} finally {
			closeSync(file);
		}
	} catch {
		return '';
	}
}
