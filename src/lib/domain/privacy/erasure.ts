import { addDays, isDate, istDate } from '../calendar/ist.ts';
import { FINAL_STATES, type GrievanceState } from '../grievance/states.ts';

/**
 * How long the text of a finished grievance stays although its citizen wants it erased, counted from
 * the last entry of its timeline. The Public Records Act 1993 has each records-creating agency keep a
 * schedule; three years is our assumption until the department's own schedule names a figure.
 */
export const HOLD = {
	years: 3,
	source: 'Public Records Act 1993, s.6: schedules of retention',
	assumed: true,
} as const;

export interface HeldCase {
	id: string;
	state: GrievanceState;
	/** A direction in force or a live booking: the government still works on it. */
	workGoesOn: boolean;
	/** Instant of the newest entry of its timeline. */
	lastEventAt: Date;
}

/**
 * The IST day on which a grievance's personal text may go: the day after the hold, whose first day is
 * not counted (General Clauses Act 1897, s.9). Null while work on it goes on.
 */
export function eraseCaseOn(one: HeldCase): string | null {
	const isFinal = FINAL_STATES.some((state) => state === one.state);
	if (!isFinal || one.workGoesOn) return null;
	return addDays(yearsLater(istDate(one.lastEventAt), HOLD.years), 1);
}

/** The same day of a later year; 29 February becomes the 28th. */
function yearsLater(day: string, years: number): string {
	const same = `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
	return isDate(same) ? same : `${same.slice(0, 8)}28`;
}

export interface ErasurePlan {
	cases: { id: string; on: string | null }[];
	/** When name, mobile and sign-in go: with the last case. Null: a case still runs, no day is known. */
	accountOn: string | null;
}

/**
 * What an erasure may take and when. Unfinished filings, fields kept of a card, its photo and contact
 * details that no case needs go at once, whatever the cases; they are not part of the plan.
 */
export function erasurePlan(cases: readonly HeldCase[], now: Date): ErasurePlan {
	const days = cases.map((one) => ({ id: one.id, on: eraseCaseOn(one) }));
	const accountOn = days.reduce<string | null>(
		(last, { on }) => (last === null || on === null ? null : on > last ? on : last),
		istDate(now),
	);
	return { cases: days, accountOn };
}

/** Whether the day has come, in India. */
export function isDue(on: string | null, now: Date): boolean {
	return on !== null && istDate(now) >= on;
}
