import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { verifyTimeline } from '#lib/server/audit/index.ts';
import { grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import {
	appendEvent,
	caseFile,
	grievanceFacts,
	moveGrievance,
	noteBreach,
	resolveByOrder,
	tracking,
} from '#lib/server/grievance/index.ts';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { caseA, fileGrievance, makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const system = () => testContext(database.db, { actor: { kind: 'system' } });
const DEADLINE = new Date('2026-12-08T18:29:59.999Z');

function note(id: string, text: string) {
	const ctx = system();
	return ctx.db.transaction((tx) =>
		appendEvent(tx, ctx, id, { type: 'document_added', public: false, data: {}, note: text }),
	);
}

const move = (id: string, toPostId: string, level: number) => {
	const ctx = system();
	return ctx.db.transaction((tx) =>
		moveGrievance(tx, ctx, id, { level, toPostId, deadline: DEADLINE }),
	);
};

/** Changes rows behind the triggers, as somebody with the database's own rights could. */
async function forge(statement: (sql: typeof database.sql) => Promise<unknown>) {
	await database.sql`alter table grievance_event disable trigger all`;
	await statement(database.sql);
	await database.sql`alter table grievance_event enable trigger all`;
}

describe('the timeline', () => {
	it('holds when many write at once, without gaps', async () => {
		const { id } = await fileGrievance(database.db, world);
		await Promise.all(Array.from({ length: 12 }, (_, n) => note(id, `नोट ${n}`)));
		expect(await verifyTimeline(database.db, id)).toEqual({ ok: true });
		const rows = await database.db
			.select({ seq: grievanceEvent.seq })
			.from(grievanceEvent)
			.where(eq(grievanceEvent.grievanceId, id))
			.orderBy(grievanceEvent.seq);
		expect(rows.map((row) => row.seq)).toEqual(rows.map((_, n) => n + 1));
		expect(rows).toHaveLength(14);
	});

	it('refuses every change and removal, except erasing a note', async () => {
		const { id } = await fileGrievance(database.db, world);
		await note(id, 'नाम कमला');
		const { sql } = database;
		await expect(
			sql`update grievance_event set type = 'x' where grievance_id = ${id}`,
		).rejects.toThrow(/append-only/);
		await expect(sql`delete from grievance_event where grievance_id = ${id}`).rejects.toThrow(
			/append-only/,
		);
		await sql`update grievance_event set note = null, note_salt = null where grievance_id = ${id}`;
		expect(await verifyTimeline(database.db, id)).toEqual({ ok: true });
	});

	it('shows what was changed, left out or cut off behind its back', async () => {
		const filed = async () => {
			const { id } = await fileGrievance(database.db, world);
			await note(id, 'एक');
			await note(id, 'दो');
			return id;
		};
		const changed = await filed();
		await forge(
			(sql) =>
				sql`update grievance_event set data = '{"level":4}' where grievance_id = ${changed} and seq = 1`,
		);
		expect(await verifyTimeline(database.db, changed)).toMatchObject({ ok: false, seq: 1 });
		const missing = await filed();
		await forge(
			(sql) => sql`delete from grievance_event where grievance_id = ${missing} and seq = 2`,
		);
		expect(await verifyTimeline(database.db, missing)).toMatchObject({ ok: false, seq: 2 });
		const cut = await filed();
		await forge((sql) => sql`delete from grievance_event where grievance_id = ${cut} and seq = 4`);
		expect(await verifyTimeline(database.db, cut)).toMatchObject({ ok: false, reason: 'tail_cut' });
		const rewritten = await filed();
		const other = await filed();
		await forge(
			(sql) => sql`update grievance_event e set note = o.note from grievance_event o
				where e.grievance_id = ${rewritten} and e.seq = 3 and o.grievance_id = ${other} and o.seq = 4`,
		);
		expect(await verifyTimeline(database.db, rewritten)).toMatchObject({ ok: false, seq: 3 });
	});

	it('shows the citizen only the public part', async () => {
		const { id, number, citizen } = await fileGrievance(database.db, world);
		await note(id, 'केवल कार्यालय के लिए');
		const seen = await tracking(testContext(database.db, { actor: citizen }), number);
		expect(seen.timeline.map((entry) => entry.seq)).toEqual([1, 2]);
		const officer = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		const file = await caseFile(officer, number, 'test');
		expect(file.timeline.at(-1)).toMatchObject({ seq: 3, text: 'केवल कार्यालय के लिए' });
	});
});

describe('moving up', () => {
	it('changes owner, level and clock once, however many workers try', async () => {
		const { id, number, citizen } = await fileGrievance(database.db, world);
		const tries = await Promise.all(
			[1, 2, 3].map(() => refusalCode(move(id, world.posts.dc.id, 2))),
		);
		expect(tries.filter((code) => code === null)).toHaveLength(1);
		const seen = await tracking(testContext(database.db, { actor: citizen }), number);
		expect(seen).toMatchObject({
			level: 2,
			owner: { id: world.posts.dc.id },
			ownedSince: TEST_NOW,
			deadline: DEADLINE,
			breachedAt: null,
		});
		expect(seen.timeline.at(-1)).toMatchObject({
			type: 'escalated',
			text: 'ज़िला विकास एवं पंचायत अधिकारी, रेवाड़ी से उपायुक्त, रेवाड़ी के पास गई। अब 8 दिसंबर 2026 तक कार्रवाई करनी है।',
		});
		expect(await verifyTimeline(database.db, id)).toEqual({ ok: true });
	});

	it('never gives it to the post it is against', async () => {
		const { id } = await fileGrievance(database.db, world, { answers: caseA(world) });
		expect(await refusalCode(move(id, world.posts.secretary.id, 2))).toBe('no_post_for_place');
		await expect(
			database.sql`update grievance set owner_post_id = against_post_id where id = ${id}`,
		).rejects.toThrow(/grievance_owner_not_accused/);
	});

	it('does not move anything by an event that is only recorded', async () => {
		const { id } = await fileGrievance(database.db, world);
		const before = await grievanceFacts(database.db, id);
		await note(id, 'टिप्पणी');
		expect(await grievanceFacts(database.db, id)).toEqual(before);
		const ctx = system();
		await expect(
			ctx.db.transaction((tx) =>
				appendEvent(tx, ctx, id, { type: 'escalated', public: true, data: {} }),
			),
		).rejects.toThrow(/command of its own/);
	});

	it('notes a breach that can climb no further and keeps its first instant', async () => {
		const { id, number, citizen } = await fileGrievance(database.db, world);
		const nextScanAt = new Date('2026-12-09T00:00:00Z');
		const ctx = system();
		await ctx.db.transaction((tx) => noteBreach(tx, ctx, id, { nextScanAt }));
		const later = testContext(database.db, { actor: { kind: 'system' }, now: nextScanAt });
		await later.db.transaction((tx) =>
			noteBreach(tx, later, id, { nextScanAt: new Date('2026-12-16T00:00:00Z') }),
		);
		const seen = await tracking(testContext(database.db, { actor: citizen }), number);
		expect(seen.breachedAt).toEqual(TEST_NOW);
		expect(seen.timeline.filter((entry) => entry.type === 'breach_noticed')).toHaveLength(2);
	});
});

describe("a hearing's order", () => {
	it('resolves provisionally and gives the citizen seven days', async () => {
		const { id, number, citizen } = await fileGrievance(database.db, world);
		const ctx = testContext(database.db, { actor: staffOf(world.posts.dc) });
		await ctx.db.transaction((tx) => resolveByOrder(tx, ctx, id, { order: 'granted' }));
		const seen = await tracking(testContext(database.db, { actor: citizen }), number);
		expect(seen).toMatchObject({
			state: 'resolved',
			progressPercent: 90,
			deadline: new Date('2026-11-23T18:29:59.999Z'),
			nextStep: { kind: 'citizen_answers' },
		});
		const [row] = await database.sql`select next_scan_at from grievance where id = ${id}`;
		expect(row?.['next_scan_at']).toBeNull();
	});

	it('that decides nothing is refused', async () => {
		const { id } = await fileGrievance(database.db, world);
		const ctx = testContext(database.db, { actor: staffOf(world.posts.dc) });
		expect(
			await refusalCode(
				ctx.db.transaction((tx) => resolveByOrder(tx, ctx, id, { order: 'none_yet' })),
			),
		).toBe('bad_transition');
	});
});
