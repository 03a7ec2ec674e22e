import { randomUUID } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
	bookAtDesk,
	bookSlot,
	cancelBooking,
	deskBoard,
	deskBooking,
	holdSeat,
	moveBooking,
	swapPartner,
	walkIn,
	type SittingDetail,
} from '#lib/server/appointment/index.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;
let clerk: Context;

beforeAll(async () => {
	base = await testDatabase({ max: 10 });
	db = base.db;
	world = await makeWorld(db);
	clerk = asClerk(db, world);
	await db
		.update(post)
		.set({ functions: ['officer', 'hearing'] })
		.where(eq(post.id, world.posts.ddpo.id));
});
afterAll(() => base.close());

/** Sittings of different tests stand on different days. */
let day = 0;
beforeEach(() => {
	day += 1;
});
const sittingOf = (postId?: string, slots = 3) =>
	makeSitting(db, world, {
		startsAt: new Date(Date.UTC(2026, 10, 17 + day, 5, 30)),
		slots,
		...(postId && { postId }),
	});
const slotOf = (sitting: SittingDetail, index = 0) => found(sitting.slotList[index]).id;
const question = (caseNumber: string, more: { sittingId?: string; moving?: boolean } = {}) => ({
	...{ text: '', caseNumber, postId: null, sittingId: null, bookedId: null },
	...more,
});
const statuses = (grievanceId: string) =>
	db
		.select({ status: booking.status, otherPostReason: booking.otherPostReason })
		.from(booking)
		.where(
			and(eq(booking.grievanceId, grievanceId), inArray(booking.status, ['proposed', 'confirmed'])),
		);

test('what a clerk has chosen is free for that case and taken for every other', async () => {
	const sitting = await sittingOf();
	const [one, two] = [await makeCase(db, world), await makeCase(db, world)];
	const slotId = slotOf(sitting);
	const { holdId } = await holdSeat(clerk, {
		...{ grievanceNumber: one.number, slotId, key: randomUUID() },
	});
	const own = await deskBoard(clerk, question(one.number, { sittingId: sitting.id }));
	expect(own.firstFreeSlotId).toBe(slotId);
	const others = await deskBoard(clerk, question(two.number, { sittingId: sitting.id }));
	expect(others.firstFreeSlotId).toBe(slotOf(sitting, 1));
	const tryTwo = { grievanceNumber: two.number, slotId, key: randomUUID() };
	expect(await refusalCode(bookAtDesk(clerk, tryTwo))).toBe('slot_full');
	// Somebody else's hold opens no door.
	expect(await refusalCode(bookAtDesk(clerk, { ...tryTwo, holdId }))).toBe('slot_full');
	const key = randomUUID();
	const taken = { grievanceNumber: one.number, slotId, holdId, key };
	const [first, twin] = await Promise.all([bookAtDesk(clerk, taken), bookAtDesk(clerk, taken)]);
	expect(twin.id).toBe(first.id);
	expect(await statuses(one.id)).toHaveLength(1);
});

test('a hold that ran out books nothing and says so; the same choice without it does', async () => {
	const sitting = await sittingOf();
	const one = await makeCase(db, world);
	const wanted = { grievanceNumber: one.number, slotId: slotOf(sitting), key: randomUUID() };
	const { holdId } = await holdSeat(clerk, { ...wanted, key: randomUUID() });
	await base.sql`update seat set held_until = app_now() - interval '1 second' where hold_id = ${holdId}`;
	expect(await refusalCode(bookAtDesk(clerk, { ...wanted, holdId }))).toBe('desk_hold_expired');
	expect(await statuses(one.id)).toEqual([]);
	await bookAtDesk(clerk, wanted);
	expect(await statuses(one.id)).toHaveLength(1);
});

test('another officer than the rule names hears it only with a reason, which is kept', async () => {
	const [byRule, other] = [await sittingOf(), await sittingOf(world.posts.ddpo.id)];
	const one = await makeCase(db, world);
	const board = await deskBoard(clerk, question(one.number));
	expect(board.rulePost?.id).toBe(world.posts.dc.id);
	expect(board.postId).toBe(world.posts.dc.id);
	const wanted = { grievanceNumber: one.number, slotId: slotOf(other), key: randomUUID() };
	for (const otherPostReason of [undefined, '  ']) {
		const asked = bookAtDesk(clerk, { ...wanted, otherPostReason: otherPostReason ?? null });
		expect(await refusalCode(asked)).toBe('other_post_reason');
	}
	expect(await statuses(one.id)).toEqual([]);
	const { holdId } = await holdSeat(clerk, { ...wanted, key: randomUUID() });
	await bookAtDesk(clerk, { ...wanted, holdId, otherPostReason: 'विभाग का मामला' });
	expect(await statuses(one.id)).toMatchObject([{ otherPostReason: 'विभाग का मामला' }]);
	// By the rule none is asked for, and none is kept.
	const two = await makeCase(db, world);
	await bookAtDesk(clerk, {
		...{ grievanceNumber: two.number, slotId: slotOf(byRule), key: randomUUID() },
		otherPostReason: 'यूँ ही',
	});
	expect(await statuses(two.id)).toMatchObject([{ otherPostReason: null }]);
});

test('a slot of another office and a grievance of another district are not booked', async () => {
	const sitting = await sittingOf();
	const [one, away] = [
		await makeCase(db, world),
		await makeCase(db, world, { districtId: world.otherDistrictId }),
	];
	const wanted = { slotId: slotOf(sitting), key: randomUUID() };
	const foreign = { ...wanted, grievanceNumber: away.number };
	expect(await refusalCode(bookAtDesk(clerk, foreign))).toBe('forbidden');
	const stranger = testContext(db, { actor: staffOf(world.posts.otherClerk) });
	expect(await refusalCode(bookAtDesk(stranger, foreign))).toBe('forbidden');
	const own = bookAtDesk(stranger, { ...wanted, grievanceNumber: one.number });
	expect(await refusalCode(own)).toBe('forbidden');
	const nowhere = { grievanceNumber: one.number, slotId: randomUUID(), key: randomUUID() };
	expect(await refusalCode(bookAtDesk(clerk, nowhere))).toBe('not_found');
});

test('who moves a hearing that was called off or moved meanwhile is told so', async () => {
	const sitting = await sittingOf();
	const one = await makeCase(db, world);
	const made = await bookSlot(clerk, {
		...{ grievanceNumber: one.number, slotId: slotOf(sitting), key: randomUUID() },
	});
	const asked = { bookingId: made.id, version: made.version, reason: 'अधिकारी दौरे पर' };
	const board = await deskBoard(clerk, question(one.number, { moving: true }));
	expect(board).toMatchObject({ task: 'move', message: { locale: 'hi' } });
	const moved = await moveBooking(clerk, {
		...{ ...asked, slotId: slotOf(sitting, 1), key: randomUUID() },
	});
	const stale = moveBooking(clerk, { ...asked, slotId: slotOf(sitting, 2), key: randomUUID() });
	expect(await refusalCode(stale)).toBe('stale');
	expect(await deskBooking(clerk, made.id)).toMatchObject({
		...{ live: false, endReason: 'अधिकारी दौरे पर' },
		one: { booking: { id: moved.id } },
	});
	const again = { ...asked, bookingId: moved.id, version: moved.version };
	await cancelBooking(clerk, { ...again, key: randomUUID() });
	const late = moveBooking(clerk, { ...again, slotId: slotOf(sitting, 2), key: randomUUID() });
	expect(await refusalCode(late)).toBe('stale');
	expect((await deskBoard(clerk, question(one.number, { moving: true }))).task).toBe('book');
});

test('a swap finds only another live hearing of the district', async () => {
	const sitting = await sittingOf();
	const [one, two, none] = [
		await makeCase(db, world),
		await makeCase(db, world),
		await makeCase(db, world),
	];
	const book = (number: string, index: number) =>
		bookSlot(clerk, {
			...{ grievanceNumber: number, slotId: slotOf(sitting, index), key: randomUUID() },
		});
	const first = await deskBooking(clerk, (await book(one.number, 0)).id);
	await book(two.number, 1);
	for (const number of [one.number, none.number, 'कुछ और', '']) {
		expect(await refusalCode(swapPartner(clerk, first, number))).toBe('swap_unknown');
	}
	expect(await swapPartner(clerk, first, two.number)).toMatchObject({
		one: { number: two.number },
	});
});

test('a citizen at the counter is offered the next times of who hears by rule', async () => {
	const sitting = await sittingOf(undefined, 2);
	const one = await makeCase(db, world);
	const before = { clock: fixedClock(new Date(sitting.startsAt.getTime() - 3_600_000)) };
	const ctx = asClerk(db, world, before);
	const times = await walkIn(ctx, one.number);
	expect(times).toMatchObject({ booked: null, message: { locale: 'hi' } });
	expect(times.slots.slice(0, 2).map(({ id }) => id)).toEqual([
		slotOf(sitting),
		slotOf(sitting, 1),
	]);
	const made = await bookAtDesk(ctx, {
		...{ grievanceNumber: one.number, slotId: slotOf(sitting), key: randomUUID(), walkIn: true },
	});
	expect(made.channel).toBe('walk_in');
	expect(await walkIn(ctx, one.number)).toMatchObject({ slots: [], booked: { id: made.id } });
	const stranger = testContext(db, { actor: staffOf(world.posts.otherClerk) });
	expect(await refusalCode(walkIn(stranger, one.number))).toBe('forbidden');
});
