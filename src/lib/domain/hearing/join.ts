import { isLiveBooking, type BookingState } from '../appointment/booking.ts';
import { lobbyOpensAt, type SittingState } from '../appointment/sitting.ts';
import type { RefusalCode } from '../refusal.ts';
import type { HearingState } from './states.ts';

export type JoinFacts = {
	hearingState: HearingState;
	bookingStatus: BookingState;
	sittingState: SittingState;
	/** Start of the booked slot. */
	startsAt: Date;
	now: Date;
};

/**
 * Whether a party may open the hearing's page and wait there (the room itself opens by a call). From
 * 60 minutes before the slot, or earlier when the officer opened the lobby; until the hearing has
 * ended, its booking was given up, or its sitting closed without it. Whose hearing it is, policy asks.
 */
export function mayEnter({
	hearingState,
	bookingStatus,
	sittingState,
	startsAt,
	now,
}: JoinFacts): 'open' | Extract<RefusalCode, 'hearing_not_yet' | 'hearing_ended'> {
	if (hearingState === 'concluded' || hearingState === 'cancelled') return 'hearing_ended';
	if (!isLiveBooking(bookingStatus)) return 'hearing_ended';
	// People who sit together are not locked out by the sitting's own state.
	if (hearingState === 'in_session' || hearingState === 'paused') return 'open';
	if (sittingState === 'closed' || sittingState === 'cancelled') return 'hearing_ended';
	if (hearingState === 'lobby_open') return 'open';
	return now >= lobbyOpensAt(startsAt) ? 'open' : 'hearing_not_yet';
}
