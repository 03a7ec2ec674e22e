import { asc, eq } from 'drizzle-orm';
import {
	eventCommitment,
	verifyChain,
	type ChainVerdict,
	type TimelineEvent,
} from '#lib/domain/grievance/timeline.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';

export type EventRow = typeof grievanceEvent.$inferSelect;

/** What of a stored event its hash covers: everything but the note, which it only commits to. */
export function timelineEventOf(
	row: Pick<
		EventRow,
		| 'grievanceId'
		| 'seq'
		| 'type'
		| 'at'
		| 'actorKind'
		| 'actorPostId'
		| 'actorPersonId'
		| 'public'
		| 'data'
		| 'noteCommitment'
	>,
): TimelineEvent {
	return {
		grievanceId: row.grievanceId,
		seq: row.seq,
		type: row.type,
		at: row.at.toISOString(),
		actor: { kind: row.actorKind, postId: row.actorPostId, personId: row.actorPersonId },
		data: { public: row.public, facts: row.data },
		commitment: row.noteCommitment,
	};
}

/**
 * Reads a grievance's whole timeline and says whether anything was changed, left out, swapped or cut
 * off, also in notes that are still there. Erased notes are no fault.
 * @throws {Refusal} `not_found`
 */
export async function verifyTimeline(db: Db | Tx, grievanceId: string): Promise<ChainVerdict> {
	const [head] = await db
		.select({ count: grievance.eventCount, hash: grievance.eventHead })
		.from(grievance)
		.where(eq(grievance.id, grievanceId));
	const rows = await db
		.select()
		.from(grievanceEvent)
		.where(eq(grievanceEvent.grievanceId, grievanceId))
		.orderBy(asc(grievanceEvent.seq));
	const verdict = verifyChain(
		rows.map((row) => ({ ...timelineEventOf(row), hash: row.hash })),
		found(head),
		sha256Hex,
	);
	if (!verdict.ok) return verdict;
	const forged = rows.find(
		(row) =>
			row.note !== null &&
			eventCommitment(row.noteSalt ?? '', row.note, sha256Hex) !== row.noteCommitment,
	);
	return forged ? { ok: false, seq: forged.seq, reason: 'changed' } : verdict;
}
