import { randomUUID } from 'node:crypto';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
	bookSlot,
	cancelBooking,
	confirmHold,
	holdSeat,
	moveBooking,
	type BookingView,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { placeBooking } from '#lib/server/appointment/booking.ts';
import { cancelInTransaction } from '#lib/server/appointment/ending.ts';
import { confirmInTransaction, holdInTransaction } from '#lib/server/appointment/holds.ts';
import { moveInTransaction } from '#lib/server/appointment/moving.ts';
import { booking, seat, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, type World } from '../support/factories.ts';
import { clockAhead, openTransaction, waitingForLock } from '../support/interleave.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;
let system: Context;

beforeAll(async () => {
	base = await testDatabase({ max: 12 });
	db = base.db;
	world = await makeWorld(db);
	system = testContext(db, { actor: { kind: 'system' } });
});
afterAll(() => base.close());

let day = 0;
beforeEach(async () => {
	day += 1;
	await clockAhead(db, 0);
});
const sittingOf = (slots: number, capacity = 1) =>
	makeSitting(db, world, {
		startsAt: new Date(Date.UTC(2026, 10, 18 + day, 5, 30)),
		slots,
		capacity,
	});
const slotId = (sitting: SittingDetail, index = 0) => sitting.slotList[index]?.id ?? '';
const asCitizen = (one: TestCase) =>
	testContext(db, { actor: { kind: 'citizen', citizenId: one.citizenId } });
const hold = (one: TestCase, slot: string) =>
	holdSeat(asCitizen(one), { grievanceNumber: one.number, slotId: slot, key: randomUUID() });
const book = (one: TestCase, slot: string) =>
	bookSlot(asClerk(db, world), { grievanceNumber: one.number, slotId: slot, key: randomUUID() });
const confirm = (one: TestCase, holdId: string) =>
	confirmHold(asCitizen(one), { holdId, key: randomUUID() });
const offer = (tx: Tx, one: TestCase, slot: string) =>
	holdInTransaction(tx, system, { grievanceId: one.id, slotId: slot, kind: 'offer', minutes: 60 });
const place = (tx: Tx, one: TestCase, slot: string) =>
	placeBooking(tx, asClerk(db, world), { grievanceId: one.id, slotId: slot, channel: 'desk' });
const take = (made: BookingView, rest: object) => ({
	bookingId: made.id,
	version: made.version,
	reason: 'कारण',
	key: randomUUID(),
	...rest,
});

/** Live bookings of the sitting, each of which must sit on exactly one seat. */
async function seated(sitting: SittingDetail): Promise<string[]> {
	const live = await db
		.select({ id: booking.id, number: grievance.number })
		.from(booking)
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(
			and(eq(booking.sittingId, sitting.id), inArray(booking.status, ['proposed', 'confirmed'])),
		);
	const seats = await db
		.select({ id: seat.bookingId })
		.from(seat)
		.where(and(eq(seat.sittingId, sitting.id), isNotNull(seat.bookingId)));
	expect(seats.map((one) => one.id).sort()).toEqual(live.map((one) => one.id).sort());
	return live.map((one) => one.number);
}

describe('expiry against confirmation', () => {
	test('who confirmed in time keeps the seat, though the hold ends before the commit', async () => {
		const sitting = await sittingOf(1);
		const [one, rival] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			confirmInTransaction(tx, asCitizen(one), { holdId }),
		);
		await clockAhead(db, 6);
		const late = refusalCode(book(rival, slotId(sitting)));
		await waitingForLock(base);
		await open.commit();
		expect(await late).toBe('slot_full');
		expect(await seated(sitting)).toEqual([one.number]);
	});

	test('a confirmation that fails leaves the ended hold to the rival', async () => {
		const sitting = await sittingOf(1);
		const [one, rival] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			confirmInTransaction(tx, asCitizen(one), { holdId }),
		);
		await clockAhead(db, 6);
		const late = refusalCode(book(rival, slotId(sitting)));
		await waitingForLock(base);
		await open.giveUp();
		expect(await late).toBeNull();
		expect(await seated(sitting)).toEqual([rival.number]);
	});

	test('who comes after the end finds the rival there, even one not yet committed', async () => {
		const sitting = await sittingOf(1);
		const [one, rival] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(one, slotId(sitting));
		await clockAhead(db, 6);
		const open = await openTransaction(db, (tx) => place(tx, rival, slotId(sitting)));
		// The clock goes back: only the row's own state keeps the hold from being confirmed now.
		await clockAhead(db, 0);
		const confirmed = refusalCode(confirm(one, holdId));
		await waitingForLock(base);
		await open.commit();
		expect(await confirmed).toBe('hold_expired');
		expect(await seated(sitting)).toEqual([rival.number]);
	});
});

describe('cancellation against promotion', () => {
	test('the seat is offered once it is really free, to one of all who come for it', async () => {
		const sitting = await sittingOf(1);
		const cases = await Promise.all(Array.from({ length: 4 }, () => makeCase(db, world)));
		const [one, first, second, rival] = cases;
		if (!one || !first || !second || !rival) throw new Error('no cases');
		const made = await book(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			cancelInTransaction(tx, asCitizen(one), { bookingId: made.id, version: made.version }),
		);
		const early = db.transaction((tx) => offer(tx, first, slotId(sitting)));
		expect(await refusalCode(early)).toBe('slot_full');
		await open.commit();
		const codes = await Promise.all([
			refusalCode(db.transaction((tx) => offer(tx, first, slotId(sitting)))),
			refusalCode(db.transaction((tx) => offer(tx, second, slotId(sitting)))),
			refusalCode(book(rival, slotId(sitting))),
		]);
		expect(codes.filter((code) => code === null)).toHaveLength(1);
		expect(codes.filter((code) => code === 'slot_full')).toHaveLength(2);
	});

	test('a cancellation that is given up leaves nothing to offer', async () => {
		const sitting = await sittingOf(1);
		const [one, waiting] = [await makeCase(db, world), await makeCase(db, world)];
		const made = await book(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			cancelInTransaction(tx, asCitizen(one), { bookingId: made.id, version: made.version }),
		);
		await open.giveUp();
		const late = db.transaction((tx) => offer(tx, waiting, slotId(sitting)));
		expect(await refusalCode(late)).toBe('slot_full');
		expect(await seated(sitting)).toEqual([one.number]);
	});
});

describe('emptying a slot against booking', () => {
	const close = (tx: Tx, id: string) =>
		tx.update(slot).set({ state: 'closing' }).where(eq(slot.id, id));

	test('a booking under way is waited for, and seen by who empties the slot', async () => {
		const sitting = await sittingOf(1);
		const one = await makeCase(db, world);
		const open = await openTransaction(db, (tx) => place(tx, one, slotId(sitting)));
		const emptied = db.transaction(async (tx) => {
			await close(tx, slotId(sitting));
			return tx
				.select()
				.from(booking)
				.where(eq(booking.slotId, slotId(sitting)));
		});
		await waitingForLock(base);
		await open.commit();
		expect(await emptied).toMatchObject([{ grievanceId: one.id, status: 'confirmed' }]);
	});

	test('who comes while it is being emptied hears that it is closed', async () => {
		const sitting = await sittingOf(1);
		const [one, two] = [await makeCase(db, world), await makeCase(db, world)];
		const { holdId } = await hold(two, slotId(sitting));
		const open = await openTransaction(db, (tx) => close(tx, slotId(sitting)));
		const booked = refusalCode(book(one, slotId(sitting)));
		const confirmed = refusalCode(confirm(two, holdId));
		await waitingForLock(base, 2);
		await open.commit();
		expect(await booked).toBe('slot_closed');
		expect(await confirmed).toBe('slot_closed');
		expect(await seated(sitting)).toEqual([]);
	});
});

describe('moving against cancelling', () => {
	test('who cancels what is being moved hears that it changed; the new time stands', async () => {
		const sitting = await sittingOf(2);
		const one = await makeCase(db, world);
		const made = await book(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			moveInTransaction(tx, asCitizen(one), {
				bookingId: made.id,
				slotId: slotId(sitting, 1),
				version: made.version,
			}),
		);
		const cancelled = refusalCode(cancelBooking(asClerk(db, world), take(made, {})));
		await waitingForLock(base);
		await open.commit();
		expect(await cancelled).toBe('stale');
		expect(await seated(sitting)).toEqual([one.number]);
	});

	test('who moves what is being cancelled hears that it changed; no seat is taken', async () => {
		const sitting = await sittingOf(2);
		const one = await makeCase(db, world);
		const made = await book(one, slotId(sitting));
		const open = await openTransaction(db, (tx) =>
			cancelInTransaction(tx, asCitizen(one), { bookingId: made.id, version: made.version }),
		);
		const input = { ...take(made, {}), slotId: slotId(sitting, 1) };
		const moved = refusalCode(moveBooking(asClerk(db, world), input));
		await waitingForLock(base);
		await open.commit();
		expect(await moved).toBe('stale');
		expect(await seated(sitting)).toEqual([]);
	});
});

describe('release of a quota against a claim', () => {
	test('at the release the desk and a citizen come for one seat, and one gets it', async () => {
		const sitting = await sittingOf(1);
		const [one, citizen] = [await makeCase(db, world), await makeCase(db, world)];
		await db
			.update(seat)
			.set({ quota: 'desk', generalFrom: new Date(Date.now() + 30 * 60_000) })
			.where(eq(seat.sittingId, sitting.id));
		const open = await openTransaction(db, (tx) => place(tx, one, slotId(sitting)));
		await clockAhead(db, 31);
		const held = refusalCode(hold(citizen, slotId(sitting)));
		await waitingForLock(base);
		await open.commit();
		expect(await held).toBe('slot_full');
		expect(await seated(sitting)).toEqual([one.number]);
	});

	test('before it the citizen does not even wait for the desk', async () => {
		const sitting = await sittingOf(1);
		const [one, citizen] = [await makeCase(db, world), await makeCase(db, world)];
		await db.update(seat).set({ quota: 'desk' }).where(eq(seat.sittingId, sitting.id));
		const open = await openTransaction(db, (tx) => place(tx, one, slotId(sitting)));
		expect(await refusalCode(hold(citizen, slotId(sitting)))).toBe('slot_full');
		await open.giveUp();
	});
});
