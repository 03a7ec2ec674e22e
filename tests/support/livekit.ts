import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import { openLiveKit, type LiveKitPort } from '#lib/server/platform/livekit.ts';
import { ensureLivekit, writeLivekitConfig } from '../../scripts/lib/livekit.mjs';
import { freePort } from '../../scripts/lib/ports.mjs';

export const KEY = 'test';
export const SECRET = 'only-for-tests-never-for-people-0123456789';

export interface TestLiveKit {
	livekit: LiveKitPort;
	/** As if the machine died. */
	kill(): Promise<void>;
	start(): Promise<void>;
	close(): Promise<void>;
}

/** A real video server on free ports. Its webhooks go nowhere: tests send their own. */
export async function startLiveKit(): Promise<TestLiveKit> {
	const { program } = await ensureLivekit();
	const folder = await mkdtemp(join(tmpdir(), 'jansunwai-livekit-'));
	const ports = { http: await freePort(), tcp: await freePort(), udp: await freePort() };
	const config = await writeLivekitConfig({
		folder,
		ports,
		key: KEY,
		secret: SECRET,
		webhook: 'http://127.0.0.1:9/',
	});
	const livekit = openLiveKit({
		url: `ws://127.0.0.1:${ports.http}`,
		key: KEY,
		secret: SECRET,
	});
	let child = spawnServer();
	function spawnServer() {
		return spawn(program, ['--config', config], { stdio: 'ignore' });
	}
	async function answers() {
		for (;;) {
			try {
				return await livekit.check();
			} catch (error) {
				if (child.exitCode !== null) throw error;
				await new Promise((done) => setTimeout(done, 50));
			}
		}
	}
	async function kill() {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill('SIGKILL');
		await once(child, 'exit');
	}
	await answers();
	return {
		livekit,
		kill,
		async start() {
			child = spawnServer();
			await answers();
		},
		async close() {
			await kill();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** A webhook as the video server sends it: body, and the header that signs it. */
export async function signedWebhook(
	event: Record<string, unknown>,
	secret = SECRET,
): Promise<{ body: string; authorization: string }> {
	const body = JSON.stringify(event);
	const token = new AccessToken(KEY, secret);
	token.sha256 = createHash('sha256').update(body).digest('base64');
	return { body, authorization: await token.toJwt() };
}
