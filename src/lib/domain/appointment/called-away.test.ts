import { expect, test } from 'vitest';
import { awayProblem, presetTime } from './called-away.ts';

/** 17 November 2026, 23:40 in India: the date in UTC is the same, the day almost over. */
const NOW = new Date('2026-11-17T18:10:00Z');

test('"rest of today" ends at midnight in India, "tomorrow" is the whole next day', () => {
	expect(presetTime('today', NOW)).toEqual({
		startsAt: NOW,
		endsAt: new Date('2026-11-17T18:30:00Z'),
	});
	expect(presetTime('tomorrow', NOW)).toEqual({
		startsAt: new Date('2026-11-17T18:30:00Z'),
		endsAt: new Date('2026-11-18T18:30:00Z'),
	});
});

test('a time that is over, turned round or longer than thirty days is not entered', () => {
	const hour = (n: number) => new Date(NOW.getTime() + n * 3_600_000);
	expect(awayProblem({ startsAt: hour(-2), endsAt: hour(1) }, NOW)).toBeNull();
	expect(awayProblem({ startsAt: hour(-2), endsAt: hour(0) }, NOW)).toBe('away_past');
	expect(awayProblem({ startsAt: hour(2), endsAt: hour(2) }, NOW)).toBe('away_order');
	expect(awayProblem({ startsAt: hour(1), endsAt: hour(24 * 31) }, NOW)).toBe('away_too_long');
});
