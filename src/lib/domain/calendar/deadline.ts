import { addDays, daysBetween, endOfIstDay, istDate, weekday } from './ist.ts';

export const DAY_KINDS = ['calendar', 'working'] as const;
/** 'calendar' counts every day; 'working' counts only days on which the offices are open. */
export type DayKind = (typeof DAY_KINDS)[number];

/** Saturday and Sunday: Haryana's offices work five days a week. */
export const DEFAULT_WEEKLY_OFF: ReadonlySet<number> = new Set([0, 6]);

/** Whether the offices are shut on that IST date. */
export function isClosed(
	date: string,
	holidays: ReadonlySet<string>,
	weeklyOff: ReadonlySet<number> = DEFAULT_WEEKLY_OFF,
): boolean {
	return weeklyOff.has(weekday(date)) || holidays.has(date);
}

/**
 * The last instant of the Nth day after `start`, in IST.
 *
 * The day of entry is not counted (General Clauses Act 1897, s. 9); when the last day finds the
 * offices closed, the next open day counts as in time (s. 10). `days` is a whole number, 0 = today.
 * `holidays` are IST dates of the jurisdiction, as known now: the result is stored and a holiday
 * declared later does not move it.
 */
export function deadlineAfter(
	start: Date,
	days: number,
	kind: DayKind,
	holidays: ReadonlySet<string>,
	weeklyOff: ReadonlySet<number> = DEFAULT_WEEKLY_OFF,
): Date {
	if (!Number.isInteger(days) || days < 0) throw new RangeError(`not a number of days: ${days}`);
	if (weeklyOff.size >= 7) throw new RangeError('offices that never open have no deadlines');
	const closed = (date: string) => isClosed(date, holidays, weeklyOff);

	let date = istDate(start);
	if (kind === 'calendar') {
		date = addDays(date, days);
	} else {
		for (let counted = 0; counted < days;) {
			date = addDays(date, 1);
			if (!closed(date)) counted += 1;
		}
	}
	while (closed(date)) date = addDays(date, 1);
	return endOfIstDay(date);
}

/** Whole IST days left: 0 on the last day, negative as soon as the deadline has passed. */
export function daysLeft(deadline: Date, now: Date): number {
	const days = daysBetween(istDate(now), istDate(deadline));
	return now > deadline ? Math.min(days, -1) : days;
}

/** The part of the time from `from` to `deadline` that is used up at `now`, 0..1. */
export function shareElapsed(from: Date, deadline: Date, now: Date): number {
	const whole = deadline.getTime() - from.getTime();
	if (whole <= 0) return now < deadline ? 0 : 1;
	return Math.min(1, Math.max(0, (now.getTime() - from.getTime()) / whole));
}
