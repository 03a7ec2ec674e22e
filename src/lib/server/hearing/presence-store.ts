import { eq, sql } from 'drizzle-orm';
import {
	applyPresence,
	type Interval,
	type Presence,
	type PresenceFact,
} from '#lib/domain/hearing/presence.ts';
import { attendance, hearingParty } from '#lib/server/db/schema/hearing.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import type { PartyRecord } from './rows.ts';

/** Reason of an end that the media server never told. */
export const ESTIMATED = 'estimated';

type Stay = typeof attendance.$inferSelect;

/** A stored stay as the domain reads it; the party's last sign of life is the evidence of a running one. */
export function intervalOf(stay: Stay, seenAt: Date | null): Interval {
	const evidence = seenAt && seenAt > stay.joinedAt ? seenAt : stay.joinedAt;
	return {
		sid: stay.sid,
		from: stay.joinedAt,
		to: stay.leftAt,
		lastSeenAt: stay.leftAt ?? evidence,
		fromEstimated: false,
		toEstimated: stay.reason === ESTIMATED,
	};
}

export async function staysOf(db: Db | Tx, partyId: string): Promise<Stay[]> {
	return db.select().from(attendance).where(eq(attendance.partyId, partyId));
}

/**
 * Applies facts to a party whose row is locked by the caller, and stores what they changed.
 * @param reason the media server's word for an end, kept with the stay
 */
export async function recordPresence(
	tx: Tx,
	party: PartyRecord,
	facts: readonly PresenceFact[],
	reason: string | null = null,
): Promise<PartyRecord> {
	const before: Presence = {
		status: party.presence,
		since: party.seenAt ?? new Date(0),
		sid: party.sid,
		checkedIn: party.checkedInAt !== null,
		intervals: (await staysOf(tx, party.id)).map((stay) => intervalOf(stay, party.seenAt)),
	};
	const after = facts.reduce(applyPresence, before);
	const known = new Map(before.intervals.map((interval) => [interval.sid, interval]));
	for (const interval of after.intervals) {
		const { sid, from, to } = interval;
		if (known.get(sid) === interval || from === null) continue;
		const ended = { leftAt: to, reason: to ? (interval.toEstimated ? ESTIMATED : reason) : null };
		await tx
			.insert(attendance)
			.values({ sid, partyId: party.id, joinedAt: from, ...ended })
			.onConflictDoUpdate({ target: attendance.sid, set: { joinedAt: from, ...ended } });
	}
	const seenAt = facts.reduce<Date | null>(
		(latest, fact) => (isSign(fact, after) && (!latest || fact.at > latest) ? fact.at : latest),
		party.seenAt,
	);
	const checkedInAt = facts.find((fact) => fact.type === 'checked_in')?.at ?? null;
	const [saved] = await tx
		.update(hearingParty)
		.set({
			presence: after.status,
			sid: after.sid,
			seenAt,
			checkedInAt: sql`coalesce(${hearingParty.checkedInAt}, ${checkedInAt?.toISOString() ?? null}::timestamptz)`,
		})
		.where(eq(hearingParty.id, party.id))
		.returning();
	return saved ?? party;
}

/** Facts that prove the party alive at that moment, or that end a stay by its own will. */
function isSign(fact: PresenceFact, after: Presence): boolean {
	switch (fact.type) {
		case 'checked_in':
		case 'left':
		case 'removed':
		case 'joined':
			return true;
		case 'listed':
			return after.sid !== null && fact.sids.includes(after.sid);
		default:
			return false;
	}
}
