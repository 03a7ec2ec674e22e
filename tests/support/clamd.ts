import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openScanner } from '#lib/server/platform/scanner.ts';

/** The harmless text that every scanner knows (eicar.org), in halves so that none finds it here. */
export const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$' + 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

/** ClamAV's own daemon with one signature. */
export interface Clamd {
	/** As in CLAMD_URL. */
	tcp: string;
	unix: string;
	process: ChildProcess;
	/** Ends it however it stands, and removes its folder. */
	stop(): Promise<void>;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

/** Starts clamd in the foreground and waits until it answers. */
export async function startClamd({ maxStream = '25M' } = {}): Promise<Clamd> {
	const folder = mkdtempSync(join(tmpdir(), 'jansunwai-clamd-'));
	// As root it becomes the user `clamav`, when there is one.
	chmodSync(folder, 0o777);
	const signature = Buffer.from(EICAR).toString('hex');
	writeFileSync(join(folder, 'own.ndb'), `Eicar-Test:0:*:${signature}\n`);
	const port = await freePort();
	const unix = join(folder, 'clamd.sock');
	const config = join(folder, 'clamd.conf');
	writeFileSync(
		config,
		[
			'Foreground yes',
			`DatabaseDirectory ${folder}`,
			`TemporaryDirectory ${folder}`,
			`LocalSocket ${unix}`,
			`TCPSocket ${port}`,
			'TCPAddr 127.0.0.1',
			`StreamMaxLength ${maxStream}`,
		].join('\n'),
	);
	const child = spawn(process.env['CLAMD_PATH'] ?? '/usr/sbin/clamd', ['--config-file', config], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let said = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (text: Buffer) => (said += text.toString()));
	}
	const clamd: Clamd = {
		tcp: `tcp://127.0.0.1:${port}`,
		unix: `unix:${unix}`,
		process: child,
		async stop() {
			if (child.exitCode === null && child.signalCode === null) {
				const gone = once(child, 'exit');
				child.kill('SIGKILL');
				await gone;
			}
			rmSync(folder, { recursive: true, force: true });
		},
	};
	const scanner = openScanner(clamd.tcp, { patienceMs: 2_000 });
	for (let tries = 0; tries < 300; tries += 1) {
		if (child.exitCode !== null) break;
		const answers = await scanner.check().then(
			() => true,
			() => false,
		);
		if (answers) return clamd;
		await new Promise((done) => setTimeout(done, 100));
	}
	await clamd.stop();
	throw new Error(`clamd does not answer:\n${said}`);
}
