import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { HeldCase } from '#lib/domain/privacy/erasure.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import {
	attachment,
	grievance,
	grievanceEvent,
	incomingUpload,
} from '#lib/server/db/schema/grievance.ts';
import { direction } from '#lib/server/db/schema/hearing.ts';
import { emptyProofs } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import { permitted, writeEvents } from './events.ts';
import { lockGrievance } from './facts.ts';

/** What the rule of erasure needs to know of each of a citizen's grievances that still has its text. */
export async function heldCases(
	db: Db | Tx,
	citizenId: string,
): Promise<(HeldCase & { number: string })[]> {
	const rows = await db
		.select({
			id: grievance.id,
			number: grievance.number,
			state: grievance.state,
			workGoesOn: sql<boolean>`exists (
				select 1 from ${direction} d
				where d.grievance_id = grievance.id and d.state = 'open'
			) or exists (
				select 1 from ${booking} b
				where b.grievance_id = grievance.id and b.status in ('proposed', 'confirmed'))`,
			lastEventAt: sql<string>`coalesce((
				select max(e.at) from ${grievanceEvent} e where e.grievance_id = grievance.id
			), ${grievance.filedAt})`,
		})
		.from(grievance)
		.where(and(eq(grievance.citizenId, citizenId), isNull(grievance.erasedAt)))
		.orderBy(grievance.filedAt, grievance.id);
	return rows.map((row) => ({ ...row, lastEventAt: new Date(row.lastEventAt) }));
}

/**
 * Takes the personal text out of a finished grievance: details, relief, place note, notes of the
 * timeline, files, and what its proof tells. Number, category, place, states, days, posts and the
 * hash chain stay, and the timeline says that it was done. Storage keys of the files come back, to be
 * removed once the transaction has ended. Again does nothing.
 * @throws {Refusal} `bad_transition` for one that is not finished
 */
export async function eraseGrievance(tx: Tx, ctx: Context, id: string): Promise<string[]> {
	const row = await lockGrievance(tx, id);
	if (row.erasedAt) return [];
	const state = permitted(row.state, 'erased', { ownerPostId: row.ownerPostId });
	await writeEvents(tx, ctx, row, [{ type: 'erased', public: true, data: {} }], {
		state,
		details: '',
		relief: '',
		placeNote: null,
		erasedAt: ctx.clock.now(),
	});
	// The chain holds a commitment to each note; without its salt that tells nothing of the text.
	await tx
		.update(grievanceEvent)
		.set({ note: null, noteSalt: null })
		.where(and(eq(grievanceEvent.grievanceId, id), isNotNull(grievanceEvent.noteSalt)));
	if (row.proofId) await emptyProofs(tx, { id: row.proofId });
	const files = await tx
		.delete(attachment)
		.where(eq(attachment.grievanceId, id))
		.returning({ storageKey: attachment.storageKey });
	return files.map((file) => file.storageKey);
}

/** The places that were kept of a citizen's photos go; the photos stay. */
export async function dropPhotoPlaces(tx: Tx, citizenId: string): Promise<void> {
	const own = tx
		.select({ id: grievance.id })
		.from(grievance)
		.where(eq(grievance.citizenId, citizenId));
	await tx
		.update(attachment)
		.set({ place: null })
		.where(
			or(
				eq(attachment.draftOf, citizenId),
				and(eq(attachment.purpose, 'complaint'), inArray(attachment.grievanceId, own)),
			),
		);
	await tx
		.update(incomingUpload)
		.set({ place: null, keepPlace: false })
		.where(eq(incomingUpload.citizenId, citizenId));
}
