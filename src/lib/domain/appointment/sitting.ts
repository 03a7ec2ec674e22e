import { MINUTE_MS } from '../calendar/ist.ts';
import type { RefusalCode } from '../refusal.ts';

export const SITTING_STATES = ['planned', 'open', 'paused', 'closed', 'cancelled'] as const;
export type SittingState = (typeof SITTING_STATES)[number];

export const SITTING_EVENTS = ['open', 'pause', 'resume', 'close', 'cancel'] as const;
export type SittingEvent = (typeof SITTING_EVENTS)[number];

const TABLE: Readonly<Record<SittingEvent, { from: readonly SittingState[]; to: SittingState }>> = {
	open: { from: ['planned'], to: 'open' },
	pause: { from: ['open'], to: 'paused' },
	resume: { from: ['paused'], to: 'open' },
	close: { from: ['open', 'paused'], to: 'closed' },
	/** Only before it began; a sitting that began is closed and its rest moved. */
	cancel: { from: ['planned'], to: 'cancelled' },
};

/** The officer's hearing day as a whole. Repeated and late events are refused. */
export function transitionSitting(
	state: SittingState,
	event: SittingEvent,
): { state: SittingState } | { refusal: RefusalCode } {
	const row = TABLE[event];
	return row.from.includes(state) ? { state: row.to } : { refusal: 'bad_transition' };
}

export const LOBBY_MINUTES = 60;

/** From when a citizen may wait on the hearing's page: 60 minutes before the slot. */
export function lobbyOpensAt(startsAt: Date): Date {
	return new Date(startsAt.getTime() - LOBBY_MINUTES * MINUTE_MS);
}
