import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	bookFollowUp,
	bookingByLink,
	bookSlot,
	setBookingStatus,
	setSittingState,
	sittingDetail,
	type BookingView,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { booking, bookingParty, hold, seat, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { sqlState, violatedConstraint, written, type Db } from '#lib/server/platform/db.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import {
	queuedJobs,
	TEST_NOW,
	testContext,
	testDatabase,
	type TestDatabase,
} from '../support/database.ts';
import { makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';

let base: TestDatabase;
let db: Db;
let world: World;

beforeAll(async () => {
	base = await testDatabase({ max: 25 });
	db = base.db;
	world = await makeWorld(db);
});
afterAll(() => base.close());

/** Sittings of different tests stand on different days, or the slots would keep each other out. */
let day = 0;
beforeEach(() => {
	day += 1;
});
const at = (hours = 0) => new Date(Date.UTC(2026, 10, 17 + day, 5, 30) + hours * 3_600_000);
const sittingOn = (
	options: { slots?: number; capacity?: number; startsAt?: Date; postId?: string } = {},
) => makeSitting(db, world, { startsAt: at(), ...options });

const slotOf = (sitting: SittingDetail, index = 0) => {
	const one = sitting.slotList[index];
	if (!one) throw new Error('no such slot');
	return one;
};

const book = (of: Pick<TestCase, 'number'>, slotId: string, key = randomUUID()) =>
	bookSlot(asClerk(db, world), { grievanceNumber: of.number, slotId, key });

const codeOf = (work: Promise<unknown>): Promise<RefusalCode | 'done'> =>
	work.then(
		() => 'done' as const,
		(error: unknown) => {
			if (error instanceof Refusal) return error.code;
			throw error;
		},
	);

async function liveBookings(slotId: string) {
	return db
		.select()
		.from(booking)
		.where(sql`slot_id = ${slotId} and status = 'confirmed'`);
}

describe('a booking', () => {
	test('has seat, party, public event, message and link', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const made = await book(one, slotOf(sitting, 1).id);
		expect(made).toMatchObject({
			tokenNo: 2,
			status: 'confirmed',
			startsAt: slotOf(sitting, 1).startsAt,
		});
		expect(made.linkCode).toMatch(/^[0-9a-z]{12}$/);
		expect(made.link).toBe(`http://localhost:3000/h/${made.linkCode}`);
		expect(made.icsUid).toBe(`${made.id}@localhost`);

		const [taken] = await db.select().from(seat).where(eq(seat.bookingId, made.id));
		expect(taken).toMatchObject({ slotId: made.slotId, tokenNo: 2 });
		const parties = await db.select().from(bookingParty).where(eq(bookingParty.bookingId, made.id));
		expect(parties).toMatchObject([{ kind: 'citizen', partyId: one.citizenId, live: true }]);
		const events = await db
			.select()
			.from(grievanceEvent)
			.where(eq(grievanceEvent.grievanceId, one.id));
		expect(events).toMatchObject([
			{ type: 'hearing_booked', public: true, actorPostId: world.posts.clerk.id },
		]);
		const notices = (await queuedJobs(base.sql, 'notify')).map((job) => job.payload);
		expect(notices).toContainEqual({
			template: 'hearing_booked',
			to: { kind: 'citizen', id: one.citizenId },
			grievanceId: one.id,
			facts: {
				number: one.number,
				startsAt: made.startsAt.toISOString(),
				officerPostId: world.posts.dc.id,
				token: 2,
				linkPath: `/h/${made.linkCode}`,
			},
			key: `hearing_booked:${made.id}`,
		});
		const found = await bookingByLink(asClerk(db, world), made.linkCode);
		expect(found).toMatchObject({ bookingId: made.id, citizenId: one.citizenId });
	});

	test('is refused to anybody but a clerk of the district', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const input = { grievanceNumber: one.number, slotId: slotOf(sitting).id, key: randomUUID() };
		for (const actor of [
			{ kind: 'anonymous' } as const,
			{ kind: 'citizen', citizenId: one.citizenId } as const,
			staffOf(world.posts.otherClerk),
			staffOf(world.posts.dc),
		]) {
			expect(await codeOf(bookSlot(testContext(db, { actor }), input))).toBe('forbidden');
		}
		expect(await liveBookings(slotOf(sitting).id)).toEqual([]);
	});

	test('is refused with an officer of another district', async () => {
		const [head] = await db
			.insert(post)
			.values({
				designationHi: 'उपायुक्त',
				designationEn: 'Deputy Commissioner',
				jurisdictionId: world.otherDistrictId,
				functions: ['hearing'],
			})
			.returning();
		const foreign = await makeSitting(db, world, {
			postId: head?.id ?? '',
			startsAt: at(),
			clerk: world.posts.otherClerk,
		});
		expect(await codeOf(book(await makeCase(db, world), slotOf(foreign).id))).toBe('forbidden');
	});

	test('is refused before the office that the grievance is against', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world, { againstPostId: world.posts.dc.id });
		expect(await codeOf(book(one, slotOf(sitting).id))).toBe('hearing_by_accused');
	});

	test('is refused for a closed grievance', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world, {
			state: 'closed',
			outcome: 'relief_granted',
			closureBasis: 'confirmed',
			nextScanAt: null,
		});
		expect(await codeOf(book(one, slotOf(sitting).id))).toBe('bad_transition');
		expect(await liveBookings(slotOf(sitting).id)).toEqual([]);
	});

	test('is refused for a slot that has begun', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const late = asClerk(db, world, { clock: fixedClock(slotOf(sitting).startsAt) });
		const input = { grievanceNumber: one.number, slotId: slotOf(sitting).id, key: randomUUID() };
		expect(await codeOf(bookSlot(late, input))).toBe('slot_past');
	});

	test('is refused for a slot that is being emptied, and in a sitting that has ended', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		await db
			.update(slot)
			.set({ state: 'closing' })
			.where(eq(slot.id, slotOf(sitting).id));
		expect(await codeOf(book(one, slotOf(sitting).id))).toBe('slot_closed');
		const ctx = testContext(db, { actor: staffOf(world.posts.dc) });
		await db.transaction((tx) => setSittingState(tx, ctx, sitting.id, 'open'));
		await db.transaction((tx) => setSittingState(tx, ctx, sitting.id, 'close'));
		expect(await codeOf(book(one, slotOf(sitting, 1).id))).toBe('slot_closed');
	});
});

describe('many at once', () => {
	test('20 bookings of one slot with capacity 5: exactly 5 succeed, 15 hear that it is full', async () => {
		const sitting = await sittingOn({ slots: 1, capacity: 5 });
		const cases = await Promise.all(Array.from({ length: 20 }, () => makeCase(db, world)));
		const results = await Promise.all(cases.map((one) => codeOf(book(one, slotOf(sitting).id))));
		expect(results.filter((one) => one === 'done')).toHaveLength(5);
		expect(results.filter((one) => one === 'slot_full')).toHaveLength(15);
		const live = await liveBookings(slotOf(sitting).id);
		expect(live.map((one) => one.tokenNo).sort()).toEqual([1, 2, 3, 4, 5]);
		const seats = await db
			.select()
			.from(seat)
			.where(eq(seat.slotId, slotOf(sitting).id));
		expect(new Set(seats.map((one) => one.bookingId))).toEqual(new Set(live.map((one) => one.id)));
	});

	test('two clerks, one seat: one gets it, the other hears that it is full', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const [one, two] = await Promise.all([makeCase(db, world), makeCase(db, world)]);
		const results = await Promise.all([one, two].map((of) => codeOf(book(of, slotOf(sitting).id))));
		expect(results.sort()).toEqual(['done', 'slot_full']);
	});

	test('one grievance booked twice at once gets one hearing', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const one = await makeCase(db, world);
		const results = await Promise.all(
			[0, 1].map((index) => codeOf(book(one, slotOf(sitting, index).id))),
		);
		expect(results.sort()).toEqual(['already_booked', 'done']);
		const rows = await db.select().from(booking).where(eq(booking.grievanceId, one.id));
		expect(rows).toHaveLength(1);
		const detail = await sittingDetail(asClerk(db, world), sitting.id);
		expect(detail).toMatchObject({ filled: 1, free: 1 });
	});

	// Without SKIP LOCKED the second clerk would stand behind the first one's open transaction.
	test('a seat that a rival has in hand is skipped, not waited for', async () => {
		const sitting = await sittingOn({ slots: 1, capacity: 2 });
		const one = await makeCase(db, world);
		const rival = await lockedSeat(slotOf(sitting).id);
		const made = await book(one, slotOf(sitting).id);
		expect(made.tokenNo).toBe(2);
		await rival.release();
	});

	test('the last seat is free after all when the rival gives up', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const one = await makeCase(db, world);
		const rival = await lockedSeat(slotOf(sitting).id);
		const result = book(one, slotOf(sitting).id);
		await waitingForLock();
		await rival.release();
		expect((await result).tokenNo).toBe(1);
	});
});

/** Locks the first seat of a slot in a transaction of its own until released. */
async function lockedSeat(slotId: string) {
	const rival = await base.sql.reserve();
	await rival`begin`;
	await rival`select id from seat where slot_id = ${slotId} order by seat_no limit 1 for update`;
	return {
		async release() {
			await rival`rollback`;
			rival.release();
		},
	};
}

async function waitingForLock() {
	for (;;) {
		const [row] = await base.sql`
			select count(*)::int as n from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock'`;
		if (row?.['n'] > 0) return;
	}
}

describe('the same request again', () => {
	test('gives the same booking, also when both come at once', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const key = randomUUID();
		const both = await Promise.all([1, 2].map(() => book(one, slotOf(sitting).id, key)));
		const third = await book(one, slotOf(sitting).id, key);
		expect(new Set([...both, third].map((made: BookingView) => made.id)).size).toBe(1);
		expect(await liveBookings(slotOf(sitting).id)).toHaveLength(1);
	});

	test('with another body is refused', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const key = randomUUID();
		await book(one, slotOf(sitting).id, key);
		expect(await codeOf(book(one, slotOf(sitting, 1).id, key))).toBe('key_reused');
		expect(await codeOf(book(await makeCase(db, world), slotOf(sitting).id, key))).toBe(
			'key_reused',
		);
	});

	test('of another person is another request', async () => {
		const sitting = await sittingOn();
		const [one, two] = [await makeCase(db, world), await makeCase(db, world)];
		const key = randomUUID();
		await book(one, slotOf(sitting).id, key);
		const colleague = { ...staffOf(world.posts.clerk), personId: world.posts.nodal.personId };
		const made = await bookSlot(testContext(db, { actor: colleague }), {
			grievanceNumber: two.number,
			slotId: slotOf(sitting, 1).id,
			key,
		});
		expect(made.grievanceId).toBe(two.id);
	});

	test('after a refusal may still succeed', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const [first, second] = [await makeCase(db, world), await makeCase(db, world)];
		const made = await book(first, slotOf(sitting).id);
		const key = randomUUID();
		expect(await codeOf(book(second, slotOf(sitting).id, key))).toBe('slot_full');
		const ctx = asClerk(db, world);
		await db.transaction((tx) => setBookingStatus(tx, ctx, made.id, 'revoked'));
		expect((await book(second, slotOf(sitting).id, key)).tokenNo).toBe(1);
	});
});

describe('a hold', () => {
	async function holdSeat(slotId: string, grievanceId: string, heldUntil: Date) {
		const made = written(
			await db.insert(hold).values({ grievanceId, slotId, heldUntil }).returning(),
		);
		await db.update(seat).set({ holdId: made.id, heldUntil }).where(eq(seat.slotId, slotId));
	}

	test('that is live keeps others out', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const holder = await makeCase(db, world);
		await holdSeat(slotOf(sitting).id, holder.id, new Date(Date.now() + 600_000));
		expect(await codeOf(book(await makeCase(db, world), slotOf(sitting).id))).toBe('slot_full');
	});

	test('that has expired is taken without anybody sweeping', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const holder = await makeCase(db, world);
		await holdSeat(slotOf(sitting).id, holder.id, new Date(Date.now() - 1_000));
		const made = await book(await makeCase(db, world), slotOf(sitting).id);
		const [taken] = await db.select().from(seat).where(eq(seat.bookingId, made.id));
		expect(taken).toMatchObject({ holdId: null, heldUntil: null });
	});
});

describe('a citizen', () => {
	test('is not in two sittings at the same time, but may be in one slot with others', async () => {
		const { citizenId } = await makeCitizen(db);
		const [one, two, three] = [
			await makeCase(db, world, { citizenId }),
			await makeCase(db, world, { citizenId }),
			await makeCase(db, world, { citizenId }),
		];
		const [other] = await db
			.insert(post)
			.values({
				designationHi: 'उपमंडल अधिकारी',
				designationEn: 'SDM',
				jurisdictionId: world.blockId,
				functions: ['hearing'],
			})
			.returning();
		const first = await sittingOn({ capacity: 2 });
		const second = await sittingOn({ postId: other?.id ?? '' });
		await book(one, slotOf(first).id);
		expect(await codeOf(book(two, slotOf(second).id))).toBe('slot_overlaps');
		expect(await codeOf(book(two, slotOf(first).id))).toBe('done');
		expect(await codeOf(book(three, slotOf(second, 1).id))).toBe('done');
	});
});

describe('the end of a booking', () => {
	test('called off gives the seat back and tells calendars; the token is never renumbered', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const made = await book(await makeCase(db, world), slotOf(sitting).id);
		const ctx = asClerk(db, world);
		await db.transaction((tx) => setBookingStatus(tx, ctx, made.id, 'revoked'));
		const [row] = await db.select().from(booking).where(eq(booking.id, made.id));
		expect(row).toMatchObject({
			status: 'revoked',
			tokenNo: 1,
			icsSequence: 1,
			icsUid: made.icsUid,
		});
		expect(await sittingDetail(ctx, sitting.id)).toMatchObject({ filled: 0, free: 1 });
		const [party] = await db.select().from(bookingParty).where(eq(bookingParty.bookingId, made.id));
		expect(party?.live).toBe(false);
	});

	test('held or missed keeps the seat', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const ctx = asClerk(db, world);
		for (const [index, status] of (['fulfilled', 'no_show'] as const).entries()) {
			const made = await book(await makeCase(db, world), slotOf(sitting, index).id);
			await db.transaction((tx) => setBookingStatus(tx, ctx, made.id, status));
		}
		expect(await sittingDetail(ctx, sitting.id)).toMatchObject({ filled: 2, free: 0 });
	});

	test('comes once', async () => {
		const sitting = await sittingOn({ slots: 1 });
		const made = await book(await makeCase(db, world), slotOf(sitting).id);
		const ctx = asClerk(db, world);
		await db.transaction((tx) => setBookingStatus(tx, ctx, made.id, 'fulfilled'));
		const again = db.transaction((tx) => setBookingStatus(tx, ctx, made.id, 'revoked'));
		expect(await codeOf(again)).toBe('bad_transition');
	});
});

describe('a follow-up', () => {
	test('ends the hearing before it and gives the next date, in one transaction', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const one = await makeCase(db, world);
		const before = await book(one, slotOf(sitting).id);
		const ctx = testContext(db, { actor: staffOf(world.posts.dc) });
		const next = await db.transaction((tx) =>
			bookFollowUp(tx, ctx, {
				grievanceId: one.id,
				slotId: slotOf(sitting, 1).id,
				supersedesId: before.id,
			}),
		);
		expect(next).toMatchObject({
			supersedesId: before.id,
			status: 'confirmed',
			tokenNo: 2,
			icsSequence: 0,
		});
		expect(next.icsUid).not.toBe(before.icsUid);
		const [row] = await db.select().from(booking).where(eq(booking.id, before.id));
		expect(row?.status).toBe('fulfilled');
	});

	test('in a full slot leaves everything as it was', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const one = await makeCase(db, world);
		const before = await book(one, slotOf(sitting).id);
		await book(await makeCase(db, world), slotOf(sitting, 1).id);
		const ctx = testContext(db, { actor: staffOf(world.posts.dc) });
		const attempt = db.transaction((tx) =>
			bookFollowUp(tx, ctx, {
				grievanceId: one.id,
				slotId: slotOf(sitting, 1).id,
				supersedesId: before.id,
			}),
		);
		expect(await codeOf(attempt)).toBe('slot_full');
		const [row] = await db.select().from(booking).where(eq(booking.id, before.id));
		expect(row?.status).toBe('confirmed');
	});
});

describe('the database itself refuses', () => {
	const nothing = () => undefined;

	async function rowOf(one: TestCase, sitting: SittingDetail) {
		const { id, startsAt, endsAt } = slotOf(sitting);
		return {
			grievanceId: one.id,
			sittingId: sitting.id,
			slotId: id,
			during: rangeOf(startsAt, endsAt),
			tokenNo: 1,
			status: 'confirmed' as const,
			linkCode: randomUUID(),
			icsUid: randomUUID(),
		};
	}

	test('a live booking without a seat, at commit', async () => {
		const sitting = await sittingOn();
		const values = await rowOf(await makeCase(db, world), sitting);
		const error = await db
			.transaction((tx) => tx.insert(booking).values(values))
			.then(nothing, (problem: unknown) => problem);
		expect(violatedConstraint(error)).toBe('booking_has_seat');
		expect(sqlState(error)).toBe('23514');
	});

	test('a second live booking of one grievance', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		await book(one, slotOf(sitting).id);
		const values = await rowOf(one, sitting);
		const error = await db
			.insert(booking)
			.values(values)
			.then(nothing, (problem: unknown) => problem);
		expect(violatedConstraint(error)).toBe('booking_one_live');
	});

	test('two bookings on one seat, and a seat both booked and held', async () => {
		const sitting = await sittingOn({ slots: 2 });
		const one = await makeCase(db, world);
		const made = await book(one, slotOf(sitting).id);
		const twice = await db
			.update(seat)
			.set({ bookingId: made.id })
			.where(eq(seat.slotId, slotOf(sitting, 1).id))
			.then(nothing, (problem: unknown) => problem);
		expect(violatedConstraint(twice)).toBe('seat_booking_id_unique');
		const held = written(
			await db
				.insert(hold)
				.values({ grievanceId: one.id, slotId: made.slotId, heldUntil: TEST_NOW })
				.returning(),
		);
		const both = await db
			.update(seat)
			.set({ holdId: held.id, heldUntil: TEST_NOW })
			.where(eq(seat.bookingId, made.id))
			.then(nothing, (problem: unknown) => problem);
		expect(violatedConstraint(both)).toBe('seat_booked_or_held');
	});
});
