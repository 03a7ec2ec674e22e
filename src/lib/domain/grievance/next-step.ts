import { CLOCK_STATES, FINAL_STATES, type GrievanceState } from './states.ts';

export type NextStepFacts = {
	state: GrievanceState;
	level: number;
	lastLevel: number;
	/** End of the level's time; when resolved or awaiting the citizen, the end of the citizen's time. */
	deadline: Date | null;
	/** The post it would climb to (`nextHolder`), null when nobody fit is above. */
	nextPostId: string | null;
	/** When a breach that stays is told next; null before the first notice. */
	nextNoticeAt?: Date | null;
	/** The open direction with the earliest due date, and the post it would climb to. */
	direction?: { dueAt: Date; nextPostId: string | null } | null;
	/** The live booking. */
	booking?: { startsAt: Date } | null;
};

export type NextStepKind =
	'hearing' | 'escalates' | 'direction_escalates' | 'stays_breached' | 'citizen_answers' | 'closed';

export type NextStep = { kind: NextStepKind; at: Date | null; toPostId?: string };

/**
 * What happens next by itself, for the tracking page: the earliest of the booked hearing, the level's
 * end, the direction's end and the end of the citizen's time to answer.
 */
export function nextStep(facts: NextStepFacts): NextStep {
	if (includes(FINAL_STATES, facts.state)) return { kind: 'closed', at: null };
	const candidates: NextStep[] = [];
	if (facts.booking) candidates.push({ kind: 'hearing', at: facts.booking.startsAt });
	candidates.push(stepOfState(facts));
	// A direction whose line of superiors is exhausted stays where it is: nothing to announce.
	if (facts.direction && facts.direction.nextPostId !== null) {
		const { dueAt, nextPostId } = facts.direction;
		candidates.push({ kind: 'direction_escalates', at: dueAt, toPostId: nextPostId });
	}
	return candidates.reduce((first, other) => (time(other) < time(first) ? other : first));
}

function stepOfState(facts: NextStepFacts): NextStep {
	if (!includes(CLOCK_STATES, facts.state)) return { kind: 'citizen_answers', at: facts.deadline };
	if (facts.level < facts.lastLevel && facts.nextPostId !== null) {
		return { kind: 'escalates', at: facts.deadline, toPostId: facts.nextPostId };
	}
	return { kind: 'stays_breached', at: facts.nextNoticeAt ?? facts.deadline };
}

/** A step without a date comes after every step with one. */
function time(step: NextStep): number {
	return step.at?.getTime() ?? Infinity;
}

function includes(states: readonly GrievanceState[], state: GrievanceState): boolean {
	return states.includes(state);
}

export type ProgressFacts = {
	state: GrievanceState;
	hearing: 'none' | 'requested' | 'booked' | 'held';
	directions: { total: number; answered: number };
};

const HEARING_PERCENT = { none: 20, requested: 25, booked: 35, held: 50 } as const;

/**
 * How much is done, 0..100, by milestones and not by time: filed and with an officer 20, hearing asked
 * for 25, booked 35, held 50; the share of directions answered adds up to 30; resolved 90 (the citizen
 * has the last word); closed 100. Climbing a level neither adds nor takes.
 */
export function progressPercent({ state, hearing, directions }: ProgressFacts): number {
	if (includes(FINAL_STATES, state)) return 100;
	if (state === 'resolved') return 90;
	const answered = directions.total > 0 ? directions.answered / directions.total : 0;
	return HEARING_PERCENT[hearing] + Math.round(30 * Math.min(1, answered));
}
