/** Called by `npm run pictures`, which brings the build, the test cluster and Chromium. */
import { spawn } from 'node:child_process';

const args = ['test', '--config', 'tests/pictures/playwright.config.ts', ...process.argv.slice(2)];
const child = spawn('playwright', args, { stdio: 'inherit' });
process.exitCode = await new Promise<number>((done) => {
	child.on('error', (error) => {
		console.error(error.message);
		done(127);
	});
	child.on('close', (code) => done(code ?? 1));
});
