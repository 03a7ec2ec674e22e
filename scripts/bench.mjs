/** `npm run bench [-- <suite> | --list | --scale 0.01]`: the figures; arguments go to bench/run.ts. */
import { spawn } from 'node:child_process';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap(async () => {
	const args = process.argv.slice(2);
	if (args.includes('--list')) {
		const child = spawn(process.execPath, ['bench/run.ts', ...args], { stdio: 'inherit' });
		process.exitCode = await new Promise((done) => child.on('close', (code) => done(code ?? 1)));
		return;
	}
	const { handOver } = await import('./lib/hand-over.mjs');
	await handOver('bench/run.ts', args);
});
