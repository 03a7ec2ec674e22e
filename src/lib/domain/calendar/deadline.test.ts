import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysLeft, deadlineAfter, isClosed, shareElapsed, type DayKind } from './deadline.ts';
import { addDays, endOfIstDay, istDate, istInstant } from './ist.ts';

const NONE: ReadonlySet<string> = new Set();

function dateOf(
	start: string,
	days: number,
	kind: DayKind,
	holidays: readonly string[] = [],
	time = '11:00',
): string {
	return istDate(deadlineAfter(istInstant(start, time), days, kind, new Set(holidays)));
}

describe('deadlineAfter', () => {
	test('does not count the day of entry (General Clauses Act, s. 9)', () => {
		// Monday + 2 = Wednesday.
		expect(dateOf('2026-11-23', 2, 'calendar')).toBe('2026-11-25');
		expect(dateOf('2026-11-23', 2, 'working')).toBe('2026-11-25');
	});

	test('is the end of the day in India, whenever on the first day the clock started', () => {
		const early = deadlineAfter(istInstant('2026-11-23', '00:00'), 2, 'calendar', NONE);
		const late = deadlineAfter(istInstant('2026-11-23', '23:59'), 2, 'calendar', NONE);
		expect(early).toEqual(endOfIstDay('2026-11-25'));
		expect(late).toEqual(early);
	});

	test('moves to the next open day when the last day is closed (s. 10)', () => {
		// Monday + 5 = Saturday -> Monday; that Monday a holiday -> Tuesday.
		expect(dateOf('2026-11-23', 5, 'calendar')).toBe('2026-11-30');
		expect(dateOf('2026-11-23', 5, 'calendar', ['2026-11-30'])).toBe('2026-12-01');
	});

	test('lets closed days inside the time count when days are calendar days', () => {
		expect(dateOf('2026-11-23', 8, 'calendar', ['2026-11-25'])).toBe('2026-12-01');
	});

	test('leaves weekends and holidays uncounted when days are working days', () => {
		// Friday + 3 working days, Monday a holiday: Tue, Wed, Thu.
		expect(dateOf('2026-11-27', 3, 'working', ['2026-11-30'])).toBe('2026-12-03');
	});

	test('crosses 31 December', () => {
		expect(dateOf('2026-12-31', 1, 'calendar')).toBe('2027-01-01');
		expect(dateOf('2026-12-31', 15, 'calendar')).toBe('2027-01-15');
		// 31 December 2026, 20:00 UTC is already 1 January in India.
		const start = new Date('2026-12-31T20:00:00Z');
		expect(istDate(deadlineAfter(start, 3, 'calendar', NONE))).toBe('2027-01-04');
	});

	test('counts 29 February in a leap year', () => {
		expect(dateOf('2028-02-28', 1, 'calendar')).toBe('2028-02-29');
		expect(dateOf('2028-02-29', 1, 'calendar')).toBe('2028-03-01');
		expect(dateOf('2027-02-26', 3, 'calendar')).toBe('2027-03-01');
	});

	test('with no days ends today, or on the next open day', () => {
		expect(dateOf('2026-11-23', 0, 'working')).toBe('2026-11-23');
		expect(dateOf('2026-11-28', 0, 'calendar')).toBe('2026-11-30');
	});

	test('takes the weekly days off of the office', () => {
		const sundayOnly = new Set([0]);
		const start = istInstant('2026-11-27');
		expect(istDate(deadlineAfter(start, 1, 'working', NONE, sundayOnly))).toBe('2026-11-28');
		expect(istDate(deadlineAfter(start, 2, 'working', NONE, sundayOnly))).toBe('2026-11-30');
	});

	test('refuses what is no number of days', () => {
		for (const days of [-1, 1.5, NaN, Infinity]) {
			expect(() => deadlineAfter(new Date(0), days, 'calendar', NONE)).toThrow(RangeError);
		}
		const always = new Set([0, 1, 2, 3, 4, 5, 6]);
		expect(() => deadlineAfter(new Date(0), 1, 'working', NONE, always)).toThrow(RangeError);
	});

	const anyStart = fc
		.integer({ min: 0, max: 20 * 365 * 24 * 60 })
		.map((minutes) => new Date(Date.UTC(2024, 0, 1) + minutes * 60_000));
	const anyKind = fc.constantFrom<DayKind>('calendar', 'working');
	const anyHolidays = (start: Date) =>
		fc
			.array(fc.integer({ min: 0, max: 90 }), { maxLength: 30 })
			.map((offsets) => new Set(offsets.map((n) => addDays(istDate(start), n))));
	const anyCase = anyStart.chain((start) =>
		fc.record({
			start: fc.constant(start),
			days: fc.integer({ min: 0, max: 60 }),
			kind: anyKind,
			holidays: anyHolidays(start),
		}),
	);

	test('never falls on a closed day, never comes early, always at the end of a day', () => {
		fc.assert(
			fc.property(anyCase, ({ start, days, kind, holidays }) => {
				const deadline = deadlineAfter(start, days, kind, holidays);
				const date = istDate(deadline);
				expect(isClosed(date, holidays)).toBe(false);
				expect(deadline).toEqual(endOfIstDay(date));
				expect(date >= addDays(istDate(start), days)).toBe(true);
			}),
		);
	});

	test('never gets earlier with more days, a later start, or one more holiday', () => {
		fc.assert(
			fc.property(anyCase, fc.nat(90), ({ start, days, kind, holidays }, offset) => {
				const deadline = deadlineAfter(start, days, kind, holidays).getTime();
				const at = (from: Date, n: number, closed: ReadonlySet<string>) =>
					deadlineAfter(from, n, kind, closed).getTime();
				expect(at(start, days + 1, holidays)).toBeGreaterThanOrEqual(deadline);
				expect(at(new Date(start.getTime() + 3_600_000), days, holidays)).toBeGreaterThanOrEqual(
					deadline,
				);
				const more = new Set([...holidays, addDays(istDate(start), offset)]);
				expect(at(start, days, more)).toBeGreaterThanOrEqual(deadline);
			}),
		);
	});

	test('has exactly N open days after the day of entry when days are working days', () => {
		fc.assert(
			fc.property(anyCase, ({ start, days, holidays }) => {
				fc.pre(days > 0);
				const end = istDate(deadlineAfter(start, days, 'working', holidays));
				let open = 0;
				for (let date = istDate(start); date < end;) {
					date = addDays(date, 1);
					if (!isClosed(date, holidays)) open += 1;
				}
				expect(open).toBe(days);
			}),
		);
	});
});

describe('daysLeft', () => {
	const deadline = endOfIstDay('2026-11-25');

	test('is 0 on the last day and negative from the first instant after it', () => {
		expect(daysLeft(deadline, istInstant('2026-11-23', '23:59'))).toBe(2);
		expect(daysLeft(deadline, istInstant('2026-11-25', '23:59'))).toBe(0);
		expect(daysLeft(deadline, deadline)).toBe(0);
		expect(daysLeft(deadline, istInstant('2026-11-26'))).toBe(-1);
		expect(daysLeft(deadline, istInstant('2026-12-05'))).toBe(-10);
	});

	test('is negative as soon as a deadline within the day has passed', () => {
		expect(daysLeft(istInstant('2026-11-25', '10:00'), istInstant('2026-11-25', '10:01'))).toBe(-1);
	});
});

describe('shareElapsed', () => {
	const from = istInstant('2026-11-01');
	const to = istInstant('2026-11-05');

	test('goes from 0 to 1 and stays within', () => {
		expect(shareElapsed(from, to, from)).toBe(0);
		expect(shareElapsed(from, to, istInstant('2026-11-04'))).toBe(0.75);
		expect(shareElapsed(from, to, to)).toBe(1);
		expect(shareElapsed(from, to, istInstant('2026-12-01'))).toBe(1);
		expect(shareElapsed(from, to, istInstant('2026-10-01'))).toBe(0);
	});

	test('knows a level without length', () => {
		expect(shareElapsed(from, from, from)).toBe(1);
	});
});
