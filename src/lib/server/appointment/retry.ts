import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sqlState, violatedConstraint, type Tx } from '#lib/server/platform/db.ts';

/**
 * How often each is tried. Deadlock and serialisation failure go away by themselves; an overlap may,
 * when the rival that caused it was itself on the way elsewhere.
 */
const TRIES: Readonly<Record<string, number>> = { '40001': 6, '40P01': 6, '23P01': 3 };

const JITTER_MS = 20;

/** Runs work that opens its own transaction again when rivals got in its way, after a short random pause. */
export async function withRetry<T>(work: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await work();
		} catch (error) {
			if (attempt >= (TRIES[sqlState(error) ?? ''] ?? 1)) throw error;
			await new Promise((done) => setTimeout(done, Math.random() * JITTER_MS * attempt));
		}
	}
}

/** What the database's own constraints say no to, as refusals; everything else as it came. */
export function refuseConflict(error: unknown): never {
	switch (violatedConstraint(error)) {
		case 'booking_one_live':
			throw new Refusal('already_booked');
		case 'booking_party_one_place':
			throw new Refusal('slot_overlaps');
	}
	// Rivals hold every free seat for longer than anybody waits.
	if (sqlState(error) === '55P03') throw new Refusal('slot_full');
	throw error;
}

/** One transaction of a command on seats and bookings: retried, conflicts as refusals. */
export function change<T>(ctx: Pick<Context, 'db'>, work: (tx: Tx) => Promise<T>): Promise<T> {
	return withRetry(() => ctx.db.transaction(work)).catch(refuseConflict);
}
