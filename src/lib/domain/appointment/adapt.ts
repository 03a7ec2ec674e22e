import type { SlotState } from './booking.ts';
import type { SeatQuota } from './claim.ts';
import {
	overlaps,
	seatsOf,
	type Closure,
	type SeatPlan,
	type SittingPlan,
	type SlotPlan,
} from './slots.ts';

/** A seat as it is. `held`: somebody is choosing it just now. */
export interface StandingSeat {
	seatNo: number;
	tokenNo: number;
	quota: SeatQuota;
	generalFrom: Date | null;
	held: boolean;
	bookingId: string | null;
	/** Beyond the slot's capacity, on somebody's word. */
	extra: boolean;
}

export interface StandingSlot {
	id: string;
	startsAt: Date;
	endsAt: Date;
	state: SlotState;
	seats: readonly StandingSeat[];
}

/** A sitting with those of its slots that have not begun. */
export interface StandingSitting {
	id: string;
	date: string;
	startsAt: Date;
	/** Made by the schedule; others are a clerk's own and follow closures alone. */
	scheduled: boolean;
	/** Neither closed nor cancelled. */
	live: boolean;
	/** Highest token of slots that are not in the list. */
	tokensBefore: number;
	slots: readonly StandingSlot[];
}

export interface NewSeat extends SeatPlan {
	tokenNo: number;
	/** Start of its slot, which names it within the sitting. */
	slotStart: Date;
}

export interface Adaptation {
	/** Slots without bookings that no longer fit. */
	closes: string[];
	/** Slots that take nothing new until their bookings have moved. */
	closing: string[];
	/** Slots that were shut, or of another length, and take bookings now. */
	reopens: { id: string; startsAt: Date; endsAt: Date }[];
	/** Slots for sittings that there are. */
	adds: { sittingId: string; slots: SlotPlan[] }[];
	/** Sittings on days that have none. */
	sittings: SittingPlan[];
	/** The free seats of these sittings are made anew, in the order of time. */
	reseats: { sittingId: string; seats: NewSeat[] }[];
	/** Bookings that must move, and where they are. */
	touched: { bookingId: string; slotId: string }[];
}

/**
 * What has to happen for what stands to become what is wanted. Nobody's seat is taken away: a slot
 * with bookings that no longer fits becomes `closing` and its bookings are named; of a slot that is
 * now too small, those with the highest tokens. `wanted` reaches over all dates of `standing`; new
 * slots are made for dates up to `lastDate`. Applied, and asked again, it has nothing to do.
 */
export function adapt(
	standing: readonly StandingSitting[],
	{
		wanted,
		closures,
		lastDate,
	}: { wanted: readonly SittingPlan[]; closures: readonly Closure[]; lastDate: string },
): Adaptation {
	const answer: Adaptation = {
		...{ closes: [], closing: [], reopens: [], adds: [], sittings: [], reseats: [], touched: [] },
	};
	const plans = new Map(wanted.flatMap(({ slots }) => slots).map((plan) => [keyOf(plan), plan]));
	const blocked: Closure[] = [];
	const placed = new Set<string>();
	/** Live slots of scheduled sittings, for the numbering of their seats. */
	const kept = new Map<
		string,
		{ startsAt: Date; seats: readonly StandingSeat[]; plan: SlotPlan | null }[]
	>();
	const keep = (
		sittingId: string,
		one: { startsAt: Date; seats: readonly StandingSeat[]; plan: SlotPlan | null },
	) => kept.set(sittingId, [...(kept.get(sittingId) ?? []), one]);

	for (const sitting of standing) {
		if (!sitting.live) {
			// What has ended is not made again.
			blocked.push(...sitting.slots);
			continue;
		}
		for (const slot of sitting.slots) {
			const plan =
				sitting.scheduled && !placed.has(keyOf(slot)) ? (plans.get(keyOf(slot)) ?? null) : null;
			const fits = sitting.scheduled
				? plan !== null
				: !closures.some((closure) => overlaps(closure, slot));
			const leaving = leavingOf(slot, fits, plan);
			if (fits && plan) placed.add(keyOf(slot));
			answer.touched.push(...leaving.map((bookingId) => ({ bookingId, slotId: slot.id })));
			const state = leaving.length > 0 ? 'closing' : fits ? 'open' : 'closed';
			if (state !== 'closed') {
				blocked.push(slot);
				if (sitting.scheduled)
					keep(sitting.id, { ...slot, plan: leaving.length > 0 ? null : plan });
			}
			if (state === slot.state) continue;
			if (state === 'open') {
				answer.reopens.push({ id: slot.id, startsAt: slot.startsAt, endsAt: slot.endsAt });
			} else {
				answer[state === 'closing' ? 'closing' : 'closes'].push(slot.id);
			}
		}
	}

	for (const day of wanted) {
		if (day.date > lastDate) continue;
		const missing = day.slots.filter(
			(plan) => !placed.has(keyOf(plan)) && !blocked.some((other) => overlaps(other, plan)),
		);
		const [first, last] = [missing.at(0), missing.at(-1)];
		if (!first || !last) continue;
		const into = standing.find((one) => one.date === day.date && one.live && one.scheduled);
		if (!into) {
			// A sitting that ended keeps its place in the books.
			if (standing.some(({ startsAt }) => startsAt.getTime() === first.startsAt.getTime()))
				continue;
			answer.sittings.push({
				...{ date: day.date, startsAt: first.startsAt, endsAt: last.endsAt, slots: missing },
			});
			continue;
		}
		const fresh: SlotPlan[] = [];
		for (const plan of missing) {
			keep(into.id, { startsAt: plan.startsAt, seats: [], plan });
			const shut = into.slots.find(
				({ startsAt }) => startsAt.getTime() === plan.startsAt.getTime(),
			);
			if (!shut) fresh.push(plan);
			else answer.reopens.push({ id: shut.id, startsAt: plan.startsAt, endsAt: plan.endsAt });
			answer.closes = answer.closes.filter((id) => id !== shut?.id);
		}
		if (fresh.length > 0) answer.adds.push({ sittingId: into.id, slots: fresh });
	}

	for (const sitting of standing) {
		if (!sitting.live || !sitting.scheduled) continue;
		const slots = (kept.get(sitting.id) ?? []).sort(
			(a, b) => a.startsAt.getTime() - b.startsAt.getTime(),
		);
		const seats = slots.flatMap(({ startsAt, seats, plan }) =>
			plan ? freeSeats(startsAt, seats, plan) : [],
		);
		const free = sitting.slots.flatMap(({ startsAt, seats }) =>
			seats.filter((seat) => !isTaken(seat)).map((seat) => ({ ...seat, slotStart: startsAt })),
		);
		if (sameSeats(seats, free)) continue;
		const used = new Set(
			sitting.slots.flatMap((one) => one.seats.filter(isTaken).map(({ tokenNo }) => tokenNo)),
		);
		let next = sitting.tokensBefore;
		const numbered = seats.map((seat) => {
			do next += 1;
			while (used.has(next));
			return { ...seat, tokenNo: next };
		});
		answer.reseats.push({ sittingId: sitting.id, seats: numbered });
	}
	return answer;
}

/** Whether there is anything to do at all. */
export function changesNothing(change: Adaptation): boolean {
	return Object.values(change).every((list) => list.length === 0);
}

const keyOf = ({ startsAt, endsAt }: Closure) => `${startsAt.getTime()}-${endsAt.getTime()}`;

const isTaken = (seat: StandingSeat) => seat.bookingId !== null || seat.held || seat.extra;

/** The bookings of a slot that have to move. */
function leavingOf(slot: StandingSlot, fits: boolean, plan: SlotPlan | null): string[] {
	const booked = slot.seats
		.filter((seat) => seat.bookingId !== null && (!fits || !seat.extra))
		.sort((a, b) => a.tokenNo - b.tokenNo)
		.flatMap(({ bookingId }) => bookingId ?? []);
	if (!fits) return booked;
	return plan ? booked.slice(plan.capacity) : [];
}

/** The seats that a slot needs besides those that somebody has. */
function freeSeats(
	slotStart: Date,
	seats: readonly StandingSeat[],
	plan: SlotPlan,
): Omit<NewSeat, 'tokenNo'>[] {
	const taken = seats.filter(isTaken);
	const numbers = new Set(taken.map(({ seatNo }) => seatNo));
	const labels = seatsOf(plan);
	for (const { quota } of taken.filter(({ extra }) => !extra)) {
		const same = labels.findIndex((one) => one.quota === quota);
		// A label that the rule no longer knows counts as general, so that what is kept stays kept.
		labels.splice(Math.max(same, 0), 1);
	}
	let seatNo = 0;
	return labels.map(({ quota, generalFrom }) => {
		do seatNo += 1;
		while (numbers.has(seatNo));
		return { seatNo, quota, generalFrom, slotStart };
	});
}

type Comparable = Omit<NewSeat, 'tokenNo'>;

function sameSeats(a: readonly Comparable[], b: readonly Comparable[]): boolean {
	const text = (list: readonly Comparable[]) =>
		list
			.map(({ slotStart, seatNo, quota, generalFrom }) =>
				[slotStart.getTime(), seatNo, quota, generalFrom?.getTime()].join(),
			)
			.sort()
			.join(';');
	return text(a) === text(b);
}
