/** Those still to be heard in one sitting. The caller leaves out who is in the room, heard or absent. */
export type QueueEntry = {
	bookingId: string;
	/** Told to the citizen at booking and never changed. */
	tokenNo: number;
	/** Place among the others; null until a skip first moves somebody: then the token decides. */
	position: number | null;
	/** How often this citizen was called without an answer; absent is none. */
	skips?: number;
};

/** Places a citizen goes back who does not answer a call. */
export const SKIP_PLACES = 3;

/** The order in which they are called. */
export function queueOrder<T extends QueueEntry>(entries: readonly T[]): T[] {
	return [...entries].sort((a, b) => place(a) - place(b) || a.tokenNo - b.tokenNo);
}

/** How many are called before this one; null when it does not wait. */
export function peopleAhead(entries: readonly QueueEntry[], bookingId: string): number | null {
	const index = queueOrder(entries).findIndex((entry) => entry.bookingId === bookingId);
	return index < 0 ? null : index;
}

/**
 * The queue after a call without an answer: three places back, or last when fewer wait behind. The
 * ones that move up take over each other's positions, so at most four rows change, positions stay
 * whole numbers and somebody who books late still falls where the token says. Answers all entries in
 * their new order. Throws RangeError for one who does not wait.
 */
export function requeue<T extends QueueEntry>(entries: readonly T[], bookingId: string): T[] {
	const order = queueOrder(entries);
	const from = order.findIndex((entry) => entry.bookingId === bookingId);
	const skipped = order[from];
	if (!skipped) throw new RangeError('this booking does not wait');
	const to = Math.min(from + SKIP_PLACES, order.length - 1);
	const places = order.map(place);

	order.splice(from, 1);
	order.splice(to, 0, { ...skipped, skips: (skipped.skips ?? 0) + 1 });
	return order.map((entry, index) => {
		const position = index >= from && index <= to && from < to ? places[index] : entry.position;
		return position === undefined ? entry : { ...entry, position };
	});
}

/** Minutes to wait, rounded up, by the sitting's own pace when there is one, else by the plan. */
export function estimatedWait(
	ahead: number,
	slotMinutes: number,
	medianMinutes: number | null,
): number {
	return Math.ceil(ahead * (medianMinutes ?? slotMinutes));
}

function place(entry: QueueEntry): number {
	return entry.position ?? entry.tokenNo;
}
