import { eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { openPlatform } from '#lib/server/platform/index.ts';
import { rewrapAll } from '#lib/server/platform/rotate.ts';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';
import { testDatabase, useTestKeyring, type TestDatabase } from '../support/database.ts';
import { makeCitizen } from '../support/factories.ts';
import { keyText, productionEnvironment, program } from '../support/keys.ts';

const FIRST = keyText('first', 1);
const SECOND = keyText('second', 2);
const OTHER_INDEX = Buffer.alloc(32, 7).toString('base64');

let database: TestDatabase;
beforeEach(async () => {
	useTestKeyring(FIRST);
	database = await testDatabase();
});
afterEach(() => database.close());

/** A start with these keys: null when it is let through, else what it says. */
async function startWith(DATA_KEYS: string, INDEX_KEY = TEST_KEYS.INDEX_KEY) {
	const env = readEnv(productionEnvironment(database.url, { DATA_KEYS, INDEX_KEY }));
	try {
		await (await openPlatform(env, 'cli')).close();
		return null;
	} catch (problem) {
		if (problem instanceof EnvError) return problem.message;
		throw problem;
	} finally {
		useTestKeyring();
	}
}

const registered = async () =>
	(await database.sql`select kind, key_id from key_check order by kind, key_id`).map((row) =>
		`${row['kind']} ${row['key_id']}`.trim(),
	);

describe('a start', () => {
	test('registers the keys that it meets first, and lets the same ones through again', async () => {
		expect(await startWith(FIRST)).toBeNull();
		expect(await startWith(FIRST)).toBeNull();
		expect(await registered()).toEqual(['data first', 'index']);
	});

	test('with one more key, in any place, is let through', async () => {
		expect(await startWith(FIRST)).toBeNull();
		expect(await startWith(`${FIRST},${SECOND}`)).toBeNull();
		expect(await startWith(`${SECOND},${FIRST}`)).toBeNull();
		expect(await registered()).toEqual(['data first', 'data second', 'index']);
	});

	test('with another key under a known id is refused, even where nothing is sealed yet', async () => {
		expect(await startWith(FIRST)).toBeNull();
		const message = await startWith(keyText('first', 3));
		expect(message).toContain('another key under the id first');
		expect(await startWith(`${SECOND},${keyText('first', 3)}`)).toContain('under the id first');
		expect(await registered()).toEqual(['data first', 'index']);
	});

	test('with another INDEX_KEY is refused', async () => {
		expect(await startWith(FIRST)).toBeNull();
		expect(await startWith(FIRST, OTHER_INDEX)).toContain('INDEX_KEY is not the one');
	});

	test('tells everything that is wrong at once, and no key', async () => {
		expect(await startWith(FIRST)).toBeNull();
		const message = (await startWith(keyText('first', 3), OTHER_INDEX)) ?? '';
		expect(message).toContain('INDEX_KEY');
		expect(message).toContain('the id first');
		for (const secret of [OTHER_INDEX, ...keyText('first', 3).split(':').slice(1)]) {
			expect(message).not.toContain(secret);
		}
	});

	test('without a key that still seals values is refused, and says how many', async () => {
		expect(await startWith(FIRST)).toBeNull();
		const { citizenId } = await makeCitizen(database.db);
		await database.db.update(citizen).set({ address: 'बावल' }).where(eq(citizen.id, citizenId));
		expect(await startWith(SECOND)).toContain('lacks the key first, which still seals 2 values');
		expect(await startWith(`${SECOND},${FIRST}`)).toBeNull();
	});

	test('without a key that seals nothing any more forgets it; its id is free again', async () => {
		await makeCitizen(database.db);
		expect(await startWith(FIRST)).toBeNull();
		expect(await startWith(`${SECOND},${FIRST}`)).toBeNull();
		useTestKeyring(`${SECOND},${FIRST}`);
		await rewrapAll(database.db);
		expect(await startWith(SECOND)).toBeNull();
		expect(await registered()).toEqual(['data second', 'index']);
		expect(await startWith(`${SECOND},${keyText('first', 9)}`)).toBeNull();
	});

	test('on a database from before keys were registered asks its values', async () => {
		await makeCitizen(database.db);
		expect(await startWith(SECOND)).toContain('lacks the key first');
		expect(await startWith(keyText('first', 3))).toContain('another key under the id first');
		expect(await startWith(FIRST, OTHER_INDEX)).toContain('INDEX_KEY is not the one');
		expect(await registered()).toEqual([]);
		expect(await startWith(FIRST)).toBeNull();
		expect(await startWith(FIRST, OTHER_INDEX)).toContain('INDEX_KEY is not the one');
	});

	test('of many at once registers each key once and lets all through', async () => {
		const both = `${FIRST},${SECOND}`;
		useTestKeyring(both); // one process here stands for many, and they share it
		const starts = await Promise.all(Array.from({ length: 8 }, () => startWith(both)));
		expect(starts).toEqual(Array.from({ length: 8 }, () => null));
		expect(await registered()).toEqual(['data first', 'data second', 'index']);
	});
});

describe('the worker', () => {
	const worker = (over: Record<string, string>) =>
		program('src/worker.ts', productionEnvironment(database.url, over));

	test('ends with one message and no stack when a key is wrong, before it touches a job', async () => {
		expect(await startWith(FIRST)).toBeNull();
		const { code, output } = await worker({ DATA_KEYS: keyText('first', 3) }).ended;
		expect(code).toBe(1);
		expect(output).toContain('The keys do not fit this database');
		expect(output).not.toMatch(/\n\s+at /);
		const beats = await database.sql`select 1 from worker_heartbeat`;
		expect(beats).toHaveLength(0);
	});

	test('several started at once on a new database all come up', async () => {
		const workers = [1, 2, 3].map(() => worker({ DATA_KEYS: FIRST }));
		await vi.waitUntil(
			async () => (await database.sql`select 1 from worker_heartbeat`).length === 3,
			{ timeout: 60_000, interval: 20 },
		);
		for (const { child } of workers) child.kill('SIGTERM');
		for (const { ended } of workers) expect((await ended).code).toBe(0);
		expect(await registered()).toEqual(['data first', 'index']);
	});
});

test('rotation with a wrong key changes nothing and ends with code 2', async () => {
	expect(await startWith(FIRST)).toBeNull();
	await makeCitizen(database.db);
	const wrong = productionEnvironment(database.url, {
		DATA_KEYS: `${SECOND},${keyText('first', 3)}`,
	});
	const { code, output } = await program('scripts/keys-rotate.mjs', wrong).ended;
	expect(code).toBe(2);
	expect(output).toContain('another key under the id first');
	expect(await registered()).toEqual(['data first', 'index']);
});
