import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { fileGrievance, makeWorld } from '../support/factories.ts';

const WAIT = { timeout: 60_000, interval: 20 };
/** A killed worker is noticed after 20 s; jobs it held wait until then. */
const PATIENCE_MS = 120_000;

let database: TestDatabase;
let folder: string;
let workers: ChildProcess[] = [];

beforeEach(async () => {
	database = await testDatabase();
	folder = mkdtempSync(join(tmpdir(), 'jansunwai-worker-'));
});
afterEach(async () => {
	for (const worker of workers) worker.kill('SIGKILL');
	workers = [];
	await database.close();
	rmSync(folder, { recursive: true, force: true });
});

/** The real second process on this test's database. */
function startWorker(): ChildProcess {
	const worker = spawn(process.execPath, ['src/worker.ts'], {
		stdio: 'ignore',
		env: {
			...process.env,
			...TEST_KEYS,
			ORIGIN: 'http://localhost:1',
			DATA_DIR: folder,
			DATABASE_URL: database.url,
			LIVEKIT_URL: 'ws://127.0.0.1:1',
			LIVEKIT_API_KEY: 'test',
			LIVEKIT_API_SECRET: 'x'.repeat(32),
			DEMO: '1',
			DEMO_PARTS: 'own',
		},
	});
	workers.push(worker);
	return worker;
}

const exit = (worker: ChildProcess) =>
	new Promise<number | null>((done) => worker.once('exit', (code) => done(code)));

async function count(query: ReturnType<typeof sql>): Promise<number> {
	const [row] = await database.db.execute<{ n: number }>(query);
	return row?.n ?? 0;
}

const moved = () => count(sql`select count(*)::int as n from escalation`);
const sent = () => count(sql`select count(*)::int as n from sms_outbox where state = 'sent'`);

describe('the worker', { timeout: PATIENCE_MS }, () => {
	test('killed in the middle of a scan: another one moves the rest, each level once, each message once', async () => {
		const world = await makeWorld(database.db);
		const LATE = 100;
		for (let n = 0; n < LATE; n += 1) {
			await fileGrievance(database.db, world, { now: new Date() });
		}
		await database.db.execute(sql`update clock_offset set "offset" = '30 days'`);

		const first = startWorker();
		await vi.waitUntil(async () => (await moved()) > 0, WAIT);
		const gone = exit(first);
		first.kill('SIGKILL');
		await gone;
		expect(await moved()).toBeLessThan(LATE);

		startWorker();
		await vi.waitUntil(async () => (await moved()) === LATE, WAIT);
		// Registered and assigned, then officer, superior and citizen of each move.
		await vi.waitUntil(async () => (await sent()) >= LATE * 5, WAIT);
		expect(await count(sql`select count(*)::int as n from grievance where level = 2`)).toBe(LATE);
		expect(
			await count(sql`
				select count(*)::int as n from grievance_event where type = 'escalated'`),
		).toBe(LATE);
		expect(await sent()).toBe(LATE * 5);
	});

	test('ends with code 0 on SIGTERM', async () => {
		const worker = startWorker();
		await vi.waitUntil(
			() => count(sql`select count(*)::int as n from worker_heartbeat`).then((n) => n === 1),
			WAIT,
		);
		const gone = exit(worker);
		worker.kill('SIGTERM');
		expect(await gone).toBe(0);
		expect(await count(sql`select count(*)::int as n from worker_heartbeat`)).toBe(0);
	});

	test('a production worker refuses a shifted clock', async () => {
		await database.db.execute(sql`update clock_offset set "offset" = '1 day'`);
		const worker = spawn(process.execPath, ['src/worker.ts'], {
			stdio: 'ignore',
			env: {
				...process.env,
				...TEST_KEYS,
				DEMO: '0',
				ORIGIN: 'http://localhost:1',
				DATA_DIR: folder,
				DATABASE_URL: database.url,
				LIVEKIT_URL: 'ws://127.0.0.1:1',
				LIVEKIT_API_KEY: 'test',
				LIVEKIT_API_SECRET: 'x'.repeat(32),
			},
		});
		workers.push(worker);
		expect(await exit(worker)).not.toBe(0);
	});
});
