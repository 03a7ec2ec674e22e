import type { RefusalCode } from '../refusal.ts';

export const BOOKING_STATES = [
	'proposed',
	'confirmed',
	'fulfilled',
	'excused',
	'revoked',
	'no_show',
	'superseded',
] as const;
export type BookingState = (typeof BOOKING_STATES)[number];

/** A booking that holds its seat. */
export const LIVE_BOOKING_STATES = [
	'proposed',
	'confirmed',
] as const satisfies readonly BookingState[];

export function isLiveBooking(state: BookingState): boolean {
	return state === 'proposed' || state === 'confirmed';
}

/** An end in which the hearing does not take place. */
export function isCalledOff(state: BookingState): boolean {
	return state === 'excused' || state === 'revoked' || state === 'superseded';
}

export const BOOKING_EVENTS = [
	'confirm',
	'fulfil',
	'excuse',
	'revoke',
	'mark_no_show',
	'supersede',
] as const;
export type BookingEvent = (typeof BOOKING_EVENTS)[number];

const TABLE: Readonly<Record<BookingEvent, { from: readonly BookingState[]; to: BookingState }>> = {
	confirm: { from: ['proposed'], to: 'confirmed' },
	/** The hearing took place, also when it was adjourned. */
	fulfil: { from: ['confirmed'], to: 'fulfilled' },
	/** The citizen cancelled. */
	excuse: { from: ['proposed', 'confirmed'], to: 'excused' },
	/** The office cancelled, was absent, or its system failed: never the citizen's fault. */
	revoke: { from: ['proposed', 'confirmed'], to: 'revoked' },
	/** A person found the citizen absent; never set by a timer. */
	mark_no_show: { from: ['confirmed'], to: 'no_show' },
	/** Moved: another booking took its place. */
	supersede: { from: ['proposed', 'confirmed'], to: 'superseded' },
};

/** What becomes of a booking. A booking that has ended stays as it is. */
export function transitionBooking(
	state: BookingState,
	event: BookingEvent,
): { state: BookingState } | { refusal: RefusalCode } {
	const row = TABLE[event];
	return row.from.includes(state) ? { state: row.to } : { refusal: 'bad_transition' };
}

export const SLOT_STATES = ['open', 'closing', 'closed'] as const;
/** 'closing': its bookings are being moved away, nothing new comes in. */
export type SlotState = (typeof SLOT_STATES)[number];

/** Whether a slot takes bookings at all; whether it has a free seat only the database can say. */
export function isBookable(
	slot: { startsAt: Date; state: SlotState },
	now: Date,
): true | Extract<RefusalCode, 'slot_past' | 'slot_closed'> {
	if (slot.startsAt <= now) return 'slot_past';
	return slot.state === 'open' ? true : 'slot_closed';
}
