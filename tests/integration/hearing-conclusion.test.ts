import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sittingDetail } from '#lib/server/appointment/index.ts';
import { verifyTimeline } from '#lib/server/audit/index.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { direction, hearing } from '#lib/server/db/schema/hearing.ts';
import {
	answerDirection,
	callNext,
	conclude,
	ConclusionRefused,
	deskOf,
	directionDetail,
	directionsFor,
	draftDirection,
	joinGrant,
	markAbsent,
	proceedingOf,
	removeDraft,
	waiting,
	type Conclude,
	type DraftDirection,
} from '#lib/server/hearing/index.ts';
import { written } from '#lib/server/platform/db.ts';
import { makeSitting } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, type World } from '../support/factories.ts';
import {
	hearingRow,
	openedSitting,
	type TestHearing,
	type TestSitting,
} from '../support/hearing.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let sfu: TestLiveKit;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	sfu = await startLiveKit();
});
afterAll(async () => {
	await sfu.close();
	await database.close();
});

interface Running {
	sitting: TestSitting;
	one: TestHearing;
	dc: ReturnType<TestSitting['as']>;
}

/** A hearing in session, of case A when told so: against the secretary. */
async function running({ accused = false } = {}): Promise<Running> {
	const against = accused
		? { againstPostId: world.posts.secretary.id, ownerPostId: world.posts.dmc.id }
		: {};
	const sitting = await openedSitting(database.db, world, {
		livekit: sfu.livekit,
		cases: [against],
	});
	const [one] = sitting.hearings;
	if (!one) throw new Error('nobody is booked');
	const dc = sitting.as(world.posts.dc);
	await callNext(dc, sitting.id);
	await joinGrant(one.ctx, one.hearingId);
	return { sitting, one, dc };
}

const heard = (one: TestHearing, rest: Partial<Conclude> = {}): Conclude => ({
	hearingId: one.hearingId,
	disposition: 'heard',
	order: 'none_yet',
	reasons: null,
	nextSlotId: null,
	...rest,
});

/** IST date so many days after the sitting. */
const dayAfter = (sitting: TestSitting, days: number) =>
	new Date(sitting.startsAt.getTime() + days * 86_400_000 + 5.5 * 3_600_000)
		.toISOString()
		.slice(0, 10);

const report = (run: Running, rest: Partial<DraftDirection> = {}): DraftDirection => ({
	hearingId: run.one.hearingId,
	kind: 'report',
	postId: world.posts.secretary.id,
	dueDate: dayAfter(run.sitting, 3),
	text: 'टाइल कार्य की स्वीकृति और सीसी रोड का अनुमान भेजें।',
	...rest,
});

async function issuesOf(work: Promise<unknown>): Promise<string[]> {
	try {
		await work;
		return [];
	} catch (problem) {
		if (!(problem instanceof ConclusionRefused)) throw problem;
		return problem.issues.map(({ code }) => code);
	}
}

const eventsOf = async (grievanceId: string) =>
	(
		await database.db
			.select()
			.from(grievanceEvent)
			.where(eq(grievanceEvent.grievanceId, grievanceId))
			.orderBy(grievanceEvent.seq)
	).map(({ type }) => type);

const noticesOf = async (grievanceId: string) =>
	(await queuedJobs(database.sql, 'notify'))
		.filter(({ payload }) => payload['grievanceId'] === grievanceId)
		.map(({ payload }) => String(payload['template']));

/** A sitting with a free slot so many days after the other. */
async function freeSlot(after: TestSitting, days: number): Promise<string> {
	const startsAt = new Date(after.startsAt.getTime() + days * 86_400_000 + 7 * 3_600_000);
	const { slotList } = await makeSitting(database.db, world, { startsAt, slots: 1 });
	return slotList[0]?.id ?? '';
}

describe('a hearing ends only with a conclusion that can stand', () => {
	test('heard needs an order; less than all that was asked for needs reasons', async () => {
		const { one, dc } = await running();
		expect(await issuesOf(conclude(dc, heard(one, { order: null })))).toEqual(['order_required']);
		for (const order of ['refused', 'partly_granted'] as const) {
			expect(await issuesOf(conclude(dc, heard(one, { order, reasons: ' \n' })))).toEqual([
				'reasons_required',
			]);
		}
		expect((await hearingRow(database.db, one.hearingId)).state).toBe('in_session');
	});

	test('an absent citizen cannot be recorded of one who sits there', async () => {
		const { one, dc } = await running();
		expect(await issuesOf(markAbsent(dc, one.hearingId))).toEqual(['disposition_not_allowed']);
	});

	test('is for the post that hears', async () => {
		const { one, sitting } = await running();
		const other = sitting.as(world.posts.ddpo);
		expect(await refusalCode(conclude(other, heard(one)))).toBe('forbidden');
		expect(await refusalCode(conclude(one.ctx, heard(one)))).toBe('forbidden');
	});

	test('twice: the second is told so, and nothing is written twice', async () => {
		const { one, dc } = await running();
		const first = await conclude(dc, heard(one));
		expect(first.proceedingNo).toBe(`${one.number}/1`);
		const events = await eventsOf(one.id);
		expect(await refusalCode(conclude(dc, heard(one, { order: 'granted' })))).toBe(
			'already_concluded',
		);
		expect(await eventsOf(one.id)).toEqual(events);
		expect((await hearingRow(database.db, one.hearingId)).order).toBe('none_yet');
	});

	test('two screens at once: one conclusion stands', async () => {
		const { one, dc } = await running();
		const results = await Promise.allSettled([
			conclude(dc, heard(one, { order: 'granted' })),
			conclude(dc, heard(one, { order: 'refused', reasons: 'भूमि निजी है।' })),
			conclude(dc, heard(one)),
		]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect((await eventsOf(one.id)).filter((type) => type === 'hearing_concluded')).toHaveLength(1);
		expect(await verifyTimeline(database.db, one.id)).toMatchObject({ ok: true });
	});
});

describe('what a conclusion does', () => {
	test('granted: the grievance is resolved, the citizen told, the booking fulfilled', async () => {
		const { one, dc } = await running();
		await conclude(dc, heard(one, { order: 'granted' }));
		const [row] = await database.db.select().from(grievance).where(eq(grievance.id, one.id));
		expect(row?.state).toBe('resolved');
		const [booked] = await database.db
			.select()
			.from(booking)
			.where(eq(booking.grievanceId, one.id));
		expect(booked?.status).toBe('fulfilled');
		expect(await noticesOf(one.id)).toContain('hearing_outcome');
		expect(await queuedJobs(database.sql, 'rooms.close')).toContainEqual(
			expect.objectContaining({ payload: { room: one.room } }),
		);
	});

	test('no decision yet: the grievance stays with its owner', async () => {
		const { one, dc } = await running();
		await conclude(dc, heard(one));
		const [row] = await database.db.select().from(grievance).where(eq(grievance.id, one.id));
		expect(row).toMatchObject({ state: 'with_officer', ownerPostId: world.posts.ddpo.id });
	});

	test('a technical failure gives the seat back and keeps the request', async () => {
		const { one, dc, sitting } = await running();
		await conclude(dc, heard(one, { disposition: 'technical_failure', order: null }));
		const [booked] = await database.db
			.select()
			.from(booking)
			.where(eq(booking.grievanceId, one.id));
		expect(booked?.status).toBe('revoked');
		const detail = await sittingDetail(sitting.as(world.posts.clerk), sitting.id);
		expect(detail.filled).toBe(0);
	});

	test('a 12-digit Aadhaar number in the reasons is masked before it is stored', async () => {
		const { one, dc } = await running();
		await conclude(dc, heard(one, { order: 'refused', reasons: 'आधार 234123412346 देखा।' }));
		expect((await hearingRow(database.db, one.hearingId)).reasons).toBe('आधार XXXX XXXX 2346 देखा।');
	});

	test('closes the room', async () => {
		const { one, dc } = await running();
		await conclude(dc, heard(one));
		await expect(sfu.livekit.closeRoom(one.room)).rejects.toThrow();
	});
});

describe('an adjournment', () => {
	test('needs a date after the last due date', async () => {
		const run = await running();
		await draftDirection(run.dc, report(run));
		await draftDirection(run.dc, report(run, { dueDate: dayAfter(run.sitting, 5) }));
		const adjourn = (nextSlotId: string | null) =>
			conclude(run.dc, heard(run.one, { disposition: 'adjourned', order: null, nextSlotId }));
		expect(await issuesOf(adjourn(null))).toEqual(['next_date_required']);
		const sameDay = await freeSlot(run.sitting, 5);
		expect(await issuesOf(adjourn(sameDay))).toEqual(['next_date_before_due']);
		const offered = (await deskOf(run.dc, run.sitting.id)).current?.nextSlots ?? [];
		expect(offered.map(({ id }) => id)).not.toContain(sameDay);
		const later = await freeSlot(run.sitting, 6);
		const { nextAt } = await adjourn(later);
		const row = await hearingRow(database.db, run.one.hearingId);
		const [next] = await database.db
			.select()
			.from(booking)
			.where(eq(booking.id, row.nextBookingId ?? ''));
		expect(next).toMatchObject({ slotId: later, status: 'confirmed' });
		expect(await noticesOf(run.one.id)).toEqual(
			expect.arrayContaining(['hearing_adjourned', 'direction_issued']),
		);
		expect((await waiting(run.one.ctx, run.one.hearingId)).outcome).toMatchObject({
			disposition: 'adjourned',
			nextAt,
		});
	});

	test('whose slot is gone writes nothing at all', async () => {
		const run = await running();
		const drafted = await draftDirection(run.dc, report(run));
		const slotId = await freeSlot(run.sitting, 8);
		const other = await running();
		await conclude(
			other.dc,
			heard(other.one, { disposition: 'adjourned', order: null, nextSlotId: slotId }),
		);
		const events = await eventsOf(run.one.id);
		const jobs = await queuedJobs(database.sql);
		expect(
			await refusalCode(
				conclude(
					run.dc,
					heard(run.one, { disposition: 'adjourned', order: null, nextSlotId: slotId }),
				),
			),
		).toBe('slot_full');
		expect(await hearingRow(database.db, run.one.hearingId)).toMatchObject({
			state: 'in_session',
			disposition: null,
			nextBookingId: null,
		});
		const [still] = await database.db.select().from(direction).where(eq(direction.id, drafted.id));
		expect(still?.state).toBe('drafted');
		const bookings = await database.db
			.select()
			.from(booking)
			.where(eq(booking.grievanceId, run.one.id));
		expect(bookings.map(({ status }) => status)).toEqual(['confirmed']);
		expect(await eventsOf(run.one.id)).toEqual(events);
		expect(await queuedJobs(database.sql)).toEqual(jobs);
	});
});

describe('a direction', () => {
	test('to the office complained of can only ask for its report', async () => {
		const run = await running({ accused: true });
		expect(await refusalCode(draftDirection(run.dc, report(run, { kind: 'action' })))).toBe(
			'accused_reports_only',
		);
		await draftDirection(run.dc, report(run));
		await draftDirection(run.dc, report(run, { kind: 'action', postId: world.posts.ddpo.id }));
	});

	test('needs a text, another post of the district and a day from today to 90 days ahead', async () => {
		const run = await running();
		const refused = (rest: Partial<DraftDirection>) =>
			refusalCode(draftDirection(run.dc, report(run, rest)));
		expect(await refused({ text: ' \u200f\n' })).toBe('direction_needed_text');
		expect(await refused({ text: 'क'.repeat(2001) })).toBe('text_too_long');
		for (const postId of [run.one.id, 'nobody', world.posts.dc.id, world.posts.chief.id]) {
			expect(await refused({ postId })).toBe('direction_post_outside');
		}
		for (const days of [-1, 91]) {
			expect(await refused({ dueDate: dayAfter(run.sitting, days) })).toBe('direction_due_date');
		}
		expect(await refused({ dueDate: '2026-02-30' })).toBe('direction_due_date');
		for (const days of [0, 90]) {
			await draftDirection(run.dc, report(run, { dueDate: dayAfter(run.sitting, days) }));
		}
	});

	test('binds nobody until the hearing ends, and can be taken back until then', async () => {
		const run = await running();
		const { id } = await draftDirection(run.dc, report(run));
		const kept = await draftDirection(run.dc, report(run));
		const secretary = run.sitting.as(world.posts.secretary, 60);
		expect(await refusalCode(directionDetail(secretary, kept.id))).toBe('not_found');
		await removeDraft(run.dc, id);
		await conclude(run.dc, heard(run.one));
		expect(await refusalCode(removeDraft(run.dc, kept.id))).toBe('hearing_ended');
		expect(await refusalCode(draftDirection(run.dc, report(run)))).toBe('hearing_ended');
		const [row] = await database.db.select().from(direction).where(eq(direction.id, kept.id));
		expect(row).toMatchObject({ state: 'open', issuedAt: run.dc.clock.now() });
		expect(row?.nextScanAt).toEqual(row?.dueAt);
		expect((await directionsFor(secretary)).map((one) => one.id)).toContain(kept.id);
	});

	test('is answered once, by the post that holds it, and citizen and issuer are told', async () => {
		const run = await running({ accused: true });
		const { id } = await draftDirection(run.dc, report(run));
		await conclude(run.dc, heard(run.one));
		const secretary = run.sitting.as(world.posts.secretary, 60);
		const answer = { directionId: id, text: 'अनुमान संलग्न है।' };
		const stranger = run.sitting.as(world.posts.ddpo, 60);
		expect(await refusalCode(answerDirection(stranger, answer))).toBe('forbidden');
		expect(await refusalCode(answerDirection(secretary, { ...answer, text: ' ' }))).toBe(
			'direction_needed_text',
		);
		const results = await Promise.allSettled([
			answerDirection(secretary, answer),
			answerDirection(secretary, answer),
		]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(await refusalCode(answerDirection(secretary, answer))).toBe('already_answered');
		const detail = await directionDetail(secretary, id);
		expect(detail).toMatchObject({ state: 'answered', mayAnswer: false });
		expect(detail.report?.text).toBe(answer.text);
		expect((await eventsOf(run.one.id)).at(-1)).toBe('direction_answered');
		expect(await noticesOf(run.one.id)).toEqual(
			expect.arrayContaining(['direction_answered_citizen', 'direction_answered_issuer']),
		);
	});

	test('whose photo is refused stays open, and nothing is half-written', async () => {
		const run = await running();
		const { id } = await draftDirection(run.dc, report(run));
		await conclude(run.dc, heard(run.one));
		const secretary = run.sitting.as(world.posts.secretary, 60);
		const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
		const photo = { name: 'काम.svg', bytes: svg };
		expect(
			await refusalCode(answerDirection(secretary, { directionId: id, text: 'हो गया', photo })),
		).toBe('upload_type');
		expect((await directionDetail(secretary, id)).report).toBeNull();
	});
});

describe('the proceeding', () => {
	test('fills itself, for the citizen and for staff who may see the case, once it is over', async () => {
		const run = await running({ accused: true });
		await draftDirection(run.dc, report(run));
		expect(await refusalCode(proceedingOf(run.one.ctx, run.one.hearingId))).toBe('not_found');
		await conclude(run.dc, heard(run.one, { order: 'refused', reasons: 'बजट नहीं है।' }));
		const sheet = await proceedingOf(run.one.ctx, run.one.hearingId);
		expect(sheet).toMatchObject({
			proceedingNo: `${run.one.number}/1`,
			disposition: 'heard',
			order: 'refused',
			reasons: 'बजट नहीं है।',
			against: 'सचिव, नगरपालिका बावल',
		});
		expect(sheet.directions).toHaveLength(1);
		expect(sheet.attendance.map(({ kind }) => kind).sort()).toEqual(['citizen', 'hearing_officer']);
		expect((await proceedingOf(run.dc, run.one.hearingId)).proceedingNo).toBe(sheet.proceedingNo);
		const other = await running();
		expect(await refusalCode(proceedingOf(other.one.ctx, run.one.hearingId))).toBe(
			'hearing_not_yours',
		);
		const anonymous = testContext(database.db);
		expect(await refusalCode(proceedingOf(anonymous, run.one.hearingId))).toBe('hearing_not_yours');
	});

	test('of the second hearing of a grievance has the next number', async () => {
		const run = await running();
		const slotId = await freeSlot(run.sitting, 2);
		await conclude(
			run.dc,
			heard(run.one, { disposition: 'adjourned', order: null, nextSlotId: slotId }),
		);
		const [next] = await database.db.select().from(booking).where(eq(booking.slotId, slotId));
		const again = written(
			await database.db
				.insert(hearing)
				.values({
					bookingId: next?.id ?? '',
					grievanceId: run.one.id,
					sittingId: next?.sittingId ?? '',
					state: 'in_session',
					queueRank: 1,
					room: `hearing-${next?.id}`,
				})
				.returning(),
		);
		const later = run.sitting.as(world.posts.dc, 2 * 24 * 60 + 430);
		const done = await conclude(later, { ...heard(run.one), hearingId: again.id });
		expect(done.proceedingNo).toBe(`${run.one.number}/2`);
	});
});
