/** Called by `npm run pictures`, which brings the build, the test cluster and Chromium. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/root.mjs';

// A part of the tour (`-- -g hearing`) leaves the pictures of the rest.
if (process.argv.length === 2) rmSync(join(ROOT, 'pictures'), { recursive: true, force: true });

const args = ['test', '--config', 'tests/pictures/playwright.config.ts', ...process.argv.slice(2)];
const child = spawn('playwright', args, { stdio: 'inherit' });
process.exitCode = await new Promise<number>((done) => {
	child.on('error', (error) => {
		console.error(error.message);
		done(127);
	});
	child.on('close', (code) => done(code ?? 1));
});
