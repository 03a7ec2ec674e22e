import { addDays, daysBetween, isDate, weekday } from '../calendar/ist.ts';

export const CALENDAR_VIEWS = ['day', 'week', 'month'] as const;
export type CalendarView = (typeof CALENDAR_VIEWS)[number];

/** What an address asks for: the week of today unless it says otherwise. Nonsense is passed over. */
export function calendarQuestion(
	asked: { view: string | null; date: string | null },
	today: string,
): { view: CalendarView; date: string } {
	const view = CALENDAR_VIEWS.find((one) => one === asked.view) ?? 'week';
	const date = asked.date !== null && isDate(asked.date) ? asked.date : today;
	// Farther away nothing is planned or kept, and leafing has an end.
	return { view, date: Math.abs(daysBetween(today, date)) <= 3660 ? date : today };
}

export interface CalendarRange {
	/** First and last IST date shown. */
	from: string;
	to: string;
	/** A date in the view before and after. */
	previous: string;
	next: string;
}

/** The dates that a view of a date shows; weeks begin on Monday. */
export function calendarRange(view: CalendarView, date: string): CalendarRange {
	switch (view) {
		case 'day':
			return { from: date, to: date, previous: addDays(date, -1), next: addDays(date, 1) };
		case 'week': {
			const from = addDays(date, -((weekday(date) + 6) % 7));
			const to = addDays(from, 6);
			return { from, to, previous: addDays(from, -7), next: addDays(from, 7) };
		}
		case 'month': {
			const from = `${date.slice(0, 7)}-01`;
			const next = `${addDays(from, 31).slice(0, 7)}-01`;
			const previous = `${addDays(from, -1).slice(0, 7)}-01`;
			return { from, to: addDays(next, -1), previous, next };
		}
	}
}
