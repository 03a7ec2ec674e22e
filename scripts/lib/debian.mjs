/** What the tests need of Debian's packages, where they may be installed. */
import { mustRun } from './command.mjs';
import { existsSync } from 'node:fs';
import { note } from './say.mjs';

/**
 * Installs a package of Debian when we may.
 * @param {string} name
 * @param {string} what  as people call it
 * @returns {Promise<boolean>} whether it was installed
 */
export async function installFromDebian(name, what) {
	if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return false;
	note(`${what}: installing it with apt-get`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	await mustRun('apt-get', ['update', '-qq'], { env });
	await mustRun('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
	return true;
}
