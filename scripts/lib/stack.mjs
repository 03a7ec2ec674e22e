/**
 * The whole product on free ports, for end-to-end tests, benchmarks and pictures:
 * a database of its own in the test cluster, an SFU, web and worker.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sfuHealth, untilHealthy, webHealth } from './health.mjs';
import { TEST_KEYS } from './keys.mjs';
import { ensureLivekit } from './livekit.mjs';
import { Part } from './part.mjs';
import { childEnvironment, sfuPart, webPart, workerPart } from './parts.mjs';
import { freePort } from './ports.mjs';
import { say } from './say.mjs';
import { cloneDatabase, DEMO_TEMPLATE, dropDatabase, TEMPLATE } from './test-cluster.mjs';

/** @typedef {'web' | 'worker' | 'sfu'} PartName */
/** @typedef {{ web: number, http: number, tcp: number, udp: number }} Ports  http, tcp, udp are the SFU's */

/**
 * @typedef {object} Stack
 * @property {string} origin
 * @property {string} databaseUrl
 * @property {{ url: string, key: string, secret: string }} livekit
 * @property {string} dataDir
 * @property {string} logs  folder of web.log, worker.log, sfu.log
 * @property {Readonly<Record<PartName, number | undefined>>} pids  undefined while a part does not run
 * @property {() => Promise<Array<{ at: string, to: string, text: string }>>} outbox  the newest 200 SMS
 * @property {(part: PartName, signal?: NodeJS.Signals) => Promise<void>} kill  SIGKILL unless told; waits
 *   until the process is gone (but not for SIGSTOP and SIGCONT); it stays dead until `restart`
 * @property {(part: PartName) => Promise<void>} restart  stops it if it runs, starts it, waits until healthy
 * @property {() => Promise<void>} stop  ends all parts and removes what the stack made itself
 */

/**
 * Starts the product. It needs a build (`ensureBuild`) and, without `databaseUrl`, the test cluster
 * (TEST_CLUSTER_URL). Nothing is started again by itself, so that tests decide what lives.
 * @param {object} options
 * @param {string} options.name  of the database and in messages; letters, digits, underscores
 * @param {string} [options.dataDir]  a temporary folder unless given
 * @param {string} [options.databaseUrl]  a migrated one; else a clone of the template is made
 * @param {Partial<Ports>} [options.ports]  free ones unless given
 * @param {Record<string, string>} [options.env]  wins over everything else
 * @param {boolean} [options.demo]  DEMO=1 (sign-ins, SMS outbox); true unless told
 * @param {boolean} [options.seed]  clone the template with the demonstration; true unless told
 * @param {readonly PartName[]} [options.parts]  all three unless told
 * @returns {Promise<Stack>}
 */
export async function startStack({
	name,
	dataDir,
	databaseUrl,
	ports = {},
	env = {},
	demo = true,
	seed = true,
	parts: wanted = ['sfu', 'worker', 'web'],
}) {
	// Inside the cluster's folder, so that it goes with it whatever happens to us.
	const parent = process.env.TEST_CLUSTER_DIR ?? tmpdir();
	const folder = dataDir ?? (await mkdtemp(join(parent, `jansunwai-stack-${name}-`)));
	const logs = join(folder, 'logs');
	await mkdir(logs, { recursive: true });
	const url = databaseUrl ?? (await cloneDatabase(name, seed ? DEMO_TEMPLATE : TEMPLATE));
	const at = {
		web: ports.web ?? (await freePort()),
		http: ports.http ?? (await freePort()),
		tcp: ports.tcp ?? (await freePort()),
		udp: ports.udp ?? (await freePort()),
	};
	const livekit = {
		url: `ws://127.0.0.1:${at.http}`,
		key: 'test',
		secret: 'only-for-tests-never-for-people-0123456789',
	};
	const settings = childEnvironment({
		...TEST_KEYS,
		PORT: String(at.web),
		HOST: '127.0.0.1',
		ORIGIN: `http://localhost:${at.web}`,
		DATA_DIR: folder,
		DATABASE_URL: url,
		LIVEKIT_URL: livekit.url,
		LIVEKIT_API_KEY: livekit.key,
		LIVEKIT_API_SECRET: livekit.secret,
		...(demo ? { DEMO: '1' } : {}),
		...env,
	});

	const { program } = await ensureLivekit();
	const sfuOptions = { program, folder, ports: at, webPort: at.web, env: settings, logs };
	const onNews = (/** @type {string} */ text) => say(`[${name}] ${text}`);
	const parts = {
		sfu: new Part(await sfuPart(sfuOptions), { onNews }),
		worker: new Part(workerPart(settings, logs), { onNews }),
		web: new Part(webPart(settings, logs), { onNews }),
	};

	const webHealthy = () =>
		untilHealthy(webHealth(at.web), { part: parts.web, others: [parts.worker, parts.sfu] });
	const sfuHealthy = () => untilHealthy(sfuHealth(at.http), { part: parts.sfu, ms: 20_000 });

	const stop = async () => {
		for (const part of [parts.web, parts.worker, parts.sfu]) await part.stop();
		if (!databaseUrl) await dropDatabase(name);
		if (!dataDir) await rm(folder, { recursive: true, force: true });
	};

	try {
		for (const part of wanted) parts[part].start();
		if (wanted.includes('sfu')) await sfuHealthy();
		if (wanted.includes('web')) await webHealthy();
	} catch (error) {
		await stop();
		throw error;
	}

	return {
		origin: `http://localhost:${at.web}`,
		databaseUrl: url,
		livekit,
		dataDir: folder,
		logs,
		pids: {
			get web() {
				return parts.web.pid;
			},
			get worker() {
				return parts.worker.pid;
			},
			get sfu() {
				return parts.sfu.pid;
			},
		},
		async outbox() {
			const answer = await fetch(`http://localhost:${at.web}/demo/outbox.json`);
			if (!answer.ok) throw new Error(`The outbox answers ${answer.status}.`);
			return /** @type {Array<{ at: string, to: string, text: string }>} */ (await answer.json());
		},
		kill: (part, signal = 'SIGKILL') => parts[part].kill(signal),
		async restart(part) {
			await parts[part].stop();
			parts[part].start();
			await (part === 'sfu' ? sfuHealthy() : webHealthy());
		},
		stop,
	};
}
