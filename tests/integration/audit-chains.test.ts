import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { logAccess, verifyAll } from '#lib/server/audit/index.ts';
import { appendEvent } from '#lib/server/grievance/index.ts';
import type { StaffActor } from '#lib/server/platform/context.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { fileGrievance, makeWorld, staffOf, type World } from '../support/factories.ts';
import { productionEnvironment, program } from '../support/keys.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const look = (actor: StaffActor, ids: readonly string[], reason = 'case_page') =>
	logAccess(testContext(database.db, { actor }), ids, reason);

const clerk = () => staffOf(world.posts.clerk);

const file = async () => (await fileGrievance(database.db, world)).id;

/** What verification says of these grievances. */
async function faultsOf(ids: readonly string[]) {
	const found: string[] = [];
	await verifyAll(
		database.db,
		({ chain, grievanceId, seq, reason }) => {
			if (ids.includes(grievanceId)) found.push(`${chain} ${seq} ${reason}`);
		},
		{ batch: 3 },
	);
	return found;
}

/** Changes rows behind the triggers, as somebody with the database's own rights could. */
const forge = (...statements: string[]) =>
	database.sql.begin(async (tx) => {
		await tx`set local session_replication_role = replica`;
		for (const statement of statements) await tx.unsafe(statement);
	});

describe('looks at many cases by many at once', () => {
	test('all leave their row, whatever order the lists are in, and every chain holds', async () => {
		const ids = await Promise.all(Array.from({ length: 8 }, file));
		const actors = [clerk(), staffOf(world.posts.dc), staffOf(world.posts.ddpo)];
		const LOOKS = 60;
		await Promise.all(
			Array.from({ length: LOOKS }, (_, n) => {
				const from = n % ids.length;
				const order = [...ids.slice(from), ...ids.slice(0, from)];
				const list = n % 2 ? order : order.toReversed();
				return look(actors[n % actors.length] ?? clerk(), list, `look ${n}`);
			}),
		);
		for (const id of ids) {
			const rows = await database.sql<{ seq: number; reason: string }[]>`
				select seq, reason from access_log where grievance_id = ${id} order by seq`;
			expect(rows.map((row) => row.seq)).toEqual(rows.map((_, n) => n + 1));
			expect(new Set(rows.map((row) => row.reason)).size).toBe(LOOKS);
		}
		expect(await faultsOf(ids)).toEqual([]);
	});

	test('a case that is on a list twice is one look', async () => {
		const id = await file();
		await look(clerk(), [id, id]);
		expect(await database.sql`select 1 from access_log where grievance_id = ${id}`).toHaveLength(1);
	});

	test('citizens and jobs leave no row', async () => {
		const id = await file();
		for (const actor of [{ kind: 'system' }, { kind: 'anonymous' }] as const) {
			await logAccess(testContext(database.db, { actor }), [id], 'none');
		}
		expect(await database.sql`select 1 from access_log where grievance_id = ${id}`).toHaveLength(0);
		expect(await faultsOf([id])).toEqual([]);
	});

	test('one taken back takes its place in the chain back with it', async () => {
		const id = await file();
		await look(clerk(), [id], 'one');
		await expect(
			database.sql.begin(async (tx) => {
				await tx`
					insert into access_log (person_id, post_id, grievance_id, reason)
					values (${clerk().personId}, ${clerk().postId}, ${id}, 'two')`;
				throw new Error('changed my mind');
			}),
		).rejects.toThrow('changed my mind');
		await look(clerk(), [id], 'three');
		expect(await faultsOf([id])).toEqual([]);
	});
});

test('an insert cannot choose its own place, hash or fractions of a millisecond', async () => {
	const id = await file();
	await database.sql`
		insert into access_log (person_id, post_id, grievance_id, reason, at, seq, prev_hash, hash)
		values (${clerk().personId}, ${clerk().postId}, ${id}, ${'two\nlines'}, '2026-11-16 06:30:00.123999+00', 7, 'x', 'y')`;
	const [row] = await database.sql`
		select seq, prev_hash, extract(microseconds from at)::int as fraction from access_log where grievance_id = ${id}`;
	expect(row).toMatchObject({ seq: 1, prev_hash: '0'.repeat(64), fraction: 123_000 });
	expect(await faultsOf([id])).toEqual([]);
});

test('rows and heads refuse to be changed, removed or emptied', async () => {
	const id = await file();
	await look(clerk(), [id]);
	for (const statement of [
		`update access_log set reason = 'x' where grievance_id = '${id}'`,
		`update access_log set hash = hash, at = now() where grievance_id = '${id}'`,
		`delete from access_log where grievance_id = '${id}'`,
		'truncate access_log',
		'truncate grievance_event',
	]) {
		await expect(database.sql.unsafe(statement), statement).rejects.toThrow(/append-only/);
	}
	for (const statement of [
		`update access_log_head set count = 0 where grievance_id = '${id}'`,
		`update access_log_head set hash = 'x' where grievance_id = '${id}'`,
		`delete from access_log_head where grievance_id = '${id}'`,
	]) {
		await expect(database.sql.unsafe(statement), statement).rejects.toThrow(/only grows/);
	}
	await expect(database.sql`truncate access_log_head`).rejects.toThrow(/append-only/);
});

describe('verification finds', () => {
	let id = '';
	beforeEach(async () => {
		id = await file();
		for (const reason of ['one', 'two', 'three', 'four']) await look(clerk(), [id], reason);
		const ctx = testContext(database.db, { actor: { kind: 'system' } });
		for (const text of ['एक', 'दो', 'तीन']) {
			await ctx.db.transaction((tx) =>
				appendEvent(tx, ctx, id, { type: 'document_added', public: false, data: {}, note: text }),
			);
		}
		expect(await faultsOf([id])).toEqual([]);
	});
	const where = (seq: number) => `where grievance_id = '${id}' and seq = ${seq}`;

	test.each([
		['reason', `'x'`],
		['at', `at + interval '1 ms'`],
		['person_id', 'gen_random_uuid()'],
		['post_id', 'gen_random_uuid()'],
		['prev_hash', `repeat('1', 64)`],
		['hash', `repeat('1', 64)`],
	])('a look whose %s was changed', async (column, value) => {
		await forge(`update access_log set ${column} = ${value} ${where(2)}`);
		expect(await faultsOf([id])).toEqual(['access log 2 changed']);
	});

	test('a look that was dropped, also when the rest was renumbered', async () => {
		await forge(`delete from access_log ${where(2)}`);
		expect(await faultsOf([id])).toEqual(['access log 2 missing']);
		await forge(
			`update access_log set seq = 2 ${where(3)}`,
			`update access_log set seq = 3 ${where(4)}`,
		);
		expect(await faultsOf([id])).toEqual(['access log 2 missing']);
	});

	test('looks that changed places', async () => {
		await forge(
			`update access_log set seq = 9 ${where(2)}`,
			`update access_log set seq = 2 ${where(3)}`,
			`update access_log set seq = 3 ${where(9)}`,
		);
		expect(await faultsOf([id])).toEqual(['access log 2 reordered']);
	});

	test('a tail that was cut off, a whole log that was, and one without its head', async () => {
		await forge(`delete from access_log ${where(4)}`);
		expect(await faultsOf([id])).toEqual(['access log 4 tail_cut']);
		await forge(`delete from access_log where grievance_id = '${id}'`);
		expect(await faultsOf([id])).toEqual(['access log 1 tail_cut']);
		const other = await file();
		await look(clerk(), [other]);
		await forge(`delete from access_log_head where grievance_id = '${other}'`);
		expect(await faultsOf([other])).toEqual(['access log 1 changed']);
	});

	test('a look moved to another case', async () => {
		const other = await file();
		await look(clerk(), [other], 'five');
		await forge(`update access_log set grievance_id = '${other}', seq = 2 ${where(4)}`);
		expect(await faultsOf([id])).toEqual(['access log 4 tail_cut']);
		expect(await faultsOf([other])).toEqual(['access log 2 changed']);
	});

	test('events of the timeline that were changed, dropped, exchanged or cut off', async () => {
		const tries: [string[], string][] = [
			[[`update grievance_event set type = 'x' ${where(2)}`], 'timeline 2 changed'],
			[
				[`update grievance_event set prev_hash = repeat('1', 64) ${where(2)}`],
				'timeline 2 changed',
			],
			[[`update grievance_event set note = '\\x00' ${where(4)}`], 'timeline 4 changed'],
			[[`delete from grievance_event ${where(3)}`], 'timeline 3 missing'],
			[[`delete from grievance_event ${where(5)}`], 'timeline 5 tail_cut'],
			[
				[
					`update grievance_event set seq = 9 ${where(3)}`,
					`update grievance_event set seq = 3 ${where(4)}`,
					`update grievance_event set seq = 4 ${where(9)}`,
				],
				'timeline 3 reordered',
			],
			[
				[
					`delete from grievance_event where grievance_id = '${id}'`,
					`update grievance set event_count = 0, event_head = '' where id = '${id}'`,
				],
				'timeline 1 tail_cut',
			],
		];
		for (const [statements, fault] of tries) {
			await forge(
				'create table kept as select * from grievance_event',
				'create table kept_case as select * from grievance',
			);
			await forge(...statements);
			expect(await faultsOf([id]), statements[0]).toEqual([fault]);
			await forge(
				`delete from grievance_event where grievance_id = '${id}'`,
				`insert into grievance_event overriding system value select * from kept where grievance_id = '${id}'`,
				`update grievance g set event_count = k.event_count, event_head = k.event_head from kept_case k where k.id = g.id`,
				'drop table kept',
				'drop table kept_case',
			);
		}
		expect(await faultsOf([id])).toEqual([]);
	});
});

test('looks from before there was a chain are put into one by the migration', async () => {
	const old = await testDatabase();
	try {
		const there = await makeWorld(old.db);
		const { id } = await fileGrievance(old.db, there);
		const { personId, postId } = staffOf(there.posts.clerk);
		// Back to the state before: no chain, no place.
		await old.sql.begin(async (tx) => {
			await tx`drop trigger access_log_chained on access_log`;
			await tx`alter table access_log drop constraint access_log_seq`;
			for (const reason of ['one', 'two']) {
				await tx`insert into access_log (person_id, post_id, grievance_id, reason) values (${personId}, ${postId}, ${id}, ${reason})`;
			}
		});
		const statements = readFileSync(constraintsFile(), 'utf8').split('--> statement-breakpoint');
		const from = statements.findIndex((one) =>
			one.includes('disable trigger access_log_append_only'),
		);
		const to = statements.findIndex((one) => one.includes('create trigger access_log_chained'));
		for (const statement of statements.slice(from, to + 1)) await old.sql.unsafe(statement);
		await logAccess(testContext(old.db, { actor: staffOf(there.posts.clerk) }), [id], 'three');
		const found: unknown[] = [];
		await verifyAll(old.db, (fault) => found.push(fault));
		expect(found).toEqual([]);
		expect(await old.sql`select seq, reason from access_log order by seq`).toMatchObject([
			{ seq: 1, reason: 'one' },
			{ seq: 2, reason: 'two' },
			{ seq: 3, reason: 'three' },
		]);
	} finally {
		await old.close();
	}
});

/** Its number may change; what it does not. */
function constraintsFile(): string {
	const journal: { entries: { tag: string }[] } = JSON.parse(
		readFileSync('drizzle/meta/_journal.json', 'utf8'),
	);
	const files = journal.entries.map(({ tag }) => `drizzle/${tag}.sql`);
	const found = files.find((file) =>
		readFileSync(file, 'utf8').includes('function chain_access()'),
	);
	if (!found) throw new Error('the chain has no migration');
	return found;
}

test('npm run audit:verify names what is wrong by ids alone and ends with 1, else with 0', async () => {
	const own = await testDatabase();
	try {
		const there = await makeWorld(own.db);
		const { id } = await fileGrievance(own.db, there);
		await logAccess(testContext(own.db, { actor: staffOf(there.posts.clerk) }), [id], 'case_page');
		const verify = () => program('scripts/audit-verify.mjs', productionEnvironment(own.url)).ended;
		expect(await verify()).toEqual({
			code: 0,
			output: '1 grievances looked at, 0 faults found.\n',
		});
		await own.sql.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`delete from access_log`;
			await tx`update grievance_event set public = not public where seq = 2`;
		});
		expect(await verify()).toEqual({
			code: 1,
			output: [
				`timeline of grievance ${id}: row 2 was changed`,
				`access log of grievance ${id}: row 1 and what followed were cut off`,
				'1 grievances looked at, 2 faults found.\n',
			].join('\n'),
		});
	} finally {
		await own.close();
	}
	const nowhere = productionEnvironment('postgres://nobody@127.0.0.1:1/none');
	expect((await program('scripts/audit-verify.mjs', nowhere).ended).code).toBe(2);
});
