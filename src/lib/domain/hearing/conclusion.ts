import type { BookingEvent } from '../appointment/booking.ts';
import { isDate, istDate } from '../calendar/ist.ts';
import { mayConclude, type Disposition, type HearingState } from './states.ts';

export { DISPOSITIONS, type Disposition } from './states.ts';

export const ORDERS = ['granted', 'partly_granted', 'refused', 'none_yet'] as const;
export type Order = (typeof ORDERS)[number];

export const DIRECTION_KINDS = ['report', 'action'] as const;
export type DirectionKind = (typeof DIRECTION_KINDS)[number];

export type DirectionDraft = {
	kind: DirectionKind;
	postId: string;
	/** IST date by whose end the post must have answered. */
	dueDate: string;
};

export type Conclusion = {
	disposition: Disposition;
	/** Only for a hearing that was heard. */
	order: Order | null;
	reasons: string | null;
	directions: readonly DirectionDraft[];
	/** Start of the slot for the next date; only for an adjourned hearing. */
	nextSlotStart: Date | null;
};

export const CONCLUSION_ISSUES = [
	'disposition_not_allowed',
	'order_required',
	'order_not_allowed',
	'reasons_required',
	'directions_not_allowed',
	'direction_post_required',
	'due_date_invalid',
	'due_date_past',
	'next_date_required',
	'next_date_not_allowed',
	'next_date_past',
	'next_date_before_due',
] as const;
export type ConclusionIssueCode = (typeof CONCLUSION_ISSUES)[number];
/** `direction` is the index of the direction it is about. */
export type ConclusionIssue = { code: ConclusionIssueCode; direction?: number };

/** Everything that stands against ending the hearing so; empty when nothing does. */
export function checkConclusion(
	input: Conclusion & { hearingState: HearingState; now: Date },
): ConclusionIssue[] {
	const issues: ConclusionIssue[] = [];
	if (!mayConclude(input.hearingState, input.disposition)) {
		issues.push({ code: 'disposition_not_allowed' });
	}
	issues.push(...orderIssues(input), ...directionIssues(input), ...nextDateIssues(input));
	return issues;
}

function orderIssues({ disposition, order, reasons }: Conclusion): ConclusionIssue[] {
	if (disposition !== 'heard') {
		return order === null || order === 'none_yet' ? [] : [{ code: 'order_not_allowed' }];
	}
	if (order === null) return [{ code: 'order_required' }];
	// Who does not get all that was asked for is told why, in writing.
	const needsReasons = order === 'refused' || order === 'partly_granted';
	return needsReasons && (reasons ?? '').trim() === '' ? [{ code: 'reasons_required' }] : [];
}

function directionIssues({
	disposition,
	directions,
	now,
}: Conclusion & { now: Date }): ConclusionIssue[] {
	// Without the officer nobody was there who could direct.
	if (disposition === 'officer_absent' && directions.length > 0) {
		return [{ code: 'directions_not_allowed' }];
	}
	return directions.flatMap((draft, direction) => {
		const issues: ConclusionIssue[] = [];
		if (draft.postId === '') issues.push({ code: 'direction_post_required', direction });
		if (!isDate(draft.dueDate)) issues.push({ code: 'due_date_invalid', direction });
		else if (draft.dueDate < istDate(now)) issues.push({ code: 'due_date_past', direction });
		return issues;
	});
}

function nextDateIssues({
	disposition,
	directions,
	nextSlotStart,
	now,
}: Conclusion & { now: Date }): ConclusionIssue[] {
	if (disposition !== 'adjourned') {
		return nextSlotStart === null ? [] : [{ code: 'next_date_not_allowed' }];
	}
	if (nextSlotStart === null) return [{ code: 'next_date_required' }];
	if (nextSlotStart <= now) return [{ code: 'next_date_past' }];
	// The next hearing has the reports before it: it is on a date after the last due date.
	const last = lastDueDate(directions);
	return last !== null && istDate(nextSlotStart) <= last ? [{ code: 'next_date_before_due' }] : [];
}

/** The latest due date, null without directions: an adjourned hearing goes on after it. */
export function lastDueDate(directions: readonly { dueDate: string }[]): string | null {
	return directions.reduce<string | null>(
		(last, { dueDate }) => (last === null || dueDate > last ? dueDate : last),
		null,
	);
}

export type ConclusionEffects = {
	booking: BookingEvent;
	/** The order decides the grievance, subject to the citizen's answer. */
	resolvesGrievance: boolean;
	/** The seat at `nextSlotStart` is claimed in the same step. */
	booksNextDate: boolean;
	/** The citizen was not heard through no fault of their own: the request for a hearing stands. */
	keepsRequest: boolean;
};

const BOOKING_EVENT: Readonly<Record<Disposition, BookingEvent>> = {
	heard: 'fulfil',
	adjourned: 'fulfil',
	citizen_absent: 'mark_no_show',
	officer_absent: 'revoke',
	technical_failure: 'revoke',
};

/** What follows from a conclusion that `checkConclusion` has passed. */
export function effectsOf({
	disposition,
	order,
}: Pick<Conclusion, 'disposition' | 'order'>): ConclusionEffects {
	return {
		booking: BOOKING_EVENT[disposition],
		resolvesGrievance: disposition === 'heard' && order !== null && order !== 'none_yet',
		booksNextDate: disposition === 'adjourned',
		keepsRequest: disposition === 'officer_absent' || disposition === 'technical_failure',
	};
}
