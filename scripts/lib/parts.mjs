/** The three processes of the product, as a demonstration, a test or production starts them. */
import { join } from 'node:path';
import { writeLivekitConfig } from './livekit.mjs';
import { ROOT } from './root.mjs';

/** @typedef {import('./part.mjs').PartSpec} PartSpec */

/**
 * The environment of web and worker.
 * @typedef {object} Settings
 * @property {string} PORT
 * @property {string} ORIGIN
 * @property {string} DATA_DIR
 * @property {string} DATABASE_URL
 * @property {string} LIVEKIT_URL
 * @property {string} LIVEKIT_API_KEY
 * @property {string} LIVEKIT_API_SECRET
 * @property {string} DATA_KEYS
 * @property {string} INDEX_KEY
 * @property {string} [HOST]
 * @property {string} [DEMO]  '1' only in a demonstration
 */

/** What of the caller's environment must not leak into a child: the names that Settings decides. */
const DECIDED = ['DEMO', 'DEMO_PARTS', 'HOST', 'SOCKET_PATH'];

/**
 * @param {Settings & Record<string, string | undefined>} settings
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(settings) {
	const outer = { ...process.env };
	for (const name of DECIDED) delete outer[name];
	// The product refuses DEMO=1 from anybody who did not make the parts himself.
	const demo = settings.DEMO === '1' ? { DEMO_PARTS: 'own' } : {};
	return { BODY_SIZE_LIMIT: '34M', ...outer, NODE_ENV: 'production', ...demo, ...settings };
}

/** @param {NodeJS.ProcessEnv} env @param {string} logs @returns {PartSpec} */
export const webPart = (env, logs) => ({
	name: 'web',
	program: process.execPath,
	args: [join(ROOT, 'scripts', 'web.mjs')],
	cwd: ROOT,
	env,
	log: join(logs, 'web.log'),
	patience: 15_000,
});

/** @param {NodeJS.ProcessEnv} env @param {string} logs @returns {PartSpec} */
export const workerPart = (env, logs) => ({
	name: 'worker',
	program: process.execPath,
	args: [join(ROOT, 'src', 'worker.ts')],
	cwd: ROOT,
	env,
	log: join(logs, 'worker.log'),
	patience: 20_000,
});

/**
 * @param {{ program: string, folder: string, ports: { http: number, tcp: number, udp: number }, webPort: number, env: NodeJS.ProcessEnv, logs: string }} options
 * @returns {Promise<PartSpec>}
 */
export async function sfuPart({ program, folder, ports, webPort, env, logs }) {
	const config = await writeLivekitConfig({
		folder,
		ports,
		key: env.LIVEKIT_API_KEY ?? '',
		secret: env.LIVEKIT_API_SECRET ?? '',
		webhook: `http://127.0.0.1:${webPort}/api/livekit/webhook`,
	});
	return {
		name: 'sfu',
		program,
		args: ['--config', config],
		cwd: folder,
		env,
		log: join(logs, 'sfu.log'),
		patience: 8_000,
		// The first request lets running rooms end by themselves; the second does not wait for them.
		secondAfter: 1_500,
	};
}
