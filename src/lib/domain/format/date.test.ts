import { describe, expect, it } from 'vitest';
import {
	daysBetween,
	formatDate,
	formatDateTime,
	formatTime,
	formatWeekday,
	isoDay,
} from './date.ts';
import { formatBytes, formatNumber } from './number.ts';

describe('dates are read in Indian Standard Time', () => {
	const at = new Date('2026-11-16T06:10:00Z');

	it('says day, month and time in both languages with Latin digits', () => {
		expect(formatDateTime(at, 'hi')).toBe('16 नवंबर, 11:40');
		expect(formatDateTime(at, 'en')).toBe('16 November, 11:40');
	});

	it('says the weekday and the year', () => {
		expect(formatWeekday(at, 'hi')).toBe('सोमवार, 16 नवंबर');
		expect(formatDate(at, 'en')).toBe('16 November 2026');
	});

	it('turns the day at 18:30 UTC, also over a year', () => {
		expect(isoDay(new Date('2026-12-31T18:29:59Z'))).toBe('2026-12-31');
		expect(isoDay(new Date('2026-12-31T18:30:00Z'))).toBe('2027-01-01');
		expect(formatTime(new Date('2026-12-31T18:30:00Z'))).toBe('00:00');
	});
});

describe('days between two instants are IST calendar days', () => {
	it('is 0 within one day and 1 over midnight', () => {
		expect(daysBetween(new Date('2026-11-15T18:30:00Z'), new Date('2026-11-16T18:29:59Z'))).toBe(0);
		expect(daysBetween(new Date('2026-11-16T18:29:59Z'), new Date('2026-11-16T18:30:00Z'))).toBe(1);
	});

	it('is negative when the second is earlier', () => {
		expect(daysBetween(new Date('2026-11-16T06:00:00Z'), new Date('2026-11-14T06:00:00Z'))).toBe(
			-2,
		);
	});
});

describe('numbers', () => {
	it('groups the Indian way with Latin digits in both languages', () => {
		expect(formatNumber(1234567, 'hi')).toBe('12,34,567');
		expect(formatNumber(1234567, 'en')).toBe('12,34,567');
	});

	it('says sizes as people do', () => {
		expect(formatBytes(340_200)).toBe('340 KB');
		expect(formatBytes(2_400_000)).toBe('2.4 MB');
	});
});
