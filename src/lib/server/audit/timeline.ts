import { asc, getTableColumns, inArray, sql } from 'drizzle-orm';
import type { ChainVerdict } from '#lib/domain/chain.ts';
import {
	eventCommitment,
	verifyChain,
	type TimelineEvent,
} from '#lib/domain/grievance/timeline.ts';
import { sealedPurpose } from '#lib/server/db/schema/columns.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { sha256Hex, unseal } from '#lib/server/platform/crypto.ts';
import type { Tx } from '#lib/server/platform/db.ts';

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
 * Reads the whole timelines and says of each whether anything was changed, left out, swapped or cut
 * off, also in notes that are still there. Erased notes are no fault; no event at all is one.
 */
export async function verifyTimelines(
	tx: Tx,
	grievanceIds: readonly string[],
): Promise<Map<string, ChainVerdict>> {
	const ids = [...grievanceIds];
	const heads = await tx
		.select({ id: grievance.id, count: grievance.eventCount, hash: grievance.eventHead })
		.from(grievance)
		.where(inArray(grievance.id, ids));
	const rows = await tx
		// The note as it is stored: one that does not open is a finding, not an accident.
		.select({
			...getTableColumns(grievanceEvent),
			note: sql<Uint8Array | null>`${grievanceEvent.note}`,
		})
		.from(grievanceEvent)
		.where(inArray(grievanceEvent.grievanceId, ids))
		.orderBy(asc(grievanceEvent.grievanceId), asc(grievanceEvent.seq));
	const rowsOf = Map.groupBy(rows, (row) => row.grievanceId);
	return new Map(heads.map(({ id, ...head }) => [id, verdictOn(rowsOf.get(id) ?? [], head)]));
}

interface StoredNote {
	note: Uint8Array | null;
	noteSalt: string | null;
	noteCommitment: string | null;
}

function verdictOn(
	rows: readonly (Omit<EventRow, 'note'> & StoredNote)[],
	head: { count: number; hash: string },
): ChainVerdict {
	// Every grievance was registered: a head that says otherwise was set back.
	if (head.count === 0) return { ok: false, seq: 1, reason: 'tail_cut' };
	const verdict = verifyChain(
		rows.map((row) => ({ ...timelineEventOf(row), prevHash: row.prevHash, hash: row.hash })),
		head,
		sha256Hex,
	);
	const forged = verdict.ok && rows.find((row) => row.note !== null && !isNoteOf(row));
	return forged ? { ok: false, seq: forged.seq, reason: 'changed' } : verdict;
}

/** Whether the note is the one that its row committed to. */
function isNoteOf({ note, noteSalt, noteCommitment }: StoredNote): boolean {
	try {
		const text = unseal(Buffer.from(note ?? []), NOTE_PURPOSE);
		return eventCommitment(noteSalt ?? '', text, sha256Hex) === noteCommitment;
	} catch {
		return false;
	}
}

const NOTE_PURPOSE = sealedPurpose(grievanceEvent.note) ?? '';
