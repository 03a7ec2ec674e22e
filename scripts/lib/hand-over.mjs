/** For scripts that prepare what is needed and hand over to a program in TypeScript. */
import { spawn } from 'node:child_process';
import { onEnd } from './bootstrap.mjs';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureLivekit } from './livekit.mjs';
import { step } from './say.mjs';
import { startTestCluster, stopTestCluster } from './test-cluster.mjs';

/**
 * Makes sure of LiveKit, Chromium and the build, starts a test cluster, then runs `program` with
 * TEST_CLUSTER_URL and CHROMIUM_PATH in its environment; it starts stacks by `startStack`.
 * @param {string} program  a .ts file
 * @param {readonly string[]} args
 */
export async function handOver(program, args) {
	await step('LiveKit', async () => (await ensureLivekit()).from);
	await step('Chromium', ensureChromium);
	await step('web build', ensureBuild);
	onEnd(stopTestCluster, 130);
	await step('database', async () => void (await startTestCluster()));
	try {
		const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
		process.exitCode = await new Promise((done) => child.on('close', (code) => done(code ?? 1)));
	} finally {
		await stopTestCluster();
	}
}
