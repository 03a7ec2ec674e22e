import { istDate, MINUTE_MS } from '../calendar/ist.ts';

/**
 * Nobody is sent to a time that begins sooner than this after the plan: whoever is on the way must
 * first read the message.
 */
export const MOVE_NOTICE_MINUTES = 120;

/** From when a booking may be moved to, given the schedule's own lead time. */
export function earliestTarget(now: Date, leadMinutes: number): Date {
	return new Date(now.getTime() + Math.max(leadMinutes, MOVE_NOTICE_MINUTES) * MINUTE_MS);
}

export interface Interval {
	startsAt: Date;
	endsAt: Date;
}

/** A booking whose time the office takes away. */
export interface LeavingBooking extends Interval {
	bookingId: string;
	tokenNo: number;
	/** Labels of the seats that it may take. */
	quotas: readonly string[];
	/** Citizen and summoned posts: nobody of them can be in two sittings at once. */
	parties: readonly string[];
}

export interface TargetSlot extends Interval {
	id: string;
	sittingId: string;
	/** Labels of its free seats, as they count at the time of the plan. */
	freeSeats: readonly string[];
}

/** Where a party has to be anyway. */
export interface Engagement extends Interval {
	partyId: string;
	sittingId: string;
}

export interface MoveProblem {
	bookings: readonly LeavingBooking[];
	slots: readonly TargetSlot[];
	engagements: readonly Engagement[];
	/** Citizens a day at the most, and how many each IST date has now, those who leave included. */
	maxPerDay: number | null;
	bookedOn: ReadonlyMap<string, number>;
}

export interface PlannedMove {
	bookingId: string;
	/** Null: nothing is free, the waiting list. */
	slotId: string | null;
}

/**
 * Who goes where when an officer cannot hear them: the earliest slot with a fitting seat, in the order
 * of the present times and tokens, so that who came first stays first. Never earlier than the present
 * time (people have planned their day), never where a party must be elsewhere, never beyond the
 * officer's limit a day. The answer keeps that order.
 */
export function planMoves(problem: MoveProblem): PlannedMove[] {
	const slots = [...problem.slots]
		.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
		.map((slot) => ({ ...slot, date: istDate(slot.startsAt), freeSeats: [...slot.freeSeats] }));
	const bookedOn = new Map(problem.bookedOn);
	const busy = new Map<string, Engagement[]>();
	for (const one of problem.engagements) {
		busy.set(one.partyId, [...(busy.get(one.partyId) ?? []), one]);
	}
	const hasRoom = (date: string, from: string) =>
		problem.maxPerDay === null || date === from || (bookedOn.get(date) ?? 0) < problem.maxPerDay;

	return byPlace(problem.bookings).map((booking) => {
		const from = istDate(booking.startsAt);
		const slot = slots.find(
			(one) =>
				one.startsAt > booking.startsAt &&
				one.freeSeats.some((quota) => booking.quotas.includes(quota)) &&
				hasRoom(one.date, from) &&
				booking.parties.every((party) => isFree(busy.get(party), one)),
		);
		if (!slot) return { bookingId: booking.bookingId, slotId: null };
		// Seats that others may not have go first, so that the general ones last longer.
		const own = slot.freeSeats.findIndex(
			(quota) => quota !== 'general' && booking.quotas.includes(quota),
		);
		slot.freeSeats.splice(own < 0 ? slot.freeSeats.indexOf('general') : own, 1);
		if (slot.freeSeats.length === 0) slots.splice(slots.indexOf(slot), 1);
		bookedOn.set(from, (bookedOn.get(from) ?? 0) - 1);
		bookedOn.set(slot.date, (bookedOn.get(slot.date) ?? 0) + 1);
		for (const partyId of booking.parties) {
			busy.set(partyId, [...(busy.get(partyId) ?? []), { ...slot, partyId }]);
		}
		return { bookingId: booking.bookingId, slotId: slot.id };
	});
}

/** In the order in which they would have been heard. */
function byPlace<T extends LeavingBooking>(bookings: readonly T[]): T[] {
	return [...bookings].sort(
		(a, b) => a.startsAt.getTime() - b.startsAt.getTime() || a.tokenNo - b.tokenNo,
	);
}

/** Many sit in one sitting; it is two at once that nobody can. */
function isFree(engagements: readonly Engagement[] | undefined, slot: TargetSlot): boolean {
	return !engagements?.some(
		(one) =>
			one.sittingId !== slot.sittingId && one.startsAt < slot.endsAt && slot.startsAt < one.endsAt,
	);
}
