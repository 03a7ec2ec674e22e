import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { istDate, istInstant, istTime } from '../calendar/ist.ts';
import {
	dateRange,
	materialise,
	tokenNumber,
	type AvailabilityRule,
	type ScheduleException,
} from './slots.ts';

const MONDAY = '2026-11-23';
const NONE: ReadonlySet<string> = new Set();

const rule: AvailabilityRule = {
	weekdays: [1, 4],
	from: '10:00',
	to: '12:00',
	slotMinutes: 30,
	capacity: 2,
	validFrom: '2026-11-01',
	validTo: null,
	breaks: [],
};

/** The slots' starts in IST, by date. */
function starts(
	rules: readonly AvailabilityRule[],
	dates: readonly string[] = [MONDAY],
	holidays: ReadonlySet<string> = NONE,
	exceptions: readonly ScheduleException[] = [],
): string[] {
	return materialise(rules, dates, holidays, exceptions).flatMap((sitting) =>
		sitting.slots.map((slot) => `${istDate(slot.startsAt).slice(5)} ${istTime(slot.startsAt)}`),
	);
}

describe('materialise', () => {
	test('makes a sitting with its slots on each day of the week that the rule names', () => {
		const [monday, thursday, ...rest] = materialise([rule], dateRange(MONDAY, 7), NONE, []);
		expect(rest).toEqual([]);
		expect(thursday?.date).toBe('2026-11-26');
		expect(monday).toEqual({
			date: MONDAY,
			startsAt: istInstant(MONDAY, '10:00'),
			endsAt: istInstant(MONDAY, '12:00'),
			slots: ['10:00', '10:30', '11:00', '11:30'].map((time) => ({
				startsAt: istInstant(MONDAY, time),
				endsAt: new Date(istInstant(MONDAY, time).getTime() + 30 * 60_000),
				capacity: 2,
			})),
		});
	});

	test('gives nothing on a holiday or outside the rule’s dates, both ends inclusive', () => {
		expect(starts([rule], [MONDAY], new Set([MONDAY]))).toEqual([]);
		expect(starts([{ ...rule, validFrom: '2026-11-24' }])).toEqual([]);
		expect(starts([{ ...rule, validTo: '2026-11-22' }])).toEqual([]);
		expect(starts([{ ...rule, validFrom: MONDAY, validTo: MONDAY }])).toHaveLength(4);
	});

	test('a slot that would run into a break starts after it', () => {
		const breaks = [{ from: '10:45', to: '11:10' }];
		expect(starts([{ ...rule, breaks }])).toEqual(['11-23 10:00', '11-23 11:10']);
	});

	test('a slot may end where a break begins', () => {
		const breaks = [{ from: '10:30', to: '11:30' }];
		expect(starts([{ ...rule, breaks }])).toEqual(['11-23 10:00', '11-23 11:30']);
	});

	test('a slot that does not fit before the end is not made', () => {
		expect(starts([{ ...rule, to: '11:20' }])).toEqual(['11-23 10:00', '11-23 10:30']);
		expect(starts([{ ...rule, to: '10:20' }])).toEqual([]);
	});

	test('two rules of one day make one sitting; where they clash the earlier slot stays', () => {
		const late = { ...rule, from: '11:45', to: '13:00', capacity: 1 };
		const plans = materialise([late, rule], [MONDAY], NONE, []);
		expect(plans).toHaveLength(1);
		expect(plans[0]?.slots.map((slot) => istTime(slot.startsAt))).toEqual([
			'10:00',
			'10:30',
			'11:00',
			'11:30',
			'12:15',
		]);
	});

	test('an exception closes a day or a part of it, or sets other hours even on a holiday', () => {
		const on = (exception: ScheduleException, holidays = NONE) =>
			starts([rule], [MONDAY], holidays, [exception]);
		expect(on({ date: MONDAY, kind: 'closed' })).toEqual([]);
		expect(on({ date: MONDAY, kind: 'closed_between', from: '10:00', to: '11:00' })).toEqual([
			'11-23 11:00',
			'11-23 11:30',
		]);
		const special: ScheduleException = {
			date: MONDAY,
			kind: 'special',
			from: '15:00',
			to: '15:30',
			slotMinutes: 15,
			capacity: 1,
			breaks: [],
		};
		expect(on(special, new Set([MONDAY]))).toEqual(['11-23 15:00', '11-23 15:15']);
	});

	test('gives the same plan for the same days, repeated or in any order', () => {
		const dates = dateRange(MONDAY, 14);
		const again = [...dates, ...dates].reverse();
		expect(materialise([rule], again, NONE, [])).toEqual(materialise([rule], dates, NONE, []));
	});

	test('refuses hours that make no slots', () => {
		for (const broken of [{ slotMinutes: 0 }, { slotMinutes: 7.5 }, { capacity: 0 }]) {
			expect(() => starts([{ ...rule, ...broken }])).toThrow(RangeError);
		}
	});

	test('slots are in order, full length, within the hours, clear of breaks and of each other', () => {
		const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
		const time = minute.map(
			(m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`,
		);
		const range = fc
			.tuple(time, time)
			.map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
		const anyRule = fc.tuple(
			range,
			fc.array(range, { maxLength: 3 }),
			fc.integer({ min: 1, max: 90 }),
		);
		fc.assert(
			fc.property(fc.array(anyRule, { maxLength: 3 }), (hours) => {
				const rules = hours.map(([span, breaks, slotMinutes]) => ({
					...rule,
					...span,
					breaks,
					slotMinutes,
				}));
				for (const sitting of materialise(rules, [MONDAY], NONE, [])) {
					expect(sitting.slots.length).toBeGreaterThan(0);
					let before = sitting.startsAt;
					for (const slot of sitting.slots) {
						expect(slot.startsAt >= before).toBe(true);
						before = slot.endsAt;
						const from = istTime(slot.startsAt);
						const minutes = (slot.endsAt.getTime() - slot.startsAt.getTime()) / 60_000;
						expect(
							rules.some(
								(one) =>
									one.slotMinutes === minutes &&
									one.from <= from &&
									slot.endsAt <= istInstant(MONDAY, one.to) &&
									one.breaks.every(
										(pause) =>
											pause.from === pause.to ||
											slot.endsAt <= istInstant(MONDAY, pause.from) ||
											slot.startsAt >= istInstant(MONDAY, pause.to),
									),
							),
						).toBe(true);
					}
					expect(before).toEqual(sitting.endsAt);
				}
			}),
		);
	});
});

describe('tokenNumber', () => {
	test('runs through the sitting without a gap or a repeat', () => {
		const tokens = [0, 1, 2].flatMap((slot) => [1, 2].map((seat) => tokenNumber(slot, seat, 2)));
		expect(tokens).toEqual([1, 2, 3, 4, 5, 6]);
	});

	test('refuses a seat that the slot does not have', () => {
		expect(() => tokenNumber(0, 3, 2)).toThrow(RangeError);
		expect(() => tokenNumber(0, 0, 2)).toThrow(RangeError);
		expect(() => tokenNumber(-1, 1, 2)).toThrow(RangeError);
	});
});
