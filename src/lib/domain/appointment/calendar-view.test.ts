import { expect, test } from 'vitest';
import { calendarQuestion, calendarRange } from './calendar-view.ts';

test('a week begins on Monday, also asked for by its Sunday', () => {
	const week = { from: '2026-11-16', to: '2026-11-22', previous: '2026-11-09', next: '2026-11-23' };
	expect(calendarRange('week', '2026-11-16')).toEqual(week);
	expect(calendarRange('week', '2026-11-22')).toEqual(week);
});

test('a month is whole, whatever its length and the year around it', () => {
	expect(calendarRange('month', '2028-02-29')).toEqual({
		from: '2028-02-01',
		to: '2028-02-29',
		previous: '2028-01-01',
		next: '2028-03-01',
	});
	expect(calendarRange('month', '2026-12-31')).toMatchObject({
		to: '2026-12-31',
		next: '2027-01-01',
	});
});

test('an address without sense shows this week', () => {
	const today = '2026-11-16';
	const week = { view: 'week', date: today };
	expect(calendarQuestion({ view: null, date: null }, today)).toEqual(week);
	expect(calendarQuestion({ view: 'year', date: '2026-02-30' }, today)).toEqual(week);
	expect(calendarQuestion({ view: 'week', date: '9999-01-01' }, today)).toEqual(week);
	expect(calendarQuestion({ view: 'day', date: '2027-01-01' }, today)).toEqual({
		view: 'day',
		date: '2027-01-01',
	});
});
