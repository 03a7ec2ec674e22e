import { eq } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { istDate, istInstant, istTime } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	bookSlot,
	causeList,
	createSitting,
	deskBoard,
	findForDesk,
	freeSlotsAfter,
	hearingPosts,
	hearingRequests,
	listSittings,
	materialiseSchedules,
	openCauseList,
	setBookingStatus,
	setSittingState,
} from '#lib/server/appointment/index.ts';
import {
	availabilityRule,
	schedule,
	scheduleException,
	seat,
	sitting,
	slot,
} from '#lib/server/db/schema/appointment.ts';
import { accessLog } from '#lib/server/db/schema/audit.ts';
import { holiday } from '#lib/server/db/schema/masters.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import { randomUUID } from 'node:crypto';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';

let base: TestDatabase | null = null;
let db: Db;
let world: World;

// A database of its own for each test: what is materialised depends on everything that is there.
beforeEach(async () => {
	await base?.close();
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
});
afterAll(async () => {
	await base?.close();
});

const system = (now = TEST_NOW) => testContext(db, { actor: { kind: 'system' }, now });

async function makeSchedule(horizonDays = 7) {
	const made = written(
		await db
			.insert(schedule)
			.values({ postId: world.posts.dc.id, mode: 'video', horizonDays })
			.returning(),
	);
	await db.insert(availabilityRule).values({
		scheduleId: made.id,
		weekdays: [1, 2, 3, 4, 5],
		from: '11:00',
		to: '12:00',
		slotMinutes: 20,
		capacity: 2,
		validFrom: '2026-01-01',
	});
	return made.id;
}

async function everything() {
	return {
		sittings: await db.select().from(sitting).orderBy(sitting.id),
		slots: await db.select().from(slot).orderBy(slot.id),
		seats: await db.select().from(seat).orderBy(seat.id),
	};
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
	const error = await work.then(
		() => null,
		(problem: unknown) => problem,
	);
	if (!(error instanceof Refusal)) throw new Error('not refused', { cause: error });
	return error;
}

describe('materialising schedules', () => {
	test('makes sittings up to the horizon, without weekends, holidays and exceptions', async () => {
		const scheduleId = await makeSchedule();
		await db.insert(holiday).values({
			jurisdictionId: world.stateId,
			date: '2026-11-18',
			nameHi: 'अवकाश',
			nameEn: 'Holiday',
		});
		await db
			.insert(scheduleException)
			.values({ scheduleId, date: '2026-11-20', reason: 'चुनाव ड्यूटी' });
		// Noon of Monday 16 November: today's sitting is over.
		expect(await materialiseSchedules(system())).toEqual({ sittings: 3 });
		const { sittings, slots, seats } = await everything();
		expect(sittings.map((one) => one.date)).toEqual(['2026-11-17', '2026-11-19', '2026-11-23']);
		expect(slots.slice(0, 3).map((one) => istTime(one.startsAt))).toEqual([
			'11:00',
			'11:20',
			'11:40',
		]);
		const first = seats.filter((one) => one.sittingId === sittings[0]?.id);
		expect(first.map((one) => one.tokenNo).sort()).toEqual([1, 2, 3, 4, 5, 6]);
	});

	test('twice, and in two workers at once, changes nothing more', async () => {
		await makeSchedule();
		const counts = await Promise.all([
			materialiseSchedules(system()),
			materialiseSchedules(system()),
		]);
		expect(counts.reduce((sum, one) => sum + one.sittings, 0)).toBe(5);
		const before = await everything();
		expect(await materialiseSchedules(system())).toEqual({ sittings: 0 });
		expect(await everything()).toEqual(before);
	});

	test('the next day adds one day and leaves bookings and tokens alone', async () => {
		await makeSchedule(1);
		await materialiseSchedules(system());
		const [free] = await freeSlotsAfter(asClerk(db, world), world.posts.dc.id, TEST_NOW, 1);
		const one = await makeCase(db, world);
		const made = await bookSlot(asClerk(db, world), {
			grievanceNumber: one.number,
			slotId: free?.id ?? '',
			key: randomUUID(),
		});
		const before = await everything();
		await materialiseSchedules(system(new Date('2026-11-17T01:00:00Z')));
		const after = await everything();
		expect(after.sittings.map((row) => row.date)).toEqual(['2026-11-17', '2026-11-18']);
		expect(after.seats).toEqual(expect.arrayContaining(before.seats));
		expect(made.tokenNo).toBe(1);
	});

	test('leaves room for what stands there, and does not bring back what has ended', async () => {
		await makeSchedule(1);
		const extra = await makeSitting(db, world, {
			startsAt: istInstant('2026-11-17', '11:10'),
			slots: 1,
		});
		await materialiseSchedules(system());
		const slots = await db.select().from(slot).orderBy(slot.startsAt);
		// 11:00-11:20 is in the way of 11:10-11:20, the two after it are not.
		expect(slots.map((one) => istTime(one.startsAt))).toEqual(['11:10', '11:20', '11:40']);
		const ctx = testContext(db, { actor: staffOf(world.posts.dc) });
		await db.transaction((tx) => setSittingState(tx, ctx, extra.id, 'cancel'));
		expect(await materialiseSchedules(system())).toEqual({ sittings: 0 });
	});

	test('is for the system alone', async () => {
		expect((await refusalOf(materialiseSchedules(asClerk(db, world)))).code).toBe('forbidden');
	});
});

describe('an extra sitting', () => {
	const at = istInstant('2026-11-16', '12:05');
	const input = () => ({
		postId: world.posts.dc.id,
		startsAt: at,
		slotMinutes: 10,
		slots: 3,
		capacity: 2,
		mode: 'video' as const,
	});

	test('may start in five minutes', async () => {
		const made = await createSitting(asClerk(db, world), input());
		expect(made).toMatchObject({ date: '2026-11-16', state: 'planned', slotMinutes: 10 });
		const [view] = await listSittings(asClerk(db, world), { from: made.date, to: made.date });
		expect(view).toMatchObject({ slots: 3, seats: 6, filled: 0, free: 6 });
	});

	test('in the way of another says which times are taken', async () => {
		await createSitting(asClerk(db, world), input());
		const again = { ...input(), startsAt: new Date(at.getTime() + 15 * 60_000) };
		const refusal = await refusalOf(createSitting(asClerk(db, world), again));
		expect(refusal.code).toBe('sitting_overlaps');
		expect(refusal.facts).toEqual({ from: '12:15', to: '12:35' });
		expect(await db.select().from(sitting)).toHaveLength(1);
	});

	test('two clerks at once make one', async () => {
		const results = await Promise.allSettled(
			[0, 5].map((minutes) =>
				createSitting(asClerk(db, world), {
					...input(),
					startsAt: new Date(at.getTime() + minutes * 60_000),
				}),
			),
		);
		expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	test('is not in the past, not over midnight and not for an officer elsewhere', async () => {
		const clerk = asClerk(db, world);
		const past = refusalOf(createSitting(clerk, { ...input(), startsAt: TEST_NOW }));
		expect((await past).code).toBe('slot_past');
		const night = { ...input(), startsAt: istInstant('2026-11-16', '23:45') };
		expect((await refusalOf(createSitting(clerk, night))).code).toBe('invalid_input');
		const other = testContext(db, { actor: staffOf(world.posts.otherClerk) });
		expect((await refusalOf(createSitting(other, input()))).code).toBe('forbidden');
		const secretary = { ...input(), postId: world.posts.secretary.id };
		expect((await refusalOf(createSitting(clerk, secretary))).code).toBe('forbidden');
	});
});

describe('the desk', () => {
	test('lists who waits, longest first, until they have a date', async () => {
		const clerk = asClerk(db, world);
		const older = new Date(TEST_NOW.getTime() - 3 * 86_400_000);
		const second = await makeCase(db, world);
		const first = await makeCase(db, world, { hearingRequestedAt: older, filedAt: older });
		await makeCase(db, world, { hearingRequestedAt: null });
		expect((await hearingRequests(clerk)).rows.map((one) => one.number)).toEqual([
			first.number,
			second.number,
		]);
		const made = await makeSitting(db, world);
		const booked = await bookSlot(clerk, {
			grievanceNumber: first.number,
			slotId: made.slotList[0]?.id ?? '',
			key: randomUUID(),
		});
		expect((await hearingRequests(clerk)).rows.map((one) => one.number)).toEqual([second.number]);
		// Called off by the office: the citizen waits again, in the old place.
		await db.transaction((tx) => setBookingStatus(tx, clerk, booked.id, 'revoked'));
		expect((await hearingRequests(clerk)).rows.map((one) => one.number)).toEqual([
			first.number,
			second.number,
		]);
	});

	test('is closed to other districts', async () => {
		const one = await makeCase(db, world);
		const other = testContext(db, { actor: staffOf(world.posts.otherClerk) });
		expect((await hearingRequests(other)).rows).toEqual([]);
		expect((await findForDesk(other, one.number)).rows).toEqual([]);
		const board = {
			text: '',
			caseNumber: one.number,
			postId: null,
			sittingId: null,
			bookedId: null,
		};
		expect((await refusalOf(deskBoard(other, board))).code).toBe('not_found');
	});

	test('finds by number, its last digits, mobile and name, in any script of digits', async () => {
		const clerk = asClerk(db, world);
		const { citizenId, mobile } = await makeCitizen(db, { name: 'सुनीता देवी' });
		const one = await makeCase(db, world, { citizenId });
		await makeCase(db, world, { name: '100% राम' });
		const devanagari = (text: string) =>
			text.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit)));
		for (const text of [
			one.number,
			one.number.toLowerCase().replaceAll('-', ' '),
			one.number.slice(-4),
			devanagari(one.number.slice(-4)),
			mobile,
			mobile.slice(3),
			devanagari(mobile.slice(3)),
			'सुनीता',
		]) {
			expect(
				(await findForDesk(clerk, text)).rows.map((found) => found.number),
				text,
			).toEqual([one.number]);
		}
		for (const text of ['', '%', '_', 'स', "'; drop table seat; --", '\\', '%%']) {
			expect((await findForDesk(clerk, text)).rows, text).toEqual([]);
		}
		expect((await findForDesk(clerk, '100%')).rows).toHaveLength(1);
	});

	test('shows no mobile number, and of restricted matters neither name nor matter', async () => {
		const clerk = asClerk(db, world);
		const { citizenId, mobile } = await makeCitizen(db, { name: 'गोपनीय व्यक्ति' });
		await makeCase(db, world, { citizenId, categoryId: world.restrictedId });
		const [row] = (await hearingRequests(clerk)).rows;
		expect(row).toMatchObject({ restricted: true, citizenName: null, categoryName: null });
		expect(JSON.stringify(row)).not.toContain(mobile.slice(3));
		expect((await findForDesk(clerk, 'गोपनीय')).rows).toEqual([]);
	});

	test('chooses the only case found, the head of district and the next sitting with room', async () => {
		const clerk = asClerk(db, world);
		const [taken, one] = [await makeCase(db, world), await makeCase(db, world)];
		const full = await makeSitting(db, world, { slots: 1 });
		const next = await makeSitting(db, world, { startsAt: istInstant('2026-11-18', '11:00') });
		await bookSlot(clerk, {
			grievanceNumber: taken.number,
			slotId: full.slotList[0]?.id ?? '',
			key: randomUUID(),
		});
		const asked = {
			text: one.number,
			caseNumber: null,
			postId: null,
			sittingId: null,
			bookedId: null,
		};
		const board = await deskBoard(clerk, asked);
		expect(board).toMatchObject({
			chosen: { number: one.number },
			postId: world.posts.dc.id,
			sitting: { id: next.id },
			previousSittingId: full.id,
			nextSittingId: null,
			firstFreeSlotId: next.slotList[0]?.id,
		});
		expect(await db.select().from(accessLog)).toMatchObject([
			{ grievanceId: one.id, reason: 'desk', postId: world.posts.clerk.id },
		]);
	});

	test('offers no officer whom the grievance is against', async () => {
		const clerk = asClerk(db, world);
		await makeSitting(db, world);
		const one = await makeCase(db, world, { againstPostId: world.posts.dc.id });
		expect(await hearingPosts(clerk)).toHaveLength(1);
		const asked = {
			text: '',
			caseNumber: one.number,
			postId: null,
			sittingId: null,
			bookedId: null,
		};
		expect(await deskBoard(clerk, asked)).toMatchObject({ posts: [], sitting: null });
	});

	test('has a cause list by token; opening it is logged', async () => {
		const clerk = asClerk(db, world);
		const made = await makeSitting(db, world);
		const [one, two] = [await makeCase(db, world, { name: 'मोहन लाल' }), await makeCase(db, world)];
		for (const [index, of] of [two, one].entries()) {
			await bookSlot(clerk, {
				grievanceNumber: of.number,
				slotId: made.slotList[index]?.id ?? '',
				key: randomUUID(),
			});
		}
		const rows = await causeList(clerk, made.id);
		expect(rows).toMatchObject([
			{ tokenNo: 1, number: two.number },
			{ tokenNo: 2, number: one.number, citizenName: 'मोहन लाल', categoryName: 'पानी की निकासी' },
		]);
		await openCauseList(clerk, made.id);
		const log = await db.select().from(accessLog).where(eq(accessLog.reason, 'cause_list'));
		expect(log.map((row) => row.grievanceId).sort()).toEqual([one.id, two.id].sort());
		const other = testContext(db, { actor: staffOf(world.posts.otherClerk) });
		expect((await refusalOf(causeList(other, made.id))).code).toBe('forbidden');
	});
});

test('the next free slots are those of open sittings after the instant', async () => {
	const clerk = asClerk(db, world);
	const first = await makeSitting(db, world);
	const second = await makeSitting(db, world, { startsAt: istInstant('2026-11-18', '11:00') });
	const one = await makeCase(db, world);
	await bookSlot(clerk, {
		grievanceNumber: one.number,
		slotId: first.slotList[0]?.id ?? '',
		key: randomUUID(),
	});
	const free = await freeSlotsAfter(clerk, world.posts.dc.id, TEST_NOW, 10);
	expect(free.map((row) => [istDate(row.startsAt), row.tokenNo, row.free])).toEqual([
		['2026-11-17', 2, 1],
		['2026-11-18', 1, 1],
		['2026-11-18', 2, 1],
	]);
	await db.transaction((tx) => setSittingState(tx, clerk, second.id, 'cancel'));
	expect(await freeSlotsAfter(clerk, world.posts.dc.id, TEST_NOW, 10)).toHaveLength(1);
});
