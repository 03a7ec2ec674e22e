import { randomUUID } from 'node:crypto';
import { and, asc, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
	bookSlot,
	deskWeek,
	noteArrival,
	openToday,
	setBookingStatus,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { booking, waitingEntry } from '#lib/server/db/schema/appointment.ts';
import { grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

/** The day of the hearing, half an hour before the sitting. */
const DAY = new Date('2026-11-17T05:00:00Z');

let base: TestDatabase;
let db: Db;
let world: World;
let clerk: Context;
let onDay: Context;
let one: TestCase;
let booked: BookingView;
let sittingId: string;

beforeAll(async () => {
	base = await testDatabase({ max: 10 });
	db = base.db;
	world = await makeWorld(db);
	clerk = asClerk(db, world);
	onDay = asClerk(db, world, { clock: fixedClock(DAY) });
	const sitting = await makeSitting(db, world, { slots: 4 });
	sittingId = sitting.id;
	one = await makeCase(db, world, { name: 'धर्मपाल' });
	booked = await bookSlot(clerk, {
		grievanceNumber: one.number,
		slotId: found(sitting.slotList[0]).id,
		key: randomUUID(),
	});
});
afterAll(() => base.close());

const note = (ctx: Context, here: boolean, key = randomUUID()) =>
	noteArrival(ctx, { bookingId: booked.id, here, key });

async function arrivedAt(): Promise<Date | null> {
	const [row] = await db.select().from(booking).where(eq(booking.id, booked.id));
	return found(row).arrivedAt;
}

const events = () =>
	db
		.select({ type: grievanceEvent.type, public: grievanceEvent.public })
		.from(grievanceEvent)
		.where(
			and(
				eq(grievanceEvent.grievanceId, one.id),
				inArray(grievanceEvent.type, ['citizen_arrived', 'arrival_undone']),
			),
		)
		.orderBy(asc(grievanceEvent.seq));

test('who comes is noted on the day, once, and can be taken back', async () => {
	expect(await refusalCode(note(clerk, true))).toBe('arrival_not_today');
	const key = randomUUID();
	await Promise.all([note(onDay, true, key), note(onDay, true, key), note(onDay, true)]);
	expect(await arrivedAt()).toEqual(DAY);
	const [row] = await openToday(onDay);
	expect(row).toMatchObject({ number: one.number, arrivedAt: DAY, citizenName: 'धर्मपाल' });
	await note(onDay, false);
	expect(await arrivedAt()).toBeNull();
	expect(await events()).toEqual([
		{ type: 'citizen_arrived', public: true },
		{ type: 'arrival_undone', public: false },
	]);
});

test('only a clerk of the district notes it and sees the day', async () => {
	const { otherClerk, dc } = world.posts;
	const at = { clock: fixedClock(DAY) };
	for (const post of [otherClerk, dc]) {
		const stranger = testContext(db, { actor: staffOf(post), ...at });
		expect(await refusalCode(note(stranger, true))).toBe('forbidden');
	}
	expect(await openToday(testContext(db, { actor: staffOf(otherClerk), ...at }))).toEqual([]);
	expect(await arrivedAt()).toBeNull();
});

test('the week counts seats of each sitting and who waits for its officer', async () => {
	const waits = await makeCase(db, world);
	await db.insert(waitingEntry).values({ grievanceId: waits.id, postId: world.posts.dc.id });
	const week = await deskWeek(onDay, null);
	expect(week.days).toHaveLength(7);
	expect(week.days[0]).toBe('2026-11-16');
	const line = found(week.lines.find(({ postId }) => postId === world.posts.dc.id));
	expect(line.waiting).toBe(1);
	expect(line.days.map((sittings) => sittings.length)).toEqual([0, 1, 0, 0, 0, 0, 0]);
	expect(line.days[1]).toMatchObject([{ id: sittingId, seats: 4, filled: 1, free: 3 }]);
	// The officer stays on the board for those who wait.
	expect((await deskWeek(onDay, '2026-12-01')).lines).toMatchObject([{ waiting: 1 }]);
});

test('nobody arrives for a booking that was called off meanwhile', async () => {
	await db.transaction((tx) => setBookingStatus(tx, onDay, booked.id, 'revoked'));
	expect(await refusalCode(note(onDay, true))).toBe('booking_over');
	expect(await openToday(onDay)).toEqual([]);
});
