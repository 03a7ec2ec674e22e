import { istInstant, MINUTE_MS } from '../calendar/ist.ts';

const HOUR_MS = 60 * MINUTE_MS;

/**
 * So long a wish belongs to the desk alone: whoever files at a counter may get a date there and then.
 * Afterwards the wish gets a proposal by itself, long before its 24 hours are over.
 */
export const DESK_FIRST_MINUTES = 30;

/** A proposed hearing is at least so far ahead that the citizen can answer and prepare. */
export const PREPARE_HOURS = 72;

/** So long a proposed seat waits for the citizen's word. */
const ANSWER_HOURS = 48;

/** And never into the last day before the hearing, in which nobody else could use the seat. */
const ANSWER_BEFORE_HOURS = 24;

/** After so many proposals without an answer the grievance waits on the list instead. */
const MAX_UNANSWERED = 2;

/** After so many wishes for another day the citizen is asked to choose; until then, waits. */
const MAX_OTHER_DAYS = 3;

export interface ProposalCandidate {
	id: string;
	/** A hearing given before did not take place through the office's fault. */
	officeMissed: boolean;
	level: number;
	filedAt: Date;
	/** The citizen belongs to people for whom seats are kept. */
	inGroup: boolean;
}

/**
 * Who gets the next free seat first: whom the office failed before; then the higher level; then the
 * older case; then people for whom seats are kept; what is still alike goes by its id, so that two
 * workers agree.
 */
export function proposalOrder(a: ProposalCandidate, b: ProposalCandidate): number {
	return (
		Number(b.officeMissed) - Number(a.officeMissed) ||
		b.level - a.level ||
		a.filedAt.getTime() - b.filedAt.getTime() ||
		Number(b.inGroup) - Number(a.inGroup) ||
		(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
	);
}

/**
 * The instant from which a proposed hearing may begin: after the time to prepare, or the schedule's
 * lead time when that is longer, and not before the IST date on which the citizen can come.
 */
export function earliestProposal(
	now: Date,
	{ leadMinutes, notBefore }: { leadMinutes: number; notBefore: string | null },
): Date {
	const prepared = now.getTime() + Math.max(PREPARE_HOURS * HOUR_MS, leadMinutes * MINUTE_MS);
	const wanted = notBefore === null ? 0 : istInstant(notBefore).getTime();
	return new Date(Math.max(prepared, wanted));
}

/** Until when the proposal waits: two days, but never into the last day before the hearing. */
export function proposalAnswerBy(now: Date, startsAt: Date): Date {
	const two = now.getTime() + ANSWER_HOURS * HOUR_MS;
	return new Date(Math.min(two, startsAt.getTime() - ANSWER_BEFORE_HOURS * HOUR_MS));
}

/**
 * A proposal ran out: its seat goes to others. The first time the citizen gets one more proposal,
 * then a place on the waiting list. `unanswered` counts the one that just ran out.
 */
export function afterUnanswered(unanswered: number): 'propose' | 'wait' {
	return unanswered < MAX_UNANSWERED ? 'propose' : 'wait';
}

/** The citizen asked for another day. `asked` counts this time too. */
export function afterOtherDay(asked: number): 'propose' | 'wait' {
	return asked <= MAX_OTHER_DAYS ? 'propose' : 'wait';
}

/** 60 years, the age from which the schemes of both states speak of senior citizens. */
const SENIOR_AGE = 60;

/** Whether somebody born then ('YYYY-MM-DD', or the year alone) has reached 60 on the IST date. */
export function isSenior(dateOfBirth: string | null, today: string): boolean {
	const match = /^(\d{4})(?:-(\d{2}-\d{2}))?$/.exec(dateOfBirth ?? '');
	if (!match?.[1]) return false;
	const birthday = `${Number(match[1]) + SENIOR_AGE}-${match[2] ?? '12-31'}`;
	return birthday <= today;
}
