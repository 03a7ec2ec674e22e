import { join } from 'node:path';
import { mustRun } from './command.mjs';
import { ROOT } from './root.mjs';

/** @typedef {{ role: string, user: string, password: string, where: string }} SignIn */

/**
 * Migrates the database and, when asked, fills it with the demonstration if it is empty.
 * @param {NodeJS.ProcessEnv} env  with DATABASE_URL, DATA_KEYS, INDEX_KEY and what else the product reads
 * @param {{ seed: boolean }} options
 * @returns {Promise<{ created: boolean, signIns: SignIn[] }>}
 */
export async function prepareDatabase(env, { seed }) {
	const script = join(ROOT, 'scripts', 'lib', 'prepare.mjs');
	const output = await mustRun(process.execPath, [script, ...(seed ? ['--seed'] : [])], {
		cwd: ROOT,
		env,
	});
	return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
}
