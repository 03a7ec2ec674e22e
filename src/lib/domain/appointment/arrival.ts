import { istDate } from '../calendar/ist.ts';
import type { RefusalCode } from '../refusal.ts';
import type { BookingState } from './booking.ts';
import type { SittingState } from './sitting.ts';

export type Arrival = {
	status: BookingState;
	sittingState: SittingState;
	startsAt: Date;
};

/**
 * Whether the clerk may note that the citizen of a booking has come, or take that back: on the day of
 * the hearing, while its sitting can still take place and the booking stands.
 */
export function mayArrive(
	{ status, sittingState, startsAt }: Arrival,
	now: Date,
): true | Extract<RefusalCode, 'booking_over' | 'arrival_not_today'> {
	const live = status === 'confirmed' || status === 'proposed';
	if (!live || sittingState === 'closed' || sittingState === 'cancelled') return 'booking_over';
	return istDate(startsAt) === istDate(now) ? true : 'arrival_not_today';
}
