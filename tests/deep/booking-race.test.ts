import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booking, seat } from '#lib/server/db/schema/appointment.ts';
import { bookSlot } from '#lib/server/appointment/index.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

const ROUNDS = 40;
const RIVALS = 60;
const DAY_MS = 86_400_000;

let database: TestDatabase;
let world: World;

beforeAll(async () => {
	database = await testDatabase({ max: 40 });
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

test(`${ROUNDS} times, ${RIVALS} rivals for the 12 seats of a sitting: as many bookings as seats, no seat twice`, async () => {
	for (let round = 0; round < ROUNDS; round += 1) {
		const sitting = await makeSitting(database.db, world, {
			startsAt: new Date(Date.parse('2026-11-17T05:30:00Z') + round * DAY_MS),
			slots: 4,
			capacity: 3,
		});
		const cases = await Promise.all(
			Array.from({ length: RIVALS }, () => makeCase(database.db, world)),
		);
		const results = await Promise.all(
			cases.map((one, index) =>
				refusalCode(
					bookSlot(asClerk(database.db, world), {
						grievanceNumber: one.number,
						slotId: sitting.slotList[index % sitting.slotList.length]?.id ?? '',
						key: randomUUID(),
					}),
				),
			),
		);
		expect(results.filter((one) => one === null)).toHaveLength(12);
		expect(results.filter((one) => one === 'slot_full')).toHaveLength(RIVALS - 12);
		const bookings = await database.db
			.select()
			.from(booking)
			.where(and(eq(booking.sittingId, sitting.id), inArray(booking.status, ['confirmed'])));
		const seats = await database.db
			.select()
			.from(seat)
			.where(and(eq(seat.sittingId, sitting.id), isNotNull(seat.bookingId)));
		expect(new Set(seats.map(({ bookingId }) => bookingId)).size).toBe(12);
		expect(new Set(bookings.map(({ tokenNo }) => tokenNo)).size).toBe(12);
	}
});
