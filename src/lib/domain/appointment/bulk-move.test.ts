import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { istDate, MINUTE_MS } from '../calendar/ist.ts';
import {
	earliestTarget,
	planMoves,
	type LeavingBooking,
	type MoveProblem,
	type TargetSlot,
} from './bulk-move.ts';

/** 17 November 2026, 11:00 in India, and so many minutes after it. */
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 17, 5, 30) + minutes * MINUTE_MS);
const DAY = 24 * 60;

const leaving = (bookingId: string, minutes: number, rest: Partial<LeavingBooking> = {}) => ({
	bookingId,
	startsAt: at(minutes),
	endsAt: at(minutes + 10),
	tokenNo: 1,
	quotas: ['general'],
	parties: [`citizen of ${bookingId}`],
	...rest,
});

const target = (id: string, minutes: number, rest: Partial<TargetSlot> = {}) => ({
	id,
	sittingId: `sitting ${istDate(at(minutes))}`,
	startsAt: at(minutes),
	endsAt: at(minutes + 10),
	freeSeats: ['general'],
	...rest,
});

const plan = (problem: Partial<MoveProblem>) =>
	planMoves({
		bookings: [],
		slots: [],
		engagements: [],
		maxPerDay: null,
		bookedOn: new Map(),
		...problem,
	}).map(({ bookingId, slotId }) => [bookingId, slotId]);

describe('the plan of a bulk move', () => {
	test('gives each the earliest free slot in the order of times and tokens', () => {
		const moved = plan({
			bookings: [
				leaving('c', 10),
				leaving('b', 0, { tokenNo: 2 }),
				leaving('a', 0, { tokenNo: 1 }),
			],
			slots: [target('late', 2 * DAY), target('early', DAY), target('middle', DAY + 10)],
		});
		expect(moved).toEqual([
			['a', 'early'],
			['b', 'middle'],
			['c', 'late'],
		]);
	});

	test('leaves those over whom no slot can take, the last ones first', () => {
		const bookings = [leaving('a', 0), leaving('b', 10)];
		expect(plan({ bookings, slots: [target('only', DAY)] })).toEqual([
			['a', 'only'],
			['b', null],
		]);
	});

	test('fills every seat of a slot before the next one', () => {
		const bookings = [leaving('a', 0), leaving('b', 10), leaving('c', 20)];
		const slots = [target('two', DAY, { freeSeats: ['general', 'general'] }), target('x', 2 * DAY)];
		expect(plan({ bookings, slots }).map(([, slot]) => slot)).toEqual(['two', 'two', 'x']);
	});

	test('brings nobody forward', () => {
		const slots = [target('before', -60), target('same', 0), target('after', 30)];
		expect(plan({ bookings: [leaving('a', 0)], slots })).toEqual([['a', 'after']]);
	});

	test('gives a seat only to whom its label admits, and a labelled one before a general one', () => {
		const slots = [
			target('women', DAY, { freeSeats: ['women'] }),
			target('both', DAY + 10, { freeSeats: ['general', 'women'] }),
		];
		const woman = leaving('b', 10, { quotas: ['general', 'women'] });
		expect(plan({ bookings: [leaving('a', 0), woman], slots })).toEqual([
			['a', 'both'],
			['b', 'women'],
		]);
		const first = { ...woman, startsAt: at(0) };
		const shared = [target('both', DAY, { freeSeats: ['general', 'women'] })];
		expect(plan({ bookings: [first, leaving('a', 10)], slots: shared })).toEqual([
			['b', 'both'],
			['a', 'both'],
		]);
	});

	test('sends nobody where the citizen or a summoned post is in another sitting', () => {
		const booking = leaving('a', 0, { parties: ['citizen', 'post'] });
		const slots = [target('first', DAY), target('second', DAY + 10)];
		const busy = {
			partyId: 'post',
			sittingId: 'elsewhere',
			startsAt: at(DAY + 5),
			endsAt: at(DAY + 9),
		};
		expect(plan({ bookings: [booking], slots, engagements: [busy] })).toEqual([['a', 'second']]);
		const same = { ...busy, sittingId: target('first', DAY).sittingId };
		expect(plan({ bookings: [booking], slots, engagements: [same] })).toEqual([['a', 'first']]);
	});

	test('counts its own moves when two cases have the same party', () => {
		const bookings = [
			leaving('a', 0, { parties: ['post'] }),
			leaving('b', 10, { parties: ['post'] }),
		];
		const slots = [
			target('one', DAY, { sittingId: 'x' }),
			target('overlapping', DAY + 5, { sittingId: 'y' }),
			target('free', DAY + 20, { sittingId: 'y' }),
		];
		expect(plan({ bookings, slots })).toEqual([
			['a', 'one'],
			['b', 'free'],
		]);
	});

	test('keeps the limit a day, but for who only moves within the day', () => {
		const bookings = [leaving('a', 0), leaving('b', 10)];
		const slots = [target('today', 180), target('tomorrow', DAY), target('later', 2 * DAY)];
		const bookedOn = new Map([
			[istDate(at(0)), 5],
			[istDate(at(DAY)), 2],
		]);
		expect(plan({ bookings, slots, bookedOn, maxPerDay: 2 })).toEqual([
			['a', 'today'],
			['b', 'later'],
		]);
	});

	test('never uses a seat twice, breaks a limit or brings somebody forward, whatever the calendar', () => {
		const calendar = fc.record({
			bookings: fc.array(fc.nat(30), { maxLength: 15 }),
			slots: fc.uniqueArray(fc.nat(300), { maxLength: 20 }),
			seats: fc.integer({ min: 1, max: 3 }),
			max: fc.option(fc.integer({ min: 1, max: 4 })),
		});
		fc.assert(
			fc.property(calendar, ({ bookings, slots, seats, max }) => {
				const leave = bookings.map((n, index) => leaving(`b${index}`, n * 10));
				const targets = slots.map((n) =>
					target(`s${n}`, n * 20, { freeSeats: Array.from({ length: seats }, () => 'general') }),
				);
				const bookedOn = new Map<string, number>();
				for (const one of leave) {
					const date = istDate(one.startsAt);
					bookedOn.set(date, (bookedOn.get(date) ?? 0) + 1);
				}
				const moved = planMoves({
					bookings: leave,
					slots: targets,
					engagements: [],
					maxPerDay: max,
					bookedOn,
				});
				expect(new Set(moved.map((one) => one.bookingId))).toEqual(
					new Set(leave.map((one) => one.bookingId)),
				);
				for (const slot of targets) {
					const here = moved.filter((one) => one.slotId === slot.id);
					expect(here.length).toBeLessThanOrEqual(seats);
					for (const one of here) {
						const before = leave.find(({ bookingId }) => bookingId === one.bookingId);
						expect(slot.startsAt > (before?.startsAt ?? slot.startsAt)).toBe(true);
					}
				}
			}),
			{ numRuns: 200 },
		);
	});
});

test('nobody is sent to a time in the next two hours, or within the lead time', () => {
	expect(earliestTarget(at(0), 0)).toEqual(at(120));
	expect(earliestTarget(at(0), 600)).toEqual(at(600));
});
