import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	addUrgentSeat,
	bookSlot,
	confirmHold,
	dropHold,
	holdSeat,
	nextFreeSlots,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { booking, seat, waitingEntry } from '#lib/server/db/schema/appointment.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { absence, schedule } from '#lib/server/db/schema/schedule.ts';
import type { SeatQuota } from '#lib/domain/appointment/claim.ts';
import type { Actor } from '#lib/server/platform/context.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { clockAhead } from '../support/interleave.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;

beforeAll(async () => {
	base = await testDatabase({ max: 25 });
	db = base.db;
	world = await makeWorld(db);
});
afterAll(() => base.close());
afterEach(async () => {
	await clockAhead(db, 0);
	await db.delete(schedule);
	await db.delete(absence);
});

/** Sittings of different tests stand on different days. */
let day = 0;
beforeEach(() => {
	day += 1;
});
const at = (hours = 0) => new Date(Date.UTC(2026, 10, 17 + day, 5, 30) + hours * 3_600_000);
const sittingOn = (options: { slots?: number; capacity?: number; startsAt?: Date } = {}) =>
	makeSitting(db, world, { startsAt: at(), ...options });
const slotId = (sitting: SittingDetail, index = 0) => sitting.slotList[index]?.id ?? '';
const asCitizen = (one: TestCase) =>
	testContext(db, { actor: { kind: 'citizen', citizenId: one.citizenId } });
const hold = (one: TestCase, slot: string, key = randomUUID()) =>
	holdSeat(asCitizen(one), { grievanceNumber: one.number, slotId: slot, key });
const book = (one: TestCase, slot: string, rest = {}) =>
	bookSlot(asClerk(db, world), {
		grievanceNumber: one.number,
		slotId: slot,
		key: randomUUID(),
		...rest,
	});
const label = (slot: string, seatNo: number, quota: SeatQuota, generalFrom: Date | null = null) =>
	db
		.update(seat)
		.set({ quota, generalFrom })
		.where(sql`slot_id = ${slot} and seat_no = ${seatNo}`);
const setSchedule = (values: Partial<typeof schedule.$inferInsert>) =>
	db.insert(schedule).values({ postId: world.posts.dc.id, mode: 'video', ...values });

describe('a hold', () => {
	test('keeps the seat for five minutes of the server’s clock and becomes the booking', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const held = await hold(one, slotId(sitting));
		const [row] = await db.execute<{ minutes: number }>(sql`
			select extract(epoch from held_until - created_at) / 60 as minutes from hold
			where id = ${held.holdId}`);
		expect(Number(row?.minutes)).toBe(5);
		expect(await refusalCode(hold(other, slotId(sitting)))).toBe('slot_full');
		const made = await confirmHold(asCitizen(one), { holdId: held.holdId, key: randomUUID() });
		expect(made).toMatchObject({
			slotId: slotId(sitting),
			status: 'confirmed',
			channel: 'citizen',
		});
		const notices = await queuedJobs(base.sql, 'notify');
		expect(notices.map((job) => job.payload['key'])).toContain(`hearing_booked:${made.id}`);
	});

	test('that ended while somebody was typing books nothing, even when nobody took the seat', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const one = await makeCase(db, world);
		const held = await hold(one, slotId(sitting));
		await clockAhead(db, 6);
		const late = confirmHold(asCitizen(one), { holdId: held.holdId, key: randomUUID() });
		expect(await refusalCode(late)).toBe('hold_expired');
		expect(await db.select().from(booking).where(eq(booking.grievanceId, one.id))).toEqual([]);
	});

	test('a newer one of the same grievance, in another tab, lets the older go', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const older = await hold(one, slotId(sitting, 0));
		const newer = await hold(one, slotId(sitting, 1));
		await hold(other, slotId(sitting, 0));
		const first = confirmHold(asCitizen(one), { holdId: older.holdId, key: randomUUID() });
		expect(await refusalCode(first)).toBe('hold_expired');
		const made = await confirmHold(asCitizen(one), { holdId: newer.holdId, key: randomUUID() });
		expect(made.slotId).toBe(slotId(sitting, 1));
		const jobs = await queuedJobs(base.sql, 'waiting.offer');
		expect(jobs.map((job) => job.payload['slotId'])).toContain(slotId(sitting, 0));
	});

	test('two at once for one grievance leave one', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const one = await makeCase(db, world);
		await Promise.all([0, 1].map((index) => hold(one, slotId(sitting, index))));
		const held = await db
			.select()
			.from(seat)
			.where(sql`sitting_id = ${sitting.id} and hold_id is not null`);
		expect(held).toHaveLength(1);
	});

	test('is dropped by its citizen and by nobody else', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(one, slotId(sitting));
		expect(await refusalCode(dropHold(asCitizen(other), { holdId }))).toBe('forbidden');
		await dropHold(asCitizen(one), { holdId });
		await dropHold(asCitizen(one), { holdId });
		expect(await refusalCode(hold(other, slotId(sitting)))).toBeNull();
	});

	test('of another’s grievance is neither made nor confirmed', async () => {
		const sitting = await sittingOn();
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(one, slotId(sitting));
		const strangers: Actor[] = [
			{ kind: 'anonymous' },
			{ kind: 'citizen', citizenId: other.citizenId },
			staffOf(world.posts.otherClerk),
			staffOf(world.posts.dc),
		];
		for (const actor of strangers) {
			const ctx = testContext(db, { actor });
			const taken = holdSeat(ctx, {
				grievanceNumber: one.number,
				slotId: slotId(sitting, 1),
				key: randomUUID(),
			});
			expect(await refusalCode(taken)).toBe('forbidden');
			expect(await refusalCode(confirmHold(ctx, { holdId, key: randomUUID() }))).toBe('forbidden');
		}
	});

	test('in a sitting of an office that does not hear the grievance is refused to the citizen', async () => {
		const other = written(
			await db
				.insert(post)
				.values({
					designationHi: 'उपमंडल अधिकारी',
					designationEn: 'SDM',
					jurisdictionId: world.blockId,
					functions: ['hearing'],
				})
				.returning(),
		);
		const theirs = await makeSitting(db, world, { startsAt: at(), postId: other.id });
		const one = await makeCase(db, world);
		expect(await refusalCode(hold(one, slotId(theirs)))).toBe('slot_other_office');
		// The desk chooses whom it will.
		expect(await refusalCode(book(one, slotId(theirs)))).toBeNull();
	});

	test('is refused to a grievance that has its hearing', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		await book(one, slotId(sitting));
		expect(await refusalCode(hold(one, slotId(sitting, 1)))).toBe('already_booked');
	});

	test('and its confirmation answer a double click as the first, and another body not at all', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const key = randomUUID();
		const both = await Promise.all([1, 2].map(() => hold(one, slotId(sitting), key)));
		expect(both[0]).toEqual(both[1]);
		expect(await refusalCode(hold(one, slotId(sitting, 1), key))).toBe('key_reused');
		const holdId = both[0]?.holdId ?? '';
		const second = randomUUID();
		const made = await Promise.all(
			[1, 2].map(() => confirmHold(asCitizen(one), { holdId, key: second })),
		);
		expect(made[0]?.id).toBe(made[1]?.id);
		const again = confirmHold(asCitizen(one), { holdId, key });
		expect(await refusalCode(again)).toBe('key_reused');
	});
});

describe('kept seats', () => {
	test('are the desk’s, and anybody’s once they are released', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const released = new Date(Date.now() + 30 * 60_000);
		await label(slotId(sitting), 1, 'desk', released);
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		expect(await refusalCode(hold(one, slotId(sitting)))).toBe('slot_full');
		await clockAhead(db, 31);
		const held = await hold(one, slotId(sitting));
		await clockAhead(db, 40);
		expect(held.slotId).toBe(slotId(sitting));
		await book(other, slotId(sitting));
	});

	test('of a group go to who the clerk says belongs to it, before general ones', async () => {
		const sitting = await sittingOn({ slots: 1, capacity: 3 });
		await label(slotId(sitting), 2, 'women');
		await label(slotId(sitting), 3, 'urgent');
		const cases = await Promise.all(Array.from({ length: 3 }, () => makeCase(db, world)));
		const [one, two, three] = cases;
		if (!one || !two || !three) throw new Error('no cases');
		expect((await book(one, slotId(sitting), { group: 'women' })).tokenNo).toBe(2);
		expect((await book(two, slotId(sitting))).tokenNo).toBe(1);
		expect(await refusalCode(book(three, slotId(sitting), { group: 'women' }))).toBe('slot_full');
	});

	test('an urgent case gets a seat more, with the next token, whose word and why', async () => {
		const sitting = await sittingOn({ slots: 2, capacity: 1 });
		const [one, two] = [await makeCase(db, world), await makeCase(db, world)];
		await book(one, slotId(sitting));
		const input = {
			slotId: slotId(sitting),
			grievanceNumber: two.number,
			authority: 'उपायुक्त का आदेश',
			reason: 'घर गिरने का ख़तरा',
			key: randomUUID(),
		};
		const none = addUrgentSeat(asClerk(db, world), { ...input, authority: ' ' });
		expect(await refusalCode(none)).toBe('reason_needed');
		const made = await addUrgentSeat(asClerk(db, world), input);
		expect(made.tokenNo).toBe(3);
		expect((await addUrgentSeat(asClerk(db, world), input)).id).toBe(made.id);
		const [row] = await db.select().from(seat).where(eq(seat.bookingId, made.id));
		expect(row).toMatchObject({
			seatNo: 2,
			quota: 'urgent',
			extraAuthority: input.authority,
			extraReason: input.reason,
		});
	});

	test('ten urgent seats at once get ten tokens', async () => {
		const sitting = await sittingOn({ slots: 1, capacity: 1 });
		const cases = await Promise.all(Array.from({ length: 10 }, () => makeCase(db, world)));
		const made = await Promise.all(
			cases.map((one) =>
				addUrgentSeat(asClerk(db, world), {
					slotId: slotId(sitting),
					grievanceNumber: one.number,
					authority: 'DC',
					reason: 'flood',
					key: randomUUID(),
				}),
			),
		);
		expect(new Set(made.map((one) => one.tokenNo))).toEqual(
			new Set([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
		);
	});
});

describe('the schedule’s limits', () => {
	test('too soon, too far and past are each refused in words of their own', async () => {
		const [one] = [await makeCase(db, world)];
		const soon = await makeSitting(db, world, {
			startsAt: new Date('2026-11-16T08:00:00Z'),
			slots: 1,
		});
		const far = await sittingOn();
		await setSchedule({ leadMinutes: 120, horizonDays: 1 });
		expect(await refusalOf(hold(one, slotId(soon)))).toEqual({
			code: 'slot_too_soon',
			facts: { minutes: 120 },
		});
		expect(await refusalCode(book(one, slotId(soon)))).toBe('slot_too_soon');
		expect(await refusalCode(hold(one, slotId(far)))).toBe('slot_too_far');
		const past = testContext(db, { actor: asCitizen(one).actor, now: at(2) });
		const input = { grievanceNumber: one.number, slotId: slotId(far), key: randomUUID() };
		expect(await refusalCode(holdSeat(past, input))).toBe('slot_past');
		// Who stands at the counter is served.
		expect(await refusalCode(book(one, slotId(soon), { channel: 'walk_in' }))).toBeNull();
	});

	test('a slot in which the officer is away takes nobody', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		await db.insert(absence).values({
			postId: world.posts.dc.id,
			kind: 'called_away',
			startsAt: at(-1),
			endsAt: at(0.1),
			reason: 'बैठक',
			enteredByPersonId: world.posts.dc.personId,
		});
		expect(await refusalCode(hold(one, slotId(sitting)))).toBe('slot_closed');
		expect(await refusalCode(hold(one, slotId(sitting, 1)))).toBeNull();
	});

	test('no more people a day than the officer hears, however many come at once', async () => {
		await setSchedule({ maxPerDay: 3, horizonDays: 60 });
		const [morning, later] = [
			await sittingOn({ slots: 2, capacity: 4 }),
			await sittingOn({ slots: 2, capacity: 4, startsAt: at(2) }),
		];
		const cases = await Promise.all(Array.from({ length: 12 }, () => makeCase(db, world)));
		const codes = await Promise.all(
			cases.map((one, index) =>
				refusalCode(index % 2 ? book(one, slotId(morning, 1)) : hold(one, slotId(later))),
			),
		);
		expect(codes.filter((code) => code === null)).toHaveLength(3);
		expect(codes.filter((code) => code === 'day_full')).toHaveLength(9);
	});
});

test('a hundred tries by one citizen are counted, the rest refused, and nothing is lost', async () => {
	const sitting = await sittingOn({ slots: 1, capacity: 2 });
	const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
	const tries = await Promise.all(
		Array.from({ length: 100 }, () => refusalCode(hold(one, slotId(sitting)))),
	);
	expect(tries.filter((code) => code === 'too_many_requests')).toHaveLength(70);
	const held = await db
		.select()
		.from(seat)
		.where(sql`sitting_id = ${sitting.id} and hold_id is not null`);
	expect(held).toHaveLength(1);
	expect(await refusalCode(hold(other, slotId(sitting)))).toBeNull();
});

test('the desk sees the earliest free times over its officers, and of no other', async () => {
	const [early, late] = [
		await sittingOn({ slots: 2 }),
		await sittingOn({ slots: 1, startsAt: at(3) }),
	];
	await book(await makeCase(db, world), slotId(early));
	const found = await nextFreeSlots(asClerk(db, world), [world.posts.dc.id], at(-1), 2);
	expect(found.map((one) => one.slotId)).toEqual([slotId(early, 1), slotId(late)]);
	expect(found[0]).toMatchObject({ free: 1, tokenNo: 2, postId: world.posts.dc.id });
	const strange = nextFreeSlots(asClerk(db, world), [world.posts.ddpo.id], at(-1), 2);
	expect(await refusalCode(strange)).toBe('forbidden');
	const citizen = testContext(db, { actor: { kind: 'citizen', citizenId: randomUUID() } });
	expect(await refusalCode(nextFreeSlots(citizen, [], at(-1), 2))).toBe('forbidden');
});

test('who gets a date by the desk waits no longer', async () => {
	const sitting = await sittingOn();
	const one = await makeCase(db, world);
	await db.insert(waitingEntry).values({ grievanceId: one.id, postId: world.posts.dc.id });
	await book(one, slotId(sitting));
	const [entry] = await db.select().from(waitingEntry).where(eq(waitingEntry.grievanceId, one.id));
	expect(entry?.state).toBe('placed');
});
