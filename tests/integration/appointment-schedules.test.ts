import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ScheduleChange } from '#lib/domain/appointment/schedule.ts';
import type { AvailabilityRule } from '#lib/domain/appointment/slots.ts';
import { istDate, istInstant, istTime } from '#lib/domain/calendar/ist.ts';
import {
	bookingsTouched,
	bookSlot,
	enterAbsence,
	materialiseSchedules,
	previewChange,
	saveChange,
	schedulePosts,
	withdrawAbsence,
} from '#lib/server/appointment/index.ts';
import { booking, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { availabilityRule, schedule } from '#lib/server/db/schema/schedule.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;
let clerk: Context;

beforeAll(async () => {
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
	clerk = asClerk(db, world);
});
// What a change touches depends on everything that is there.
beforeEach(async () => {
	await base.sql`truncate sitting, schedule, absence, idempotency cascade`;
});
afterAll(() => base.close());

const RULE: AvailabilityRule = {
	weekdays: [1, 2, 3, 4, 5],
	from: '11:00',
	to: '12:00',
	slotMinutes: 20,
	capacity: 2,
	validFrom: '2026-11-16',
	validTo: null,
	breaks: [],
	quotas: [],
};
/** Tuesday, the day after the tests' now. */
const DAY = '2026-11-17';

const versionOf = async () =>
	(await db.select().from(schedule).where(eq(schedule.postId, world.posts.dc.id)))[0]?.version ?? 0;

async function question(change: ScheduleChange) {
	return { postId: world.posts.dc.id, version: await versionOf(), change };
}

const preview = async (change: ScheduleChange, ctx = clerk) =>
	previewChange(ctx, await question(change));

/** Previews a change and saves what was shown. */
async function make(change: ScheduleChange, ctx = clerk) {
	const asked = await question(change);
	const { fingerprint } = await previewChange(ctx, asked);
	return saveChange(ctx, { ...asked, fingerprint, key: randomUUID() });
}

/** A schedule of a week with one rule. */
async function open(rule: Partial<AvailabilityRule> = {}) {
	await make({
		kind: 'settings',
		settings: { mode: 'video', leadMinutes: 0, horizonDays: 7, noticeHours: 24, maxPerDay: null },
	});
	await make({ kind: 'add_rule', rule: { ...RULE, ...rule } });
	return found((await db.select().from(availabilityRule))[0]).id;
}

/** 'HH:MM state free/seats' of a day's slots in order of time. */
async function dayOf(date = DAY) {
	const rows = await db
		.select({ slot, seat })
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.leftJoin(seat, eq(seat.slotId, slot.id))
		.where(eq(sitting.date, date))
		.orderBy(slot.startsAt, slot.id);
	return [...Map.groupBy(rows, (row) => row.slot.id).values()].map((list) => {
		const seats = list.flatMap((row) => row.seat ?? []);
		const free = seats.filter((one) => one.bookingId === null).length;
		const { startsAt, state } = found(list[0]).slot;
		return `${istTime(startsAt)} ${state} ${free}/${seats.length}`;
	});
}

const tokensOf = async (date = DAY) =>
	(
		await db
			.select({ token: seat.tokenNo })
			.from(seat)
			.innerJoin(slot, eq(slot.id, seat.slotId))
			.innerJoin(sitting, eq(sitting.id, seat.sittingId))
			.where(eq(sitting.date, date))
			.orderBy(slot.startsAt, seat.seatNo)
	).map(({ token }) => token);

async function book(time: string, date = DAY) {
	const one = await makeCase(db, world);
	const startsAt = istInstant(date, time);
	const [at] = await db.select().from(slot).where(eq(slot.startsAt, startsAt));
	return bookSlot(clerk, { grievanceNumber: one.number, slotId: found(at).id, key: randomUUID() });
}

describe('a new schedule', () => {
	test('shows the times it makes, and makes them at once', async () => {
		const shown = await preview({ kind: 'add_rule', rule: RULE });
		expect(shown.made[0]).toMatchObject({ date: DAY, slots: 3 });
		expect(shown).toMatchObject({ taken: [], touched: [] });
		expect(await db.select().from(schedule)).toEqual([]);
		await open();
		expect(await dayOf()).toEqual(['11:00 open 2/2', '11:20 open 2/2', '11:40 open 2/2']);
		expect(await tokensOf()).toEqual([1, 2, 3, 4, 5, 6]);
		// The nightly job has nothing left to do.
		const system = testContext(db, { actor: { kind: 'system' } });
		expect(await materialiseSchedules(system)).toEqual({ sittings: 0 });
	});

	test('keeps seats for those whom the rule names, until their release', async () => {
		await open({
			capacity: 4,
			quotas: [
				{ quota: 'women', seats: 1, releaseHours: 24 },
				{ quota: 'desk', seats: 1, releaseHours: 0 },
			],
			breaks: [{ from: '11:20', to: '11:40' }],
		});
		expect(await dayOf()).toEqual(['11:00 open 4/4', '11:40 open 4/4']);
		const seats = await db
			.select()
			.from(seat)
			.innerJoin(slot, eq(slot.id, seat.slotId))
			.where(eq(slot.startsAt, istInstant(DAY, '11:00')))
			.orderBy(seat.seatNo);
		expect(seats.map((row) => [row.seat.quota, row.seat.generalFrom])).toEqual([
			['general', null],
			['general', null],
			['desk', istInstant(DAY, '11:00')],
			['women', istInstant('2026-11-16', '11:00')],
		]);
	});
});

describe('a change', () => {
	test('shuts free times that no longer fit, and opens them again when it is taken back', async () => {
		const ruleId = await open();
		const shorter = { ...RULE, to: '11:40' };
		expect((await preview({ kind: 'edit_rule', ruleId, rule: shorter })).taken[0]).toMatchObject({
			date: DAY,
			slots: 1,
		});
		await make({ kind: 'edit_rule', ruleId, rule: shorter });
		expect(await dayOf()).toEqual(['11:00 open 2/2', '11:20 open 2/2', '11:40 closed 0/0']);
		await make({ kind: 'edit_rule', ruleId, rule: RULE });
		expect(await dayOf()).toEqual(['11:00 open 2/2', '11:20 open 2/2', '11:40 open 2/2']);
		expect(await tokensOf()).toEqual([1, 2, 3, 4, 5, 6]);
	});

	test('shortened under a booking names it, keeps its seat and takes nothing new there', async () => {
		const ruleId = await open();
		const booked = await book('11:40');
		const change = { kind: 'edit_rule', ruleId, rule: { ...RULE, to: '11:40' } } as const;
		expect((await preview(change)).touched).toMatchObject([
			{ bookingId: booked.id, number: booked.grievanceNumber, tokenNo: booked.tokenNo },
		]);
		await make(change);
		expect(await dayOf()).toEqual(['11:00 open 2/2', '11:20 open 2/2', '11:40 closing 0/1']);
		const [row] = await db.select().from(booking);
		expect(row).toMatchObject({ status: 'confirmed', tokenNo: booked.tokenNo });
		expect((await bookingsTouched(clerk, world.posts.dc.id)).map((one) => one.bookingId)).toEqual([
			booked.id,
		]);
		await expect(book('11:40')).rejects.toMatchObject({ code: 'slot_closed' });
	});

	test('that makes slots of another length gives the day new times around what is booked', async () => {
		const ruleId = await open();
		await book('11:20');
		await make({ kind: 'edit_rule', ruleId, rule: { ...RULE, slotMinutes: 15, capacity: 1 } });
		expect(await dayOf()).toEqual([
			'11:00 open 1/1',
			'11:20 closing 0/1',
			'11:40 closed 0/0',
			'11:45 open 1/1',
		]);
		const tokens = await tokensOf();
		expect(new Set(tokens).size).toBe(tokens.length);
	});

	test('to fewer citizens than are booked names those with the highest tokens', async () => {
		const ruleId = await open();
		const [, second] = [await book('11:00'), await book('11:00')];
		await book('11:20');
		const change = { kind: 'edit_rule', ruleId, rule: { ...RULE, capacity: 1 } } as const;
		const shown = await preview(change);
		expect(shown.touched.map((one) => one.bookingId)).toEqual([second.id]);
		await make(change);
		expect(await dayOf()).toEqual(['11:00 closing 0/2', '11:20 open 0/1', '11:40 open 1/1']);
	});

	test('to more citizens adds seats whose tokens nobody has', async () => {
		const ruleId = await open();
		const first = await book('11:00');
		await make({ kind: 'edit_rule', ruleId, rule: { ...RULE, capacity: 3 } });
		expect(await dayOf()).toEqual(['11:00 open 2/3', '11:20 open 3/3', '11:40 open 3/3']);
		expect(first.tokenNo).toBe(1);
		expect(await tokensOf()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	});

	test('leaves a clerk’s own sitting alone, unless the day is closed', async () => {
		const ruleId = await open();
		await makeSitting(db, world, { startsAt: istInstant(DAY, '15:00'), slots: 1 });
		await make({ kind: 'end_rule', ruleId, lastDate: '2026-11-16' });
		expect(await dayOf()).toEqual([
			...['11:00', '11:20', '11:40'].map((time) => `${time} closed 0/0`),
			'15:00 open 1/1',
		]);
		await make({
			kind: 'add_exception',
			exception: { date: DAY, kind: 'closed', reason: 'चुनाव ड्यूटी' },
		});
		expect((await dayOf()).at(-1)).toBe('15:00 closed 1/1');
	});

	test('that shortens the horizon takes nothing away that stands', async () => {
		await open();
		const before = await dayOf('2026-11-23');
		await make({
			kind: 'settings',
			settings: { mode: 'hybrid', leadMinutes: 60, horizonDays: 2, noticeHours: 48, maxPerDay: 20 },
		});
		expect(await dayOf('2026-11-23')).toEqual(before);
		expect((await db.select().from(sitting)).every(({ mode }) => mode === 'hybrid')).toBe(true);
	});
});

describe('a date of its own', () => {
	test('closed in part takes the times that it meets; special hours replace the rest', async () => {
		await open();
		await make({
			kind: 'add_exception',
			exception: { date: DAY, kind: 'closed_between', from: '11:10', to: '11:30', reason: 'बैठक' },
		});
		expect(await dayOf()).toEqual(['11:00 closed 0/0', '11:20 closed 0/0', '11:40 open 2/2']);
		await make({
			kind: 'add_exception',
			exception: {
				...{ date: '2026-11-21', kind: 'special', from: '09:00', to: '09:30', slotMinutes: 30 },
				...{ capacity: 5, breaks: [], reason: 'शनिवार की सुनवाई' },
			},
		});
		expect(await dayOf('2026-11-21')).toEqual(['09:00 open 5/5']);
	});

	test('leave shuts its times and names who is booked; withdrawn, they are open again', async () => {
		await open();
		const booked = await book('11:20');
		const { postId } = await question({ kind: 'withdraw_absence', absenceId: '' });
		const times = { startsAt: istInstant(DAY, '11:10'), endsAt: istInstant('2026-11-19', '00:00') };
		const leave = await db.transaction((tx) =>
			enterAbsence(tx, clerk, { postId, kind: 'leave', reason: 'अवकाश', ...times }),
		);
		expect(leave.touched).toEqual([booked.id]);
		expect(await dayOf()).toEqual(['11:00 closed 0/0', '11:20 closing 0/1', '11:40 closed 0/0']);
		expect((await dayOf('2026-11-18')).every((one) => one.includes('closed'))).toBe(true);
		await db.transaction((tx) =>
			withdrawAbsence(tx, clerk, { postId, absenceId: leave.absenceId }),
		);
		expect(await dayOf()).toEqual(['11:00 open 2/2', '11:20 open 1/2', '11:40 open 2/2']);
		expect(await bookingsTouched(clerk, postId)).toEqual([]);
	});

	test('the officer enters the own leave, and nobody else’s', async () => {
		const dc = testContext(db, { actor: staffOf(world.posts.dc) });
		const absence = {
			...({ kind: 'called_away', reason: 'मुख्यालय' } as const),
			...{ startsAt: istInstant(DAY, '09:00'), endsAt: istInstant(DAY, '18:00') },
		};
		const enter = (postId: string) =>
			db.transaction((tx) => enterAbsence(tx, dc, { postId, ...absence }));
		expect((await enter(world.posts.dc.id)).touched).toEqual([]);
		expect(await refusalCode(enter(world.posts.ddpo.id))).toBe('forbidden');
	});
});

describe('what is refused', () => {
	const add = (rule: Partial<AvailabilityRule>) =>
		refusalCode(preview({ kind: 'add_rule', rule: { ...RULE, ...rule } }));

	test('hours that overlap, end before they begin, or hold no time', async () => {
		await open();
		expect(await add({ from: '11:30', to: '13:00' })).toBe('rule_overlaps');
		expect(await add({ from: '12:00', to: '12:00' })).toBe('rule_hours');
		expect(await add({ from: '13:00', to: '13:10' })).toBe('rule_no_slot');
		// Side by side, on other days, or after the first has ended: fine.
		await preview({ kind: 'add_rule', rule: { ...RULE, from: '12:00', to: '13:00' } });
		await preview({ kind: 'add_rule', rule: { ...RULE, weekdays: [6] } });
	});

	test('a break outside the hours or over another one', async () => {
		expect(await add({ breaks: [{ from: '10:50', to: '11:10' }] })).toBe('rule_break');
		expect(await add({ breaks: [{ from: '11:10', to: '11:10' }] })).toBe('rule_hours');
		const two = [
			{ from: '11:00', to: '11:20' },
			{ from: '11:10', to: '11:30' },
		];
		expect(await add({ breaks: two })).toBe('rule_break');
	});

	test('more kept seats than seats, and numbers that are none', async () => {
		expect(await add({ quotas: [{ quota: 'women', seats: 3, releaseHours: 1 }] })).toBe(
			'rule_quota',
		);
		for (const wrong of [0, -1, 1e9, 1.5, NaN]) {
			expect(await add({ slotMinutes: wrong }), String(wrong)).toBe('invalid_input');
			expect(await add({ capacity: wrong }), String(wrong)).toBe('invalid_input');
		}
	});

	test('dates that are over, far ahead or none', async () => {
		expect(await add({ validTo: '2026-11-15', validFrom: '2026-11-01' })).toBe('date_past');
		expect(await add({ validFrom: '2028-01-01' })).toBe('date_too_far');
		expect(await add({ validFrom: '2026-12-02', validTo: '2026-12-01' })).toBe('rule_dates');
		const closed = (date: string) =>
			refusalCode(
				preview({ kind: 'add_exception', exception: { date, kind: 'closed', reason: 'x' } }),
			);
		expect(await closed('2026-11-15')).toBe('date_past');
		expect(await closed('2026-02-30')).toBe('invalid_input');
		expect(await closed('2031-01-01')).toBe('date_too_far');
	});

	test('the post of another district, and whoever keeps no schedules', async () => {
		const rule = { kind: 'add_rule', rule: RULE } as const;
		for (const held of [world.posts.otherClerk, world.posts.dc, world.posts.ddpo]) {
			const ctx = testContext(db, { actor: staffOf(held) });
			expect(await refusalCode(preview(rule, ctx))).toBe('forbidden');
		}
		const administrator = testContext(db, { actor: staffOf(world.posts.administrator) });
		expect((await preview(rule, administrator)).made).not.toEqual([]);
		expect((await schedulePosts(clerk)).map(({ id }) => id)).toEqual([world.posts.dc.id]);
	});
});

describe('two at once', () => {
	test('a schedule that was changed meanwhile is not changed over it', async () => {
		await open();
		const rule = { ...RULE, from: '14:00', to: '15:00' };
		const asked = await question({ kind: 'add_rule', rule });
		const { fingerprint } = await previewChange(clerk, asked);
		const results = await Promise.all(
			[1, 2].map(() =>
				saveChange(clerk, { ...asked, fingerprint, key: randomUUID() }).then(
					() => 'saved',
					(problem: { code: string }) => problem.code,
				),
			),
		);
		expect(results.sort()).toEqual(['saved', 'stale']);
		expect(await db.select().from(availabilityRule)).toHaveLength(2);
	});

	test('the same form sent twice is saved once; another with its key is refused', async () => {
		const asked = await question({ kind: 'add_rule', rule: RULE });
		const { fingerprint } = await previewChange(clerk, asked);
		const key = randomUUID();
		const save = (rest = {}) => saveChange(clerk, { ...asked, fingerprint, key, ...rest });
		expect(await Promise.all([save(), save()])).toEqual([asked.postId, asked.postId]);
		expect(await db.select().from(availabilityRule)).toHaveLength(1);
		expect(await refusalCode(save({ fingerprint: 'other' }))).toBe('key_reused');
	});

	test('a time that was booked after the preview is not taken away unseen', async () => {
		const ruleId = await open();
		const asked = await question({ kind: 'end_rule', ruleId, lastDate: '2026-11-16' });
		const { fingerprint, touched } = await previewChange(clerk, asked);
		expect(touched).toEqual([]);
		const booked = await book('11:00');
		const save = saveChange(clerk, { ...asked, fingerprint, key: randomUUID() });
		expect(await refusalCode(save)).toBe('preview_stale');
		expect((await dayOf())[0]).toBe('11:00 open 1/2');
		const again = await previewChange(clerk, asked);
		expect(again.touched.map((one) => one.bookingId)).toEqual([booked.id]);
	});

	test('bookings that race with a change are seen by it or refused, never lost', async () => {
		const ruleId = await open();
		const asked = await question({ kind: 'end_rule', ruleId, lastDate: '2026-11-16' });
		const { fingerprint } = await previewChange(clerk, asked);
		const [change, ...booked] = await Promise.allSettled([
			saveChange(clerk, { ...asked, fingerprint, key: randomUUID() }),
			...['11:00', '11:20', '11:40', '11:00', '11:20'].map((time) => book(time)),
		]);
		const live = booked.filter(({ status }) => status === 'fulfilled').length;
		const rows = await db
			.select({ state: slot.state })
			.from(booking)
			.innerJoin(slot, eq(slot.id, booking.slotId));
		expect(rows).toHaveLength(live);
		expect(rows.filter(({ state }) => state === 'closed')).toEqual([]);
		if (change?.status === 'fulfilled') expect(live).toBe(0);
	});
});

test('hours are Indian wall-clock time, whatever zone the process runs in', async () => {
	await open({ weekdays: [0, 6], from: '00:00', to: '00:20' });
	const [first] = await db.select().from(slot).orderBy(slot.startsAt);
	expect(first?.startsAt.toISOString()).toBe('2026-11-20T18:30:00.000Z');
	expect(istDate(found(first).startsAt)).toBe('2026-11-21');
	expect(TEST_NOW < found(first).startsAt).toBe(true);
});
