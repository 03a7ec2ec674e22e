/** `npm run retention [-- --dry-run]`: the daily retention job by hand, or what it would do. */
import { spawn } from 'node:child_process';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap(async () => {
	const args = ['src/lib/server/privacy/retention-cli.ts', ...process.argv.slice(2)];
	const child = spawn(process.execPath, args, { stdio: 'inherit' });
	process.exitCode = await new Promise((done) => child.on('close', (code) => done(code ?? 1)));
});
