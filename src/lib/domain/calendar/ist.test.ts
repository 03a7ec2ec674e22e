import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	addDays,
	daysBetween,
	endOfIstDay,
	isDate,
	istDate,
	istInstant,
	istTime,
	minutesOf,
	weekday,
} from './ist.ts';

describe('Indian Standard Time', () => {
	test('the date changes at 18:30 UTC', () => {
		expect(istDate(new Date('2026-12-31T18:29:59.999Z'))).toBe('2026-12-31');
		expect(istDate(new Date('2026-12-31T18:30:00.000Z'))).toBe('2027-01-01');
	});

	test('a wall time is 5 h 30 min ahead of UTC', () => {
		expect(istInstant('2026-11-20', '10:15').toISOString()).toBe('2026-11-20T04:45:00.000Z');
		expect(istInstant('2026-11-20').toISOString()).toBe('2026-11-19T18:30:00.000Z');
		expect(istTime(new Date('2026-11-20T04:45:30Z'))).toBe('10:15');
	});

	test('a day ends one millisecond before the next begins', () => {
		expect(endOfIstDay('2028-02-29').toISOString()).toBe('2028-02-29T18:29:59.999Z');
		expect(endOfIstDay('2028-02-29').getTime() + 1).toBe(istInstant('2028-03-01').getTime());
	});

	test('days are added over month, year and leap day', () => {
		expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
		expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
		expect(addDays('2027-02-28', 1)).toBe('2027-03-01');
		expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
	});

	test('the weekday counts from Sunday', () => {
		expect(weekday('2026-11-22')).toBe(0);
		expect(weekday('2026-11-28')).toBe(6);
	});

	test.each(['2026-02-29', '2026-13-01', '2026-1-1', '', 'today', '2026-11-31'])(
		'%j is no date',
		(text) => {
			expect(isDate(text)).toBe(false);
			expect(() => addDays(text, 1)).toThrow(RangeError);
		},
	);

	test('times are read as people and databases write them', () => {
		expect(minutesOf('09:05')).toBe(545);
		expect(minutesOf('09:05:00')).toBe(545);
		expect(minutesOf('24:00')).toBe(1440);
	});

	test.each(['09:05:30', '24:01', '10:60', '9:00', 'noon', ''])('%j is no time', (text) => {
		expect(() => minutesOf(text)).toThrow(RangeError);
	});

	test('adding and counting days agree, and dates survive the way to an instant and back', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: -20_000, max: 40_000 }),
				fc.integer({ min: -800, max: 800 }),
				(start, n) => {
					const date = addDays('2000-01-01', start);
					expect(daysBetween(date, addDays(date, n))).toBe(n);
					expect(istDate(istInstant(date))).toBe(date);
					expect(istDate(endOfIstDay(date))).toBe(date);
					expect(weekday(addDays(date, 7))).toBe(weekday(date));
				},
			),
		);
	});
});
