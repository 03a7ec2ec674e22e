import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	bookSlot,
	bulkMoveView,
	callAway,
	cancelBooking,
	dropBulkMove,
	moveBooking,
	planScheduleMove,
	runBulkMove,
	startBulkMove,
	summonPost,
	sweepUnopened,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { callNext, openSitting } from '#lib/server/hearing/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

const DAY = 86_400_000;

let database: TestDatabase;
let opened = false;
let world: World;
let clerk: Context;
let dc: Context;
let system: Context;

afterAll(() => database.close());

/** A district of its own for each part: moves look at all free slots of a post. */
async function fresh() {
	// The first part finds none.
	if (opened) await database.close();
	opened = true;
	database = await testDatabase();
	world = await makeWorld(database.db);
	clerk = asClerk(database.db, world);
	dc = testContext(database.db, { actor: staffOf(world.posts.dc) });
	system = testContext(database.db, { actor: { kind: 'system' } });
}

interface Booked extends TestCase {
	booking: BookingView;
}

/** So many people on a sitting of the district head that begins so many days after tomorrow. */
async function bookedDay(people: number, days = 0): Promise<Booked[]> {
	const startsAt = new Date(Date.UTC(2026, 10, 17, 5, 30) + days * DAY);
	const { slotList } = await makeSitting(database.db, world, { startsAt, slots: people });
	const all: Booked[] = [];
	for (const slot of slotList) {
		const one = await makeCase(database.db, world);
		const booking = await bookSlot(clerk, {
			grievanceNumber: one.number,
			slotId: slot.id,
			key: randomUUID(),
		});
		all.push({ ...one, booking });
	}
	return all;
}

const freeDay = (slots: number, days: number) =>
	makeSitting(database.db, world, {
		startsAt: new Date(Date.UTC(2026, 10, 17, 5, 30) + days * DAY),
		slots,
	});

const TOMORROW = {
	startsAt: new Date('2026-11-16T18:30:00Z'),
	endsAt: new Date('2026-11-17T18:30:00Z'),
};

const away = (ctx = dc, rest: Partial<Parameters<typeof callAway>[1]> = {}) =>
	callAway(ctx, {
		postId: world.posts.dc.id,
		...TOMORROW,
		reason: 'बैठक',
		key: randomUUID(),
		...rest,
	});

async function planned(): Promise<string> {
	return found((await away()).moveId);
}

async function run(moveId: string): Promise<void> {
	await startBulkMove(clerk, moveId);
	await runBulkMove(system, { bulkMoveId: moveId });
}

const messages = async (one: TestCase) =>
	(await queuedJobs(database.sql, 'notify'))
		.map(({ payload }) => payload)
		.filter((payload) => JSON.stringify(payload['to']).includes(one.citizenId))
		.map((payload) => payload['template'])
		.filter((template) => template !== 'hearing_booked');

const bookings = (one: TestCase) => database.sql<
	{ status: string; ics_uid: string; ics_sequence: number; starts_at: string }[]
>`select b.status, b.ics_uid, b.ics_sequence, s.starts_at from booking b join slot s on s.id = b.slot_id
	where b.grievance_id = ${one.id} order by b.id`;

describe('an officer is called away', () => {
	beforeAll(fresh);
	let people: Booked[];
	let moveId: string;

	test('at once nothing new is booked in the time, and the plan is shown before anything moves', async () => {
		people = await bookedDay(3);
		await freeDay(2, 2);
		const key = randomUUID();
		const made = await away(dc, { key });
		moveId = found(made.moveId);
		expect(await away(dc, { key })).toEqual(made);
		const late = await makeCase(database.db, world);
		const book = bookSlot(clerk, {
			grievanceNumber: late.number,
			slotId: found(people[0]).booking.slotId,
			key: randomUUID(),
		});
		expect(await refusalCode(book)).toBe('slot_closed');
		const view = await bulkMoveView(clerk, moveId);
		expect(view).toMatchObject({
			state: 'planned',
			cause: 'away',
			counts: { all: 3, placed: 2, waiting: 1, skipped: 0, done: 0 },
		});
		expect(view.lines.map(({ number }) => number)).toEqual(people.map(({ number }) => number));
		expect(view.lines[2]?.toAt).toBeNull();
		for (const one of people) expect(await messages(one)).toEqual([]);
		expect((await queuedJobs(database.sql, 'bulk_move.run')).length).toBe(0);
	});

	test('started, each has a new time in the old order or heads the waiting list, with one message each', async () => {
		await startBulkMove(clerk, moveId);
		expect(await refusalCode(startBulkMove(dc, moveId))).toBe('bulk_move_over');
		expect(await queuedJobs(database.sql, 'bulk_move.run')).toHaveLength(1);
		await runBulkMove(system, { bulkMoveId: moveId });
		// A job that runs twice does nothing twice.
		await runBulkMove(system, { bulkMoveId: moveId });
		const view = await bulkMoveView(dc, moveId);
		expect(view).toMatchObject({
			state: 'done',
			counts: { all: 3, placed: 2, waiting: 1, skipped: 0, done: 3 },
		});
		const [first, second, third] = people.map(found);
		for (const [index, one] of [first, second].entries()) {
			const rows = await bookings(found(one));
			expect(rows).toMatchObject([
				{ status: 'superseded' },
				{ status: 'confirmed', ics_sequence: 1 },
			]);
			expect(rows[1]?.ics_uid).toBe(rows[0]?.ics_uid);
			const startsAt = new Date(Date.UTC(2026, 10, 19, 5, 30 + index * 10));
			expect(new Date(found(rows[1]).starts_at)).toEqual(startsAt);
			expect(await messages(found(one))).toEqual(['hearing_moved']);
		}
		expect(await bookings(found(third))).toMatchObject([{ status: 'revoked' }]);
		expect(await messages(found(third))).toEqual(['hearing_waits']);
		const [entry] = await database.sql`
			select state, at_head from waiting_entry where grievance_id = ${found(third).id}`;
		expect(entry).toMatchObject({ at_head: true });
		const report = (await queuedJobs(database.sql, 'notify')).filter(
			({ payload }) => payload['template'] === 'moves_done',
		);
		expect(report).toHaveLength(1);
		expect(report[0]?.payload['facts']).toMatchObject({ moved: 2, waiting: 1, skipped: 0 });
	});
});

describe('what happens meanwhile', () => {
	beforeAll(fresh);

	test('cancelled and moved bookings are left out and said so; taken slots are replaced', async () => {
		const people = await bookedDay(4);
		const { slotList } = await freeDay(5, 2);
		const moveId = await planned();
		const [cancelled, moved, bumped, plain] = people.map(found);
		await cancelBooking(clerk, {
			bookingId: found(cancelled).booking.id,
			version: 1,
			reason: 'नागरिक के कहने पर',
			key: randomUUID(),
		});
		await moveBooking(clerk, {
			bookingId: found(moved).booking.id,
			slotId: found(slotList[4]).id,
			version: 1,
			reason: 'नागरिक के कहने पर',
			key: randomUUID(),
		});
		// Somebody books the slot that the third was to get.
		const rival = await makeCase(database.db, world);
		await bookSlot(clerk, {
			grievanceNumber: rival.number,
			slotId: found(slotList[2]).id,
			key: randomUUID(),
		});
		await run(moveId);
		const view = await bulkMoveView(clerk, moveId);
		expect(view.counts).toEqual({ all: 4, placed: 2, waiting: 0, skipped: 2, done: 4 });
		expect(view.lines.map(({ state, status }) => [state, status])).toEqual([
			['skipped', 'revoked'],
			['skipped', 'superseded'],
			['moved', 'superseded'],
			['moved', 'superseded'],
		]);
		expect(await messages(found(bumped))).toEqual(['hearing_moved']);
		expect(await messages(found(plain))).toEqual(['hearing_moved']);
		expect(await messages(found(cancelled))).toEqual(['hearing_revoked']);
	});
});

describe('two moves for one absence', () => {
	beforeAll(fresh);

	test('are impossible, also when two press at once; given up, all is as it was', async () => {
		const [one] = await bookedDay(2);
		await freeDay(3, 2);
		const moveId = await planned();
		const starts = await Promise.all(
			[dc, clerk, dc, clerk].map((ctx) => refusalCode(startBulkMove(ctx, moveId))),
		);
		expect(starts.filter((code) => code === null)).toHaveLength(1);
		expect(starts.filter((code) => code === 'bulk_move_over')).toHaveLength(3);
		const [move] =
			await database.sql`select absence_id, post_id from bulk_move where id = ${moveId}`;
		const second = database.sql`insert into bulk_move (post_id, absence_id)
			values (${move?.['post_id']}, ${move?.['absence_id']})`;
		await expect(second).rejects.toMatchObject({ constraint_name: 'bulk_move_one_live' });
		expect(await refusalCode(dropBulkMove(clerk, moveId))).toBe('bulk_move_over');
		await runBulkMove(system, { bulkMoveId: moveId });
		expect(await messages(found(one))).toEqual(['hearing_moved']);
	});

	test('a plan that is given up leaves every booking and opens the time again', async () => {
		const people = await bookedDay(1, 7);
		const time = {
			startsAt: new Date(TOMORROW.startsAt.getTime() + 7 * DAY),
			endsAt: new Date(TOMORROW.endsAt.getTime() + 7 * DAY),
		};
		const { moveId } = await away(dc, time);
		await dropBulkMove(clerk, found(moveId));
		const [one] = people.map(found);
		expect(await bookings(found(one))).toMatchObject([{ status: 'confirmed' }]);
		const [slot] =
			await database.sql`select state from slot where id = ${found(one).booking.slotId}`;
		expect(slot).toEqual({ state: 'open' });
		expect(await messages(found(one))).toEqual([]);
		expect(await refusalCode(startBulkMove(clerk, found(moveId)))).toBe('bulk_move_over');
	});

	test('strangers neither call away nor look, start or give up', async () => {
		await bookedDay(1, 8);
		const time = {
			startsAt: new Date(TOMORROW.startsAt.getTime() + 8 * DAY),
			endsAt: new Date(TOMORROW.endsAt.getTime() + 8 * DAY),
		};
		const { otherClerk, ddpo } = world.posts;
		const moveId = found((await away(dc, time)).moveId);
		for (const post of [otherClerk, ddpo]) {
			const ctx = testContext(database.db, { actor: staffOf(post) });
			expect(await refusalCode(away(ctx, time))).toBe('forbidden');
			expect(await refusalCode(bulkMoveView(ctx, moveId))).toBe('forbidden');
			expect(await refusalCode(startBulkMove(ctx, moveId))).toBe('forbidden');
			expect(await refusalCode(dropBulkMove(ctx, moveId))).toBe('forbidden');
			expect(await refusalCode(planScheduleMove(ctx, world.posts.dc.id))).toBe('forbidden');
		}
		const past = { startsAt: new Date(0), endsAt: new Date(1) };
		expect(await refusalCode(away(dc, past))).toBe('away_past');
	});
});

describe('bulk move against booking', () => {
	beforeAll(fresh);

	test('who books in the same moment is refused or goes along: nobody stays behind', async () => {
		const startsAt = new Date(Date.UTC(2026, 10, 17, 5, 30));
		const { slotList } = await makeSitting(database.db, world, { startsAt, slots: 8 });
		await freeDay(8, 2);
		const cases = await Promise.all(slotList.map(() => makeCase(database.db, world)));
		const work = cases.map((one, index) =>
			refusalCode(
				bookSlot(clerk, {
					grievanceNumber: one.number,
					slotId: found(slotList[index]).id,
					key: randomUUID(),
				}),
			),
		);
		const [called] = await Promise.all([away(), ...work]);
		if (called.moveId) await run(called.moveId);
		const left = await database.sql`
			select 1 from booking b join slot s on s.id = b.slot_id
			where b.status in ('proposed', 'confirmed') and s.starts_at < ${TOMORROW.endsAt.toISOString()}`;
		expect(left).toHaveLength(0);
	});
});

describe('a sitting that runs', () => {
	beforeAll(fresh);

	test('who is being called stays; those who wait go elsewhere, also those whose time is over', async () => {
		const people = await bookedDay(3);
		await freeDay(3, 2);
		const now = new Date(Date.UTC(2026, 10, 17, 5, 45));
		const livekit = { ...dc.livekit, createRoom: async () => {} };
		const officer = testContext(database.db, { actor: dc.actor, now, livekit });
		const [one, two, three] = people.map(found);
		await openSitting(officer, found(one).booking.sittingId);
		await callNext(officer, found(one).booking.sittingId);
		const { moveId } = await callAway(officer, {
			postId: world.posts.dc.id,
			startsAt: now,
			endsAt: TOMORROW.endsAt,
			reason: 'बैठक',
			key: randomUUID(),
		});
		const view = await bulkMoveView(officer, found(moveId));
		expect(view.lines.map(({ number }) => number)).toEqual([
			found(two).number,
			found(three).number,
		]);
		await startBulkMove(officer, found(moveId));
		const job = testContext(database.db, { actor: { kind: 'system' }, now });
		await runBulkMove(job, { bulkMoveId: found(moveId) });
		expect(await bookings(found(one))).toMatchObject([{ status: 'confirmed' }]);
		expect((await bookings(found(two))).map(({ status }) => status)).toEqual([
			'superseded',
			'confirmed',
		]);
	});
});

describe('a sitting that nobody opened', () => {
	beforeAll(fresh);

	test('ends the next day: its bookings are revoked, placed anew or first on the list, and all are told', async () => {
		const people = await bookedDay(2);
		const { ddpo } = world.posts;
		const [one, two] = people.map(found);
		await summonPost(clerk, { bookingId: found(one).booking.id, postId: ddpo.id });
		await freeDay(1, 3);
		const evening = testContext(database.db, {
			actor: { kind: 'system' },
			now: new Date('2026-11-17T12:00:00Z'),
		});
		expect(await sweepUnopened(evening)).toEqual({ sittings: 0 });
		const night = testContext(database.db, {
			actor: { kind: 'system' },
			now: new Date('2026-11-17T18:31:00Z'),
		});
		const swept = await Promise.all([sweepUnopened(night), sweepUnopened(night)]);
		expect(swept.reduce((sum, { sittings }) => sum + sittings, 0)).toBe(1);
		const [job] = await queuedJobs(database.sql, 'bulk_move.run');
		await runBulkMove(night, found(job).payload);
		const rows = await bookings(found(one));
		expect(rows).toMatchObject([
			{ status: 'revoked', ics_sequence: 1 },
			{ status: 'confirmed', ics_sequence: 2 },
		]);
		expect(rows[1]?.ics_uid).toBe(rows[0]?.ics_uid);
		expect(await bookings(found(two))).toMatchObject([{ status: 'revoked' }]);
		expect(await messages(found(one))).toEqual(['hearing_moved']);
		expect(await messages(found(two))).toEqual(['hearing_waits']);
		const told = (await queuedJobs(database.sql, 'notify'))
			.map(({ payload }) => payload)
			.filter((payload) => payload['template'] === 'sitting_unopened');
		expect(told).toHaveLength(2);
		const moved = await database.sql`
			select 1 from booking_party where party_id = ${ddpo.id} and live`;
		expect(moved).toHaveLength(1);
		const officer = testContext(database.db, { actor: dc.actor, now: night.clock.now() });
		const open = openSitting(officer, found(one).booking.sittingId);
		expect(await refusalCode(open)).toBe('bad_transition');
		expect(await sweepUnopened(night)).toEqual({ sittings: 0 });
	});
});
