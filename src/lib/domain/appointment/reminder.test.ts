import { describe, expect, it } from 'vitest';
import { reminderDue } from './reminder.ts';

const START = new Date('2026-11-20T05:30:00Z');
const before = (hours: number) => new Date(START.getTime() - hours * 3_600_000);
const due = (now: number, booked: number) =>
	reminderDue({ startsAt: START, bookedAt: before(booked) }, before(now));

describe('reminders of a hearing', () => {
	it('are due three days, one day and one hour before', () => {
		expect([73, 72, 25, 24, 2, 1, 0.1].map((now) => due(now, 200))).toEqual([
			null,
			'days_3',
			'days_3',
			'day_1',
			'day_1',
			'hour_1',
			'hour_1',
		]);
	});

	it('are not sent for what was due before the booking was made', () => {
		expect(due(1.5, 2)).toBeNull();
		expect(due(1, 2)).toBe('hour_1');
		expect(due(30, 48)).toBeNull();
		expect(due(24, 48)).toBe('day_1');
		expect(due(0.4, 0.5)).toBeNull();
	});

	it('end with the beginning of the hearing', () => {
		expect(due(0, 200)).toBeNull();
		expect(due(-1, 200)).toBeNull();
	});
});
