import { randomUUID } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	bookSlot,
	cancelBooking,
	confirmProposal,
	moveBooking,
	swapBookings,
	type BookingView,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { placeBooking } from '#lib/server/appointment/booking.ts';
import { booking, bookingParty, seat } from '#lib/server/db/schema/appointment.ts';
import { grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { clockAhead } from '../support/interleave.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;

beforeAll(async () => {
	base = await testDatabase({ max: 20 });
	db = base.db;
	world = await makeWorld(db);
});
afterAll(() => base.close());

let day = 0;
beforeEach(() => {
	day += 1;
});
const at = (hours = 0) => new Date(Date.UTC(2026, 10, 18 + day, 5, 30) + hours * 3_600_000);
const sittingOn = (
	options: { slots?: number; capacity?: number; startsAt?: Date; postId?: string } = {},
) => makeSitting(db, world, { startsAt: at(), ...options });
const slotId = (sitting: SittingDetail, index = 0) => sitting.slotList[index]?.id ?? '';
const clerk = () => asClerk(db, world);
const asCitizen = (one: TestCase, now?: Date) =>
	testContext(db, {
		actor: { kind: 'citizen', citizenId: one.citizenId },
		...(now && { now }),
	});
const book = (one: TestCase, slot: string) =>
	bookSlot(clerk(), { grievanceNumber: one.number, slotId: slot, key: randomUUID() });
const move = (made: BookingView, slot: string, rest = {}) => ({
	bookingId: made.id,
	slotId: slot,
	version: made.version,
	reason: 'अधिकारी की बैठक',
	key: randomUUID(),
	...rest,
});
const cancel = (made: BookingView, rest = {}) => ({
	bookingId: made.id,
	version: made.version,
	reason: 'बीमारी',
	key: randomUUID(),
	...rest,
});
const liveOf = (one: TestCase) =>
	db
		.select()
		.from(booking)
		.where(
			and(eq(booking.grievanceId, one.id), inArray(booking.status, ['proposed', 'confirmed'])),
		);
const eventsOf = async (one: TestCase) => {
	const rows = await db
		.select()
		.from(grievanceEvent)
		.where(eq(grievanceEvent.grievanceId, one.id))
		.orderBy(grievanceEvent.seq);
	return rows.map((row) => row.type);
};
const messages = async (one: TestCase) => {
	const jobs = await queuedJobs(base.sql, 'notify');
	return jobs
		.filter((job) => job.payload['grievanceId'] === one.id)
		.map((job) => job.payload['template']);
};

describe('a hearing that is moved', () => {
	test('is the same entry in calendars, one on; the old seat is free, the citizen hears of it', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const before = await book(one, slotId(sitting));
		const made = await moveBooking(asCitizen(one), move(before, slotId(sitting, 1)));
		expect(made).toMatchObject({
			slotId: slotId(sitting, 1),
			icsUid: before.icsUid,
			icsSequence: before.icsSequence + 1,
			supersedesId: before.id,
			status: 'confirmed',
			tokenNo: 2,
		});
		const [old] = await db.select().from(booking).where(eq(booking.id, before.id));
		expect(old).toMatchObject({ status: 'superseded', icsSequence: 0 });
		const seats = await db.select().from(seat).where(eq(seat.sittingId, sitting.id));
		expect(seats.filter((one) => one.bookingId !== null)).toMatchObject([{ bookingId: made.id }]);
		expect(await eventsOf(one)).toEqual(['hearing_booked', 'hearing_moved']);
		expect(await messages(one)).toEqual(['hearing_booked', 'hearing_moved']);
		const offers = await queuedJobs(base.sql, 'waiting.offer');
		expect(offers.map((job) => job.payload['slotId'])).toContain(slotId(sitting));
	});

	test('into a full slot stays where it was', async () => {
		const sitting = await sittingOn();
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const before = await book(one, slotId(sitting));
		await book(other, slotId(sitting, 1));
		expect(await refusalCode(moveBooking(clerk(), move(before, slotId(sitting, 1))))).toBe(
			'slot_full',
		);
		expect(await liveOf(one)).toMatchObject([{ id: before.id, version: before.version }]);
		const [kept] = await db.select().from(seat).where(eq(seat.bookingId, before.id));
		expect(kept?.slotId).toBe(slotId(sitting));
	});

	test('as a stale page saw it is refused; the same request again answers the same', async () => {
		const sitting = await sittingOn({ slots: 3 });
		const one = await makeCase(db, world);
		const before = await book(one, slotId(sitting));
		const input = move(before, slotId(sitting, 1));
		const both = await Promise.all([1, 2].map(() => moveBooking(clerk(), input)));
		expect(both[0]?.id).toBe(both[1]?.id);
		expect(await refusalCode(moveBooking(clerk(), { ...input, slotId: slotId(sitting, 2) }))).toBe(
			'key_reused',
		);
		expect(await refusalCode(moveBooking(clerk(), move(before, slotId(sitting, 2))))).toBe('stale');
		const same = move(both[0] ?? before, slotId(sitting, 1));
		expect(await refusalCode(moveBooking(clerk(), same))).toBe('invalid_input');
	});

	test('to an overlapping time of another officer is no clash with itself', async () => {
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
		const [first, second] = [await sittingOn(), await sittingOn({ postId: other.id })];
		const one = await makeCase(db, world);
		const before = await book(one, slotId(first));
		const made = await moveBooking(clerk(), move(before, slotId(second)));
		expect(made.postId).toBe(other.id);
	});

	test('takes the summoned posts along, who are nowhere else at that time', async () => {
		const sitting = await sittingOn({ slots: 3, capacity: 2 });
		const one = await makeCase(db, world);
		const before = await bookSlot(clerk(), {
			grievanceNumber: one.number,
			slotId: slotId(sitting),
			key: randomUUID(),
			postIds: [world.posts.ddpo.id, world.posts.secretary.id],
		});
		const made = await moveBooking(clerk(), move(before, slotId(sitting, 1)));
		const parties = await db
			.select()
			.from(bookingParty)
			.where(and(eq(bookingParty.bookingId, made.id), eq(bookingParty.live, true)));
		expect(new Set(parties.map((party) => party.partyId))).toEqual(
			new Set([one.citizenId, world.posts.ddpo.id, world.posts.secretary.id]),
		);
	});

	test('by a citizen within the notice, or by the office without a reason, is refused', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const before = await book(one, slotId(sitting));
		const late = asCitizen(one, at(-23));
		expect(await refusalCode(moveBooking(late, move(before, slotId(sitting, 1))))).toBe(
			'notice_passed',
		);
		expect(await refusalCode(cancelBooking(late, cancel(before)))).toBe('notice_passed');
		const silent = move(before, slotId(sitting, 1), { reason: ' ' });
		expect(await refusalCode(moveBooking(clerk(), silent))).toBe('reason_needed');
		expect(await refusalCode(cancelBooking(clerk(), cancel(before, { reason: '' })))).toBe(
			'reason_needed',
		);
	});
});

describe('a hearing that is called off', () => {
	test.each(['excused', 'revoked'] as const)('is %s by who did it, and told so', async (status) => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const before = await book(one, slotId(sitting));
		const ctx = status === 'excused' ? asCitizen(one) : clerk();
		const input = cancel(before);
		const ended = await cancelBooking(ctx, input);
		expect(ended).toMatchObject({ status, icsSequence: 1, icsUid: before.icsUid });
		expect((await cancelBooking(ctx, input)).id).toBe(before.id);
		expect(await messages(one)).toEqual(['hearing_booked', `hearing_${status}`]);
		expect(await eventsOf(one)).toEqual(['hearing_booked', 'hearing_cancelled']);
		expect(await liveOf(one)).toEqual([]);
		expect(await refusalCode(book(await makeCase(db, world), slotId(sitting)))).toBeNull();
		expect(await refusalCode(cancelBooking(ctx, cancel(ended)))).toBe('bad_transition');
	});

	test('is nobody’s but its citizen’s, its officer’s and its desk’s', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const before = await book(one, slotId(sitting));
		const strangers = [
			{ kind: 'anonymous' } as const,
			asCitizen(await makeCase(db, world)).actor,
			staffOf(world.posts.otherClerk),
			staffOf(world.posts.ddpo),
		];
		for (const actor of strangers) {
			const ctx = testContext(db, { actor });
			expect(await refusalCode(cancelBooking(ctx, cancel(before)))).toBe('forbidden');
			expect(await refusalCode(moveBooking(ctx, move(before, slotId(sitting, 1))))).toBe(
				'forbidden',
			);
		}
		const officer = testContext(db, { actor: staffOf(world.posts.dc) });
		expect(await refusalCode(cancelBooking(officer, cancel(before)))).toBeNull();
	});
});

describe('a proposal', () => {
	const propose = async (one: TestCase, slot: string) => {
		const ctx = testContext(db, { actor: { kind: 'system' } });
		return db.transaction((tx) =>
			placeBooking(tx, ctx, {
				grievanceId: one.id,
				slotId: slot,
				channel: 'proposal',
				status: 'proposed',
				answerBy: new Date(Date.now() + 3_600_000),
			}),
		);
	};

	test('is confirmed before its end and not after', async () => {
		const sitting = await sittingOn();
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const [first, second] = [
			await propose(one, slotId(sitting)),
			await propose(other, slotId(sitting, 1)),
		];
		const yes = { bookingId: first.id, version: first.version, key: randomUUID() };
		expect(await refusalCode(confirmProposal(asCitizen(other), yes))).toBe('forbidden');
		expect((await confirmProposal(asCitizen(one), yes)).status).toBe('confirmed');
		await clockAhead(db, 61);
		const late = { bookingId: second.id, version: second.version, key: randomUUID() };
		expect(await refusalCode(confirmProposal(asCitizen(other), late))).toBe('proposal_ended');
		await clockAhead(db, 0);
		expect(await eventsOf(one)).toEqual(['hearing_proposed', 'hearing_booked']);
	});

	test('may be declined however close the hearing is', async () => {
		const sitting = await sittingOn();
		const one = await makeCase(db, world);
		const { id, version } = await propose(one, slotId(sitting));
		const close = asCitizen(one, at(-1));
		const ended = await cancelBooking(close, { bookingId: id, version, key: randomUUID() });
		expect(ended.status).toBe('excused');
	});
});

describe('two hearings that change places', () => {
	test('get each other’s seat and token, and no seat is free in between', async () => {
		const sitting = await sittingOn();
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const [first, second] = [
			await book(one, slotId(sitting)),
			await book(other, slotId(sitting, 1)),
		];
		const input = {
			bookingId: first.id,
			version: first.version,
			otherBookingId: second.id,
			otherVersion: second.version,
			reason: 'दोनों की सहमति',
			key: randomUUID(),
		};
		const swapped = await swapBookings(clerk(), input);
		expect(swapped).toMatchObject({ slotId: slotId(sitting, 1), tokenNo: 2, icsUid: first.icsUid });
		expect((await swapBookings(clerk(), input)).id).toBe(swapped.id);
		expect(await liveOf(other)).toMatchObject([
			{ slotId: slotId(sitting), tokenNo: 1, icsUid: second.icsUid, icsSequence: 1 },
		]);
		expect(await messages(one)).toEqual(['hearing_booked', 'hearing_moved']);
		expect(await messages(other)).toEqual(['hearing_booked', 'hearing_moved']);
	});

	test('both ways at once end as one swap and one stale page', async () => {
		const sitting = await sittingOn();
		const [one, other] = [await makeCase(db, world), await makeCase(db, world)];
		const [first, second] = [
			await book(one, slotId(sitting)),
			await book(other, slotId(sitting, 1)),
		];
		const codes = await Promise.all(
			[
				[first, second],
				[second, first],
			].map(([a, b]) =>
				refusalCode(
					swapBookings(clerk(), {
						bookingId: a?.id ?? '',
						version: a?.version ?? 0,
						otherBookingId: b?.id ?? '',
						otherVersion: b?.version ?? 0,
						reason: 'सहमति',
						key: randomUUID(),
					}),
				),
			),
		);
		expect(codes.sort()).toEqual([null, 'stale'].sort());
		const taken = await db
			.select({ n: sql<number>`count(booking_id)::int` })
			.from(seat)
			.where(eq(seat.sittingId, sitting.id));
		expect(taken).toEqual([{ n: 2 }]);
	});
});
