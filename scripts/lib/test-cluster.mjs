/**
 * A throw-away PostgreSQL cluster for tests, benchmarks and pictures, with two template databases
 * that are cloned in some 40 ms. Its address goes to other processes as TEST_CLUSTER_URL.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { prepareDatabase } from './database.mjs';
import { TEST_KEYS } from './keys.mjs';
import { endLeftovers, leaveFolder, readRun, runs, takeFolder, writeRun } from './owner.mjs';
import { Part } from './part.mjs';
import { childEnvironment } from './parts.mjs';
import { freePort } from './ports.mjs';
import {
	databaseUrl,
	ensureCluster,
	otherDatabase,
	postgresPart,
	untilDatabaseAnswers,
	withSql,
} from './postgres.mjs';
import { beganAt, endProcesses, processesOfRun, RUN_MARK } from './process-table.mjs';
import { Trouble } from './say.mjs';

/** Migrated and empty. */
export const TEMPLATE = 'jansunwai_template';
/** Migrated and filled with the demonstration. */
export const DEMO_TEMPLATE = 'jansunwai_demo_template';

const FOLDER = 'jansunwai-test-cluster-';

/** Speed before safety: this cluster never outlives the tests. */
const THROW_AWAY = {
	fsync: 'off',
	synchronous_commit: 'off',
	full_page_writes: 'off',
	wal_level: 'minimal',
	max_wal_senders: 0,
	max_connections: 300,
	shared_buffers: '256MB',
	autovacuum: 'off',
};

/** How to stop what this process has started; set as soon as there is something to stop. */
let stopOwn = async () => {};

/**
 * Starts the cluster (or uses TEST_DATABASE_URL) and makes the templates. Sets TEST_CLUSTER_URL,
 * DATA_KEYS and INDEX_KEY in this process, for the test runners that it starts.
 * @returns {Promise<string>} the URL of its maintenance database
 */
export async function startTestCluster() {
	process.env[RUN_MARK] = randomUUID();
	const given = process.env.TEST_DATABASE_URL;
	const url = given ?? (await startOwnCluster());
	Object.assign(process.env, TEST_KEYS, { TEST_CLUSTER_URL: url });
	if (given) {
		stopOwn = async () => {
			for (const name of [DEMO_TEMPLATE, TEMPLATE]) await dropDatabase(name);
		};
	}
	try {
		await makeTemplates(url);
	} catch (error) {
		await stopTestCluster();
		throw error;
	}
	return url;
}

/** Ends the cluster and what tests left running, and removes everything. Safe to call at any time. */
export async function stopTestCluster() {
	const stop = stopOwn;
	stopOwn = async () => {};
	await stop();
}

async function startOwnCluster() {
	await sweepKilledOnes();
	const folder = await mkdtemp(join(tmpdir(), FOLDER));
	await chmod(folder, 0o711);
	const runId = process.env[RUN_MARK] ?? '';
	takeFolder(folder, runId);
	process.env.TEST_CLUSTER_DIR = folder;
	const data = join(folder, 'postgres');
	const [port, password] = [await freePort(), 'test'];
	await ensureCluster(data, password);
	const log = join(folder, 'postgres.log');
	const settings = THROW_AWAY;
	const part = new Part(
		await postgresPart({ folder: data, port, env: process.env, log, settings }),
		{ onNews: (text) => process.stderr.write(`${text}\n`) },
	);
	stopOwn = async () => {
		// Whatever tests left running would hold connections and folders.
		const left = processesOfRun(runId).filter((pid) => pid !== part.pid);
		await endProcesses(left, 'SIGTERM', 3_000);
		await part.stop();
		leaveFolder(folder);
		await rm(folder, { recursive: true, force: true });
	};
	part.start();
	writeRun(folder, {
		runId,
		pid: process.pid,
		began: beganAt(process.pid),
		since: new Date().toISOString(),
		pids: part.pid ? { postgres: part.pid } : {},
	});
	const url = databaseUrl({ port, password, database: 'postgres' });
	await untilDatabaseAnswers(url, () => part.child !== null, 30_000).catch(async (error) => {
		const trouble = `The test cluster does not answer: ${error.message}\n${part.logEnd()}`;
		await stopTestCluster();
		throw new Trouble(trouble);
	});
	return url;
}

/** Clears away clusters whose owner was killed, with the processes of that run. */
async function sweepKilledOnes() {
	for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER))) {
		const folder = join(tmpdir(), name);
		const record = readRun(folder);
		if (!record || runs(record)) continue;
		await endLeftovers(folder);
		await rm(folder, { recursive: true, force: true });
	}
}

/** @param {string} cluster */
async function makeTemplates(cluster) {
	for (const name of [DEMO_TEMPLATE, TEMPLATE]) await dropDatabase(name);
	await withSql(cluster, (sql) => sql`create database ${sql(TEMPLATE)}`);
	await prepareDatabase(templateEnvironment(cluster, TEMPLATE), { seed: false });
	await cloneDatabase(DEMO_TEMPLATE, TEMPLATE);
	await prepareDatabase(templateEnvironment(cluster, DEMO_TEMPLATE), { seed: true });
}

/** @param {string} cluster @param {string} name */
const templateEnvironment = (cluster, name) =>
	childEnvironment({
		...TEST_KEYS,
		PORT: '1',
		ORIGIN: 'http://localhost:1',
		DATA_DIR: join(tmpdir(), 'jansunwai-template-data'),
		DATABASE_URL: otherDatabase(cluster, name),
		LIVEKIT_URL: 'ws://127.0.0.1:1',
		LIVEKIT_API_KEY: 'test',
		LIVEKIT_API_SECRET: 'only-for-tests-never-for-people-0123456789',
		DEMO: '1',
	});

function clusterUrl() {
	const url = process.env.TEST_CLUSTER_URL;
	if (!url)
		throw new Trouble('TEST_CLUSTER_URL is not set: run this by `npm test` or `npm run test:...`.');
	return url;
}

/**
 * Makes a database from a template; an older one of the name is dropped.
 * @param {string} name
 * @param {string} [template]
 * @returns {Promise<string>} its URL
 */
export async function cloneDatabase(name, template = TEMPLATE) {
	const cluster = clusterUrl();
	await withSql(cluster, async (sql) => {
		await sql`drop database if exists ${sql(name)} with (force)`;
		await sql`create database ${sql(name)} template ${sql(template)}`;
	});
	return otherDatabase(cluster, name);
}

/** Drops a database, whoever is connected. @param {string} name */
export async function dropDatabase(name) {
	await withSql(clusterUrl(), (sql) => sql`drop database if exists ${sql(name)} with (force)`);
}
