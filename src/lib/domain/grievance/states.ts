import type { RefusalCode } from '../refusal.ts';

export const GRIEVANCE_STATES = [
	'registered',
	'with_officer',
	'awaiting_citizen',
	'transfer_proposed',
	'resolved',
	'closed',
	'withdrawn',
	'merged',
	'rejected',
] as const;
export type GrievanceState = (typeof GRIEVANCE_STATES)[number];

/** Somebody in government still owes work. Each such grievance has an owner and a deadline. */
export const OPEN_STATES = [
	'registered',
	'with_officer',
	'awaiting_citizen',
	'transfer_proposed',
] as const satisfies readonly GrievanceState[];

/** States whose level runs against the clock; the escalation scan reads exactly these. */
export const CLOCK_STATES = [
	'registered',
	'with_officer',
	'transfer_proposed',
] as const satisfies readonly GrievanceState[];

/** Nothing more happens by itself. */
export const FINAL_STATES = [
	'closed',
	'withdrawn',
	'merged',
	'rejected',
] as const satisfies readonly GrievanceState[];

export const GRIEVANCE_EVENTS = [
	'registered',
	'escalated',
	'hearing_requested',
	'hearing_booked',
	'hearing_concluded',
	'direction_issued',
	'direction_answered',
	'direction_escalated',
	'resolved_by_order',
	'breach_noticed',
	'document_added',
	'proof_attested',
	'proof_checked',
	'erased',
] as const;
export type GrievanceEvent = (typeof GRIEVANCE_EVENTS)[number];

/**
 * Who must hear of it.
 * owner: the post that holds the grievance after the event; previous_owner: the one it left;
 * directed, previous_directed: the same for the direction; issuer: the post that gave the direction;
 * superior: the post above the owner; desk: the clerks who book; monitor: those who watch breaches.
 */
export type Effect =
	| 'notify_citizen'
	| 'notify_owner'
	| 'notify_previous_owner'
	| 'notify_superior'
	| 'notify_directed'
	| 'notify_previous_directed'
	| 'notify_issuer'
	| 'notify_desk'
	| 'notify_monitor';

/** What an event may change besides the state. Everything not named here must stay as it was. */
export type Move = 'owner' | 'deadline';

export type GrievanceContext = {
	/** The post that holds the grievance before the event; null while it is being filed. */
	ownerPostId: string | null;
	/** The post that is to hold it after 'registered' or 'escalated'. */
	nextOwnerPostId?: string | null;
	/** The office complained of: never an owner. */
	accusedPostId?: string | null;
	/** The hearing's order, for 'resolved_by_order'. */
	order?: 'granted' | 'partly_granted' | 'refused' | 'none_yet' | null;
};

export type Transition =
	| { state: GrievanceState; effects: readonly Effect[]; moves: readonly Move[] }
	| { refusal: RefusalCode };

type Row = {
	/** States in which the event may happen; null is a grievance not yet filed. */
	from: readonly (GrievanceState | null)[];
	to: GrievanceState | 'same';
	moves: readonly Move[];
	effects: readonly Effect[];
	guard?: (context: GrievanceContext) => RefusalCode | null;
};

const OPEN_OR_RESOLVED = [...OPEN_STATES, 'resolved'] as const;
/** A direction and a hearing have lives of their own: what comes of them is recorded also after closing. */
const RECORDED = [...OPEN_OR_RESOLVED, 'closed', 'withdrawn'] as const;
const NOTHING: readonly Move[] = [];

const TABLE: Readonly<Record<GrievanceEvent, Row>> = {
	/** Filed and routed in one step, so that no grievance is ever without an owner. */
	registered: {
		from: [null],
		to: 'with_officer',
		moves: ['owner', 'deadline'],
		effects: ['notify_citizen', 'notify_owner'],
		guard: ownerIsFit,
	},
	/** The deadline passed: one level up, with a clock that starts at the move. */
	escalated: {
		from: CLOCK_STATES,
		to: 'with_officer',
		moves: ['owner', 'deadline'],
		effects: ['notify_citizen', 'notify_previous_owner', 'notify_owner'],
		guard: ownerIsFitAndNew,
	},
	/** The deadline passed and nobody is above, or the last level is reached; told every 7 days. */
	breach_noticed: {
		from: CLOCK_STATES,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen', 'notify_owner', 'notify_superior', 'notify_monitor'],
	},
	hearing_requested: {
		from: OPEN_STATES,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_desk'],
	},
	/** Also when resolved: a department's resolution never takes the hearing from the citizen. */
	hearing_booked: {
		from: OPEN_OR_RESOLVED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen'],
	},
	hearing_concluded: {
		from: RECORDED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen', 'notify_owner'],
	},
	/** A direction binds the post it names; the grievance keeps its owner and its clock. */
	direction_issued: {
		from: OPEN_OR_RESOLVED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen', 'notify_directed'],
	},
	direction_answered: {
		from: RECORDED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen', 'notify_issuer'],
	},
	direction_escalated: {
		from: RECORDED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_citizen', 'notify_previous_directed', 'notify_directed', 'notify_issuer'],
	},
	/** A granting or refusing order. The new deadline is the citizen's, to accept or dispute. */
	resolved_by_order: {
		from: OPEN_OR_RESOLVED,
		to: 'resolved',
		moves: ['deadline'],
		effects: ['notify_citizen', 'notify_owner'],
		guard: ({ order }) =>
			order === undefined || order === null || order === 'none_yet' ? 'bad_transition' : null,
	},
	document_added: {
		from: OPEN_OR_RESOLVED,
		to: 'same',
		moves: NOTHING,
		effects: ['notify_owner'],
	},
	/** A clerk saw the paper that the citizen had only named. */
	proof_attested: {
		from: OPEN_OR_RESOLVED,
		to: 'same',
		moves: NOTHING,
		effects: [],
	},
	/** A registry answered, whenever it does: the answer is about the person, not the case. */
	proof_checked: {
		from: GRIEVANCE_STATES,
		to: 'same',
		moves: NOTHING,
		effects: [],
	},
	/** The citizen's personal text went, on request and after the hold; nobody is left to be told. */
	erased: {
		from: FINAL_STATES,
		to: 'same',
		moves: NOTHING,
		effects: [],
	},
};

/** Events that leave state, owner and deadline alone, whatever the context. */
export const HARMLESS_EVENTS: readonly GrievanceEvent[] = GRIEVANCE_EVENTS.filter(
	(event) => TABLE[event].to === 'same' && TABLE[event].moves.length === 0,
);

/** Days the citizen has to accept or dispute a resolution (calendar days). */
export const ANSWER_DAYS = 7;

/**
 * The single authority on what may happen to a grievance. `state` is null for one not yet filed.
 * Writes the new state, tells whom to notify, and names what else may move; all the rest must stay.
 */
export function transition(
	state: GrievanceState | null,
	event: GrievanceEvent,
	context: GrievanceContext,
): Transition {
	const row = TABLE[event];
	if (!row.from.includes(state)) return { refusal: 'bad_transition' };
	const refusal = row.guard?.(context) ?? null;
	if (refusal) return { refusal };
	const next = row.to === 'same' ? state : row.to;
	if (next === null) return { refusal: 'bad_transition' };
	return { state: next, effects: row.effects, moves: row.moves };
}

/** A grievance against an office is never held by it. */
function ownerIsFit(context: GrievanceContext): RefusalCode | null {
	const next = context.nextOwnerPostId ?? null;
	return next === null || next === (context.accusedPostId ?? null) ? 'no_post_for_place' : null;
}

function ownerIsFitAndNew(context: GrievanceContext): RefusalCode | null {
	if (context.nextOwnerPostId === context.ownerPostId) return 'bad_transition';
	return ownerIsFit(context);
}
