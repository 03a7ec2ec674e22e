/** `npm run admin:create`: makes the first administrator of a production system. */
import { spawn } from 'node:child_process';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap(async () => {
	const args = ['src/lib/server/masters/admin-cli.ts', ...process.argv.slice(2)];
	const child = spawn(process.execPath, args, { stdio: 'inherit' });
	process.exitCode = await new Promise((done) => child.on('close', (code) => done(code ?? 1)));
});
