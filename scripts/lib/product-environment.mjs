import { join } from 'node:path';
import { demonstrationKeys } from './keys.mjs';
import { readRun, runs } from './owner.mjs';
import { childEnvironment } from './parts.mjs';
import { ROOT } from './root.mjs';

/**
 * The environment for a command on the product's data: the one given or, where there is no
 * DATABASE_URL, that of the demonstration that runs here.
 * @returns {NodeJS.ProcessEnv}
 */
export function productEnvironment() {
	const folder = process.env.DATA_DIR || join(ROOT, '.data');
	const record = process.env.DATABASE_URL ? null : readRun(folder);
	if (!runs(record) || !record?.demo || !record.databaseUrl) return process.env;
	const { keys } = demonstrationKeys(folder);
	return childEnvironment({
		PORT: '1',
		ORIGIN: record.origin ?? '',
		DATA_DIR: folder,
		DATABASE_URL: record.databaseUrl,
		LIVEKIT_URL: 'ws://127.0.0.1:1', // not used by commands, but the product asks for it
		LIVEKIT_API_KEY: keys.LIVEKIT_API_KEY,
		LIVEKIT_API_SECRET: keys.LIVEKIT_API_SECRET,
		DATA_KEYS: keys.DATA_KEYS,
		INDEX_KEY: keys.INDEX_KEY,
		DEMO: '1',
	});
}
