/** The secrets of a demonstration: made at random once per data folder, kept in keys.json. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Keys
 * @property {string} DATA_KEYS  `id:base64 of 32 bytes[,id2:...]`, the first is the current one
 * @property {string} INDEX_KEY  base64 of 32 bytes
 * @property {string} LIVEKIT_API_KEY
 * @property {string} LIVEKIT_API_SECRET  at least 32 characters
 * @property {string} databasePassword
 */

/**
 * @param {string} folder
 * @returns {{ keys: Keys, made: boolean, path: string }}
 */
export function demonstrationKeys(folder) {
	const path = join(folder, 'keys.json');
	if (existsSync(path)) return { keys: JSON.parse(readFileSync(path, 'utf8')), made: false, path };
	/** @type {Keys} */
	const keys = {
		DATA_KEYS: `demo1:${randomBytes(32).toString('base64')}`,
		INDEX_KEY: randomBytes(32).toString('base64'),
		LIVEKIT_API_KEY: 'demonstration',
		LIVEKIT_API_SECRET: randomBytes(32).toString('hex'),
		databasePassword: randomBytes(18).toString('base64url'),
	};
	writeFileSync(path, `${JSON.stringify(keys, null, '\t')}\n`, { mode: 0o600, flag: 'wx' });
	return { keys, made: true, path };
}

/** Known to everybody, so that test databases can be read by every test. Never for people's data. */
export const TEST_KEYS = {
	DATA_KEYS: `test1:${Buffer.from('only for tests, never for people').toString('base64')}`,
	INDEX_KEY: Buffer.from('only for tests, never for lookup').toString('base64'),
};
