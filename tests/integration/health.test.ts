import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { beat, forget } from '#lib/server/platform/heartbeat.ts';
import { health } from '#lib/server/platform/health.ts';
import { openFileStorage } from '#lib/server/platform/storage.ts';
import { openDatabase } from '#lib/server/platform/db.ts';
import { sql } from 'drizzle-orm';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
	database = await testDatabase();
});
afterAll(() => database.close());

const ask = (over: Partial<Parameters<typeof health>[0]> = {}) => {
	const { db, storage, livekit, scanner } = testContext(database.db);
	return health({ db, storage, livekit, scanner, ...over });
};

test('a video server that does not answer is down, and the rest is told apart from it', async () => {
	await beat(database.db, { workerId: 'one', lockNames: [] });
	expect(await ask()).toEqual({
		status: 'down',
		checks: { database: 'ok', worker: 'ok', livekit: 'down', storage: 'ok' },
	});
});

test('the worker is down without a beat, or with one that is too old', async () => {
	await forget(database.db, 'one');
	expect((await ask()).checks.worker).toBe('down');
	await beat(database.db, { workerId: 'two', lockNames: [] });
	expect((await ask()).checks.worker).toBe('ok');
	await database.db.execute(sql`update worker_heartbeat set at = now() - interval '1 minute'`);
	expect((await ask()).checks.worker).toBe('down');
});

test('a database that is gone is down, and the answer still comes', async () => {
	const gone = openDatabase('postgres://nobody@127.0.0.1:1/none');
	expect((await ask({ db: gone.db })).checks.database).toBe('down');
	await gone.close();
});

test('a storage folder that cannot be made is down', async () => {
	const file = join(mkdtempSync(join(tmpdir(), 'jansunwai-health-')), 'a', 'b');
	expect((await ask({ storage: openFileStorage(file) })).checks.storage).toBe('ok');
	expect((await ask({ storage: openFileStorage('/proc/none') })).checks.storage).toBe('down');
});
