import { and, asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { escalation } from '#lib/server/db/schema/escalation.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { direction } from '#lib/server/db/schema/hearing.ts';
import { scanDeadlines } from '#lib/server/escalation/index.ts';
import { verifyTimeline } from '#lib/server/audit/index.ts';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { issueDirection } from '../support/directions.ts';
import { caseA, fileGrievance, makeWorld, vacate, type World } from '../support/factories.ts';

const DAY_MS = 86_400_000;
const later = (days: number) => new Date(TEST_NOW.getTime() + days * DAY_MS);

let database: TestDatabase;
let world: World;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const scanAt = (now: Date) =>
	scanDeadlines(testContext(database.db, { actor: { kind: 'system' }, now }));

const levelsOf = (subjectId: string) =>
	database.db
		.select({ level: escalation.level, to: escalation.toPostId })
		.from(escalation)
		.where(eq(escalation.subjectId, subjectId))
		.orderBy(asc(escalation.level));

const grievanceRow = async (id: string) =>
	(await database.db.select().from(grievance).where(eq(grievance.id, id)))[0];

const directionRow = async (id: string) =>
	(await database.db.select().from(direction).where(eq(direction.id, id)))[0];

const noticesTo = async (template: string, grievanceId: string) => {
	const rows = await database.db.execute<{ kind: string; id: string }>(sql`
		select payload->'to'->>'kind' as kind, payload->'to'->>'id' as id
		from graphile_worker._private_jobs
		where payload->>'template' = ${template} and payload->>'grievanceId' = ${grievanceId}`);
	return rows.map(({ kind, id }) => `${kind}:${id}`);
};

describe('a grievance past its deadline', () => {
	test('stays where it is until the deadline has passed', async () => {
		const { id } = await fileGrievance(database.db, world);
		const before = await grievanceRow(id);
		await scanAt(before?.deadline ?? later(0));
		expect(await grievanceRow(id)).toEqual(before);
	});

	test('climbs one level a scan to the top, then stays there and is told every seven days', async () => {
		const { id, citizen } = await fileGrievance(database.db, world, { answers: caseA(world) });
		const { dmc, director, chief } = world.posts;
		expect((await grievanceRow(id))?.ownerPostId).toBe(dmc.id);

		await scanAt(later(100));
		const second = await grievanceRow(id);
		expect(second).toMatchObject({ level: 2, ownerPostId: director.id });
		// The clock of the new level starts at the move, however late the move was.
		expect(second?.deadline?.getTime()).toBeGreaterThan(later(100).getTime());
		expect(await noticesTo('grievance_escalated_citizen', id)).toEqual([
			`citizen:${citizen.citizenId}`,
		]);
		expect(await noticesTo('grievance_escalated_officer', id)).toEqual([`post:${dmc.id}`]);
		expect(await noticesTo('grievance_escalated_superior', id)).toEqual([`post:${director.id}`]);

		await scanAt(later(200));
		expect(await grievanceRow(id)).toMatchObject({ level: 3, ownerPostId: chief.id });

		await scanAt(later(300));
		const top = await grievanceRow(id);
		expect(top).toMatchObject({ level: 3, ownerPostId: chief.id, breachedAt: later(300) });
		const notices = (await noticesTo('breach_notice', id)).length;
		expect(notices).toBeGreaterThan(0);
		await scanAt(later(300));
		expect((await noticesTo('breach_notice', id)).length).toBe(notices);
		await scanAt(later(308));
		expect((await noticesTo('breach_notice', id)).length).toBe(notices * 2);

		expect(await levelsOf(id)).toEqual([
			{ level: 2, to: director.id },
			{ level: 3, to: chief.id },
		]);
		expect(await verifyTimeline(database.db, id)).toMatchObject({ ok: true });
	});

	test('skips a vacant post and never lands on the accused one', async () => {
		const own = await testDatabase();
		try {
			const there = await makeWorld(own.db);
			// Against the director, who stands above the holder; and nobody holds the post of the secretary.
			const { id } = await fileGrievance(own.db, there, {
				answers: { ...caseA(there), againstPostId: there.posts.director.id },
			});
			await vacate(own.db, there.posts.dmc, later(1));
			await scanDeadlines(testContext(own.db, { actor: { kind: 'system' }, now: later(100) }));
			const [row] = await own.db.select().from(grievance).where(eq(grievance.id, id));
			expect(row?.ownerPostId).toBe(there.posts.chief.id);
		} finally {
			await own.close();
		}
	});
});

describe('a direction past its due date', () => {
	test('climbs its own ladder past the issuer and leaves the grievance alone', async () => {
		const { ddpo, dc, chief } = world.posts;
		const { id, citizen } = await fileGrievance(database.db, world, { now: later(0) });
		const given = await issueDirection(database.db, {
			grievanceId: id,
			issuer: dc,
			to: ddpo,
			at: later(1),
			dueAt: later(3),
		});
		const before = await grievanceRow(id);
		await scanAt(later(4));
		// The DDPO's superior is the issuer, so the direction goes to the one above.
		expect(await directionRow(given)).toMatchObject({ level: 2, ownerPostId: chief.id });
		const after = await grievanceRow(id);
		expect(after).toMatchObject({
			ownerPostId: before?.ownerPostId,
			level: before?.level,
			deadline: before?.deadline,
			state: before?.state,
		});
		expect(await noticesTo('direction_escalated_officer', id)).toEqual([`post:${ddpo.id}`]);
		expect(await noticesTo('direction_escalated_superior', id)).toEqual([`post:${chief.id}`]);
		expect(await noticesTo('direction_escalated_issuer', id)).toEqual([`post:${dc.id}`]);
		expect(await noticesTo('direction_escalated_citizen', id)).toEqual([
			`citizen:${citizen.citizenId}`,
		]);
		await scanAt(later(4));
		expect(await levelsOf(given)).toHaveLength(1);
	});
});

describe('many scans at once', () => {
	test('two workers over 120 late grievances move each one level, once, and skip none', async () => {
		const own = await testDatabase({ max: 30 });
		try {
			const there = await makeWorld(own.db);
			const ids: string[] = [];
			for (let n = 0; n < 120; n += 1) ids.push((await fileGrievance(own.db, there)).id);
			const scan = () =>
				scanDeadlines(testContext(own.db, { actor: { kind: 'system' }, now: later(100) }));
			const results = await Promise.all([scan(), scan()]);
			const again = await scan();
			expect(results.map(({ failed }) => failed)).toEqual([0, 0]);
			expect(results.reduce((sum, { moved }) => sum + moved, 0) + again.moved).toBe(ids.length);
			const rows = await own.db.select().from(grievance);
			expect(new Set(rows.map(({ level }) => level))).toEqual(new Set([2]));
			const events = await own.db
				.select()
				.from(grievanceEvent)
				.where(and(eq(grievanceEvent.type, 'escalated')));
			expect(new Set(events.map(({ grievanceId }) => grievanceId)).size).toBe(ids.length);
			expect(events).toHaveLength(ids.length);
		} finally {
			await own.close();
		}
	});
});
