import type { RefusalCode } from '../refusal.ts';

export const HEARING_STATES = [
	'scheduled',
	'lobby_open',
	'in_session',
	'paused',
	'concluded',
	'cancelled',
] as const;
export type HearingState = (typeof HEARING_STATES)[number];

export const DISPOSITIONS = [
	'heard',
	'adjourned',
	'citizen_absent',
	'officer_absent',
	'technical_failure',
] as const;
/** How a hearing ended; there is no end without one. */
export type Disposition = (typeof DISPOSITIONS)[number];

export type HearingEvent =
	| { type: 'open_lobby' }
	/** The officer calls; the citizen has `CALL_SECONDS`. */
	| { type: 'call' }
	/** No answer, or skipped by hand: back into the queue, never a no-show. */
	| { type: 'requeue' }
	| { type: 'answer' }
	| { type: 'pause' }
	| { type: 'resume' }
	| { type: 'conclude'; disposition: Disposition }
	| { type: 'cancel' };

export type HearingContext = {
	/** The running call, null when nobody is being called. */
	calledAt: Date | null;
	/** Calls made so far, the running one included. */
	timesCalled: number;
	now: Date;
};

export type HearingTransition =
	{ state: HearingState; calledAt: Date | null } | { refusal: RefusalCode };

/** Seconds a called citizen has before a skip. */
export const CALL_SECONDS = 120;

type Row = {
	from: readonly HearingState[];
	to: HearingState;
	/** What the event does to the running call. */
	call: 'keeps' | 'sets' | 'ends';
	guard?: (context: HearingContext) => RefusalCode | null;
};

const isCalled = (context: HearingContext): RefusalCode | null =>
	context.calledAt === null ? 'not_called' : null;

const TABLE: Readonly<Record<Exclude<HearingEvent['type'], 'conclude'>, Row>> = {
	open_lobby: { from: ['scheduled'], to: 'lobby_open', call: 'ends' },
	call: {
		from: ['lobby_open'],
		to: 'lobby_open',
		call: 'sets',
		guard: (context) => (context.calledAt === null ? null : 'already_called'),
	},
	requeue: { from: ['lobby_open'], to: 'lobby_open', call: 'ends', guard: isCalled },
	// A late answer that finds the call still standing is welcome: the clock only allows a skip.
	answer: { from: ['lobby_open'], to: 'in_session', call: 'ends', guard: isCalled },
	pause: { from: ['in_session'], to: 'paused', call: 'keeps' },
	resume: { from: ['paused'], to: 'in_session', call: 'keeps' },
	/** Once people sit together a hearing is concluded, never cancelled. */
	cancel: { from: ['scheduled', 'lobby_open'], to: 'cancelled', call: 'ends' },
};

/** In which states a hearing can end in which way. */
const CONCLUDES_FROM: Readonly<Record<Disposition, readonly HearingState[]>> = {
	heard: ['in_session', 'paused'],
	adjourned: ['in_session', 'paused'],
	citizen_absent: ['lobby_open'],
	officer_absent: ['scheduled', 'lobby_open'],
	technical_failure: ['lobby_open', 'in_session', 'paused'],
};

/** Whether the hearing can end in this way from this state. */
export function mayConclude(state: HearingState, disposition: Disposition): boolean {
	return CONCLUDES_FROM[disposition].includes(state);
}

/**
 * The single authority on a hearing's state. Late and repeated events are refused, not applied.
 * Neither presence nor media are looked at: a dropped phone pauses nothing, an empty room ends nothing.
 */
export function transition(
	state: HearingState,
	event: HearingEvent,
	context: HearingContext,
): HearingTransition {
	if (state === 'concluded' || state === 'cancelled') {
		const again = state === 'concluded' && event.type === 'conclude';
		return { refusal: again ? 'already_concluded' : 'hearing_ended' };
	}
	if (event.type === 'conclude') {
		if (!mayConclude(state, event.disposition)) return { refusal: 'bad_transition' };
		// Nobody is absent who was never called.
		if (event.disposition === 'citizen_absent' && context.timesCalled < 1) {
			return { refusal: 'not_called' };
		}
		return { state: 'concluded', calledAt: null };
	}
	const row = TABLE[event.type];
	if (!row.from.includes(state)) return { refusal: 'bad_transition' };
	const refusal = row.guard?.(context) ?? null;
	if (refusal) return { refusal };
	const calledAt = { keeps: context.calledAt, sets: context.now, ends: null }[row.call];
	return { state: row.to, calledAt };
}

/** When a running call may be skipped by itself. */
export function callEndsAt(calledAt: Date): Date {
	return new Date(calledAt.getTime() + CALL_SECONDS * 1000);
}
