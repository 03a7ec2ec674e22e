import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import { fixedClock, type Clock } from '#lib/server/platform/clock.ts';
import type { Actor, Context } from '#lib/server/platform/context.ts';
import { randomCode, useKeyring } from '#lib/server/platform/crypto.ts';
import { openDatabase, type Db } from '#lib/server/platform/db.ts';
import { attestationRegistry } from '#lib/server/platform/family-registry.ts';
import { openLiveKit } from '#lib/server/platform/livekit.ts';
import { migrate } from '#lib/server/platform/migrate.ts';
import { openFileStorage } from '#lib/server/platform/storage.ts';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';

/** Used when the tests were not started by `npm test`, which brings a cluster of its own. */
const DEVELOPMENT_CLUSTER = 'postgres://postgres@127.0.0.1:54999/postgres';

let dataKeys = TEST_KEYS.DATA_KEYS;

/**
 * Sealed columns open and close with the keys that everybody may know. Others, once given (as in
 * `DATA_KEYS`), stay in use for the rest of the file.
 */
export function useTestKeyring(keys: string = dataKeys): void {
	dataKeys = keys;
	useKeyring({
		dataKeys: keys.split(',').map((pair) => {
			const [id = '', key = ''] = pair.split(':');
			return { id, key: Buffer.from(key, 'base64') };
		}),
		indexKey: Buffer.from(TEST_KEYS.INDEX_KEY, 'base64'),
	});
}

function inCluster(cluster: string, database: string): string {
	const url = new URL(cluster);
	url.pathname = `/${database}`;
	return url.href;
}

async function withCluster<T>(cluster: string, work: (sql: postgres.Sql) => Promise<T>) {
	const sql = postgres(cluster, { max: 1, onnotice: () => {} });
	try {
		return await work(sql);
	} finally {
		await sql.end();
	}
}

/** The migrated template of the development cluster, made anew whenever the migrations change. */
async function developmentTemplate(cluster: string): Promise<string> {
	const journal = readFileSync('drizzle/meta/_journal.json', 'utf8');
	const hash = createHash('sha256').update(journal);
	for (const { tag } of JSON.parse(journal).entries)
		hash.update(readFileSync(`drizzle/${tag}.sql`));
	const name = `jansunwai_template_${hash.digest('hex').slice(0, 12)}`;
	await withCluster(cluster, async (sql) => {
		// Test files start together; one of them makes the template, the others wait.
		await sql`select pg_advisory_lock(${20_261_122})`;
		const [there] = await sql`select 1 from pg_database where datname = ${name}`;
		if (there) return;
		const unfinished = `${name}_new`;
		await sql`drop database if exists ${sql(unfinished)} with (force)`;
		await sql`create database ${sql(unfinished)}`;
		await migrate(inCluster(cluster, unfinished));
		await sql`alter database ${sql(unfinished)} rename to ${sql(name)}`;
	});
	return name;
}

export interface TestDatabase {
	url: string;
	db: Db;
	sql: postgres.Sql;
	/** Ends the connections and drops the database. */
	close(): Promise<void>;
}

/** A migrated, empty database of its own, in some 50 ms. Call it in `beforeAll`, `close` in `afterAll`. */
export async function testDatabase({ max = 20 }: { max?: number } = {}): Promise<TestDatabase> {
	useTestKeyring();
	const given = process.env['TEST_CLUSTER_URL'];
	const cluster = given ?? DEVELOPMENT_CLUSTER;
	const template = given ? 'jansunwai_template' : await developmentTemplate(cluster);
	const name = `test_${randomCode(16)}`;
	await withCluster(cluster, (sql) => sql`create database ${sql(name)} template ${sql(template)}`);
	const url = inCluster(cluster, name);
	const { db, sql, close } = openDatabase(url, { max });
	return {
		url,
		db,
		sql,
		async close() {
			await close();
			await withCluster(
				cluster,
				(admin) => admin`drop database if exists ${admin(name)} with (force)`,
			);
		},
	};
}

const folders: string[] = [];
process.once('exit', () => {
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A Monday, noon in India. */
export const TEST_NOW = new Date('2026-11-16T06:30:00Z');

/**
 * A context as routes and jobs get it: a clock that stands still, files in a temporary folder, and a
 * video server that does not answer unless one is given.
 */
export function testContext(
	db: Db,
	{
		actor = { kind: 'anonymous' },
		now = TEST_NOW,
		clock = fixedClock(now),
		...rest
	}: { actor?: Actor; now?: Date; clock?: Clock } & Partial<Context> = {},
): Context {
	useTestKeyring();
	return {
		db,
		clock,
		actor,
		locale: 'hi',
		requestId: randomUUID(),
		log: pino({ level: 'silent' }),
		storage: rest.storage ?? temporaryStorage(),
		scanner: null,
		livekit: openLiveKit({
			url: 'ws://127.0.0.1:1',
			key: 'test',
			secret: 'only-for-tests-never-for-people-0123456789',
		}),
		familyRegistry: attestationRegistry,
		origin: 'http://localhost:3000',
		demo: true,
		...rest,
	};
}

let shared: ReturnType<typeof openFileStorage> | null = null;

/** One folder a test process: contexts of one test must find each other's files. */
function temporaryStorage() {
	if (!shared) {
		const folder = mkdtempSync(join(tmpdir(), 'jansunwai-files-'));
		folders.push(folder);
		shared = openFileStorage(folder);
	}
	return shared;
}

/** Payloads of the jobs queued so far, oldest first. */
export async function queuedJobs(
	sql: postgres.Sql,
	task?: string,
): Promise<{ task: string; payload: Record<string, unknown> }[]> {
	const rows = await sql<{ task: string; payload: Record<string, unknown> }[]>`
		select t.identifier as task, j.payload
		from graphile_worker._private_jobs j
		join graphile_worker._private_tasks t on t.id = j.task_id
		order by j.id`;
	return rows.filter((row) => task === undefined || row.task === task);
}
