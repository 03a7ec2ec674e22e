import { existsSync } from 'node:fs';
import { run } from './command.mjs';
import { installFromDebian } from './debian.mjs';
import { Trouble } from './say.mjs';

const DEBIAN = '/usr/sbin/clamd';

/**
 * ClamAV's daemon for the tests, which run it themselves with signatures of their own; its path goes to
 * them as CLAMD_PATH.
 * @returns {Promise<string>} its path
 */
export async function ensureClamd() {
	process.env.CLAMD_PATH = await findOrInstall();
	return process.env.CLAMD_PATH;
}

async function findOrInstall() {
	const told = process.env.CLAMD_PATH;
	if (told) {
		if (existsSync(told)) return told;
		throw new Trouble(`CLAMD_PATH is ${told}, but there is no such file.`);
	}
	if (existsSync(DEBIAN)) return DEBIAN;
	if ((await run('clamd', ['--version'])).code === 0) return 'clamd';
	if ((await installFromDebian('clamav-daemon', 'ClamAV')) && existsSync(DEBIAN)) return DEBIAN;
	throw new Trouble(
		'There is no clamd for the tests. Install ClamAV (Debian: clamav-daemon) or set CLAMD_PATH.',
	);
}
