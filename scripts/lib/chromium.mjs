import { existsSync } from 'node:fs';
import { run } from './command.mjs';
import { installFromDebian } from './debian.mjs';
import { note, Trouble } from './say.mjs';

const DEBIAN = '/usr/bin/chromium';

/**
 * A Chromium for the tests; its path goes to them as CHROMIUM_PATH.
 * @returns {Promise<string>} its path
 */
export async function ensureChromium() {
	process.env.CHROMIUM_PATH = await findOrInstall();
	return process.env.CHROMIUM_PATH;
}

async function findOrInstall() {
	const told = process.env.CHROMIUM_PATH;
	if (told) {
		if (existsSync(told)) return told;
		throw new Trouble(`CHROMIUM_PATH is ${told}, but there is no such file.`);
	}
	if (existsSync(DEBIAN)) return DEBIAN;
	if ((await installFromDebian('chromium', 'Chromium')) && existsSync(DEBIAN)) return DEBIAN;
	note('Chromium: installing the one of Playwright');
	const { code, output } = await run('npx', ['playwright', 'install', 'chromium']);
	const { chromium } = await import('@playwright/test');
	if (code === 0 && existsSync(chromium.executablePath())) return chromium.executablePath();
	throw new Trouble(
		`There is no Chromium for the tests. Install the system's chromium or set CHROMIUM_PATH.\n${output}`,
	);
}
