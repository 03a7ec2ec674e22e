import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { isCard } from '#lib/domain/identity/strength.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { attachment, filingDraft, incomingUpload } from '#lib/server/db/schema/grievance.ts';
import { keepCitizen, recordConsent, requireCitizen } from '#lib/server/identity/index.ts';
import { category, place, postView } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { checkReferences, merged, missingOf, storedAnswers, type Answers } from './answers.ts';
import { attachmentView, draftFiles, storeFile } from './attachments.ts';
import type { GivenFile } from './files.ts';
import type { AttachmentView, Draft, DraftAnswers } from './types.ts';

/** Drawing a photo anew costs half a second of the server. */
const UPLOADS = { limit: 100, windowSeconds: 3600 } as const;

type AttachmentRow = typeof attachment.$inferSelect;
type DraftRow = typeof filingDraft.$inferSelect;

const parseAnswers = (row: DraftRow): Answers =>
	v.parse(v.pipe(v.string(), v.parseJson(), storedAnswers), row.answers);

/** The citizen's one unfinished filing; begins one when there is none. */
export async function draft(ctx: Context): Promise<Draft> {
	const { citizenId } = requireCitizen(ctx);
	const row = await ensureRow(ctx, ctx.db, citizenId);
	return toDraft(ctx, row, parseAnswers(row));
}

/** The unfinished filing when there is one; looking begins none. */
export async function openDraft(ctx: Context): Promise<Draft | null> {
	const { citizenId } = requireCitizen(ctx);
	const [row] = await ctx.db.select().from(filingDraft).where(eq(filingDraft.citizenId, citizenId));
	return row ? toDraft(ctx, row, parseAnswers(row)) : null;
}

async function ensureRow(ctx: Context, db: Db | Tx, citizenId: string): Promise<DraftRow> {
	const mine = eq(filingDraft.citizenId, citizenId);
	const [there] = await db.select().from(filingDraft).where(mine);
	if (there) return there;
	await db
		.insert(filingDraft)
		.values({ citizenId, answers: '{}', updatedAt: ctx.clock.now() })
		.onConflictDoNothing();
	return written(await db.select().from(filingDraft).where(mine));
}

/** Locked until the transaction ends; null when there is none. Its submission waits here too. */
export async function lockDraft(
	tx: Tx,
	citizenId: string,
): Promise<{ submissionKey: string; answers: Answers } | null> {
	const [row] = await tx
		.select()
		.from(filingDraft)
		.where(eq(filingDraft.citizenId, citizenId))
		.for('update');
	return row ? { submissionKey: row.submissionKey, answers: parseAnswers(row) } : null;
}

async function lockOrBegin(ctx: Context, tx: Tx, citizenId: string) {
	await keepCitizen(tx, citizenId);
	const there = await lockDraft(tx, citizenId);
	if (there) return there;
	await ensureRow(ctx, tx, citizenId);
	const begun = await lockDraft(tx, citizenId);
	if (!begun) throw new Refusal('stale');
	return begun;
}

/**
 * Takes over the answers of one step. Texts are cleaned, and Aadhaar numbers in them hidden before
 * anything is stored; `masked` of the draft says where. Fields that are not in the patch stay. A new
 * district or area empties the place.
 * @throws {Refusal} `text_too_long` {field, max}, `place_invalid`, `invalid_input`
 */
export async function saveDraft(ctx: Context, patch: Partial<DraftAnswers>): Promise<Draft> {
	const { citizenId } = requireCitizen(ctx);
	const row = await inTransaction(ctx.db, async (tx) => {
		const locked = await lockOrBegin(ctx, tx, citizenId);
		const answers = merged(locked.answers, patch);
		await checkReferences({ ...ctx, db: tx }, answers, patch);
		return writeAnswers(ctx, tx, citizenId, answers);
	});
	return toDraft(ctx, row, parseAnswers(row));
}

async function writeAnswers(
	ctx: Context,
	tx: Tx,
	citizenId: string,
	answers: Answers,
): Promise<DraftRow> {
	return written(
		await tx
			.update(filingDraft)
			.set({ answers: JSON.stringify(answers), updatedAt: ctx.clock.now() })
			.where(eq(filingDraft.citizenId, citizenId))
			.returning(),
	);
}

async function toDraft(ctx: Context, row: DraftRow, stored: Answers): Promise<Draft> {
	const { masked, ...answers } = stored;
	const { categoryId, jurisdictionId, againstPostId } = answers;
	return {
		submissionKey: row.submissionKey,
		answers,
		category: categoryId ? await category(ctx, categoryId) : null,
		place: jurisdictionId ? await place(ctx, jurisdictionId) : null,
		against: againstPostId ? await postView(ctx, againstPostId) : null,
		attachments: (await draftFiles(ctx.db, row.citizenId)).map((one) => attachmentView(ctx, one)),
		missing: missingOf(stored),
		masked,
		updatedAt: row.updatedAt,
	};
}

/**
 * Adds a photo or PDF to the unfinished filing. The same file again gives the attachment there is.
 * @throws {Refusal} as `checkFile`; also `upload_too_many` {count}, `too_many_requests` {minutes}
 */
export async function addDraftAttachment(ctx: Context, input: GivenFile): Promise<AttachmentView> {
	await countUpload(ctx);
	return keepInDraft(ctx, input, null);
}

/** Counts one file sent by the citizen. @throws {Refusal} `too_many_requests` {minutes} */
export async function countUpload(ctx: Context): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	await takeHit(ctx.db, `upload:${citizenId}`, { ...UPLOADS, now: ctx.clock.now() });
}

/**
 * Checks a file and ties it to the unfinished filing.
 * @param submissionKey of the filing that it belongs to; null for whichever there is, begun when there is none
 * @throws {Refusal} as `addDraftAttachment`; `stale` when that filing is not there any more
 */
export async function keepInDraft(
	ctx: Context,
	input: GivenFile,
	submissionKey: string | null,
): Promise<AttachmentView> {
	const { citizenId } = requireCitizen(ctx);
	const { nameMasked, ...file } = await storeFile(ctx, input);
	let kept = false;
	try {
		const { row, fresh } = await inTransaction(ctx.db, async (tx) => {
			const locked = submissionKey
				? await lockDraft(tx, citizenId)
				: await lockOrBegin(ctx, tx, citizenId);
			if (!locked || (submissionKey && locked.submissionKey !== submissionKey)) {
				throw new Refusal('stale');
			}
			const files = await draftFiles(tx, citizenId);
			const same = files.find((one) => one.sha256 === file.sha256);
			const before = same?.place ?? null;
			if (file.place !== null && file.place !== before) {
				await recordConsent(tx, ctx, {
					citizenId,
					purpose: 'photo_place',
					given: true,
					act: 'filing',
				});
			}
			if (same) return { row: await withPlace(tx, same, file.place), fresh: false };
			if (files.length >= UPLOAD_LIMITS.files) throw tooMany();
			const row = written(
				await tx
					.insert(attachment)
					.values({ ...file, purpose: 'complaint', draftOf: citizenId, createdAt: ctx.clock.now() })
					.returning(),
			);
			const { answers } = locked;
			if (nameMasked && !answers.masked.includes('attachment')) {
				answers.masked.push('attachment');
			}
			await writeAnswers(ctx, tx, citizenId, answers);
			return { row, fresh: true };
		});
		kept = fresh;
		return attachmentView(ctx, row);
	} finally {
		if (!kept) await ctx.storage.remove(file.storageKey);
	}
}

/** A photo that came before without its place, and now with it. */
async function withPlace(tx: Tx, row: AttachmentRow, place: string | null): Promise<AttachmentRow> {
	if (place === null || place === row.place) return row;
	return written(
		await tx.update(attachment).set({ place }).where(eq(attachment.id, row.id)).returning(),
	);
}

export const tooMany = () => new Refusal('upload_too_many', { count: UPLOAD_LIMITS.files });

/** Takes a file out of the unfinished filing. Removing it twice is no error. */
export async function removeDraftAttachment(ctx: Context, id: string): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	if (!isUuid(id)) return;
	const [gone] = await ctx.db
		.delete(attachment)
		.where(and(eq(attachment.id, id), eq(attachment.draftOf, citizenId)))
		.returning({ storageKey: attachment.storageKey });
	if (gone) await ctx.storage.remove(gone.storageKey);
}

/**
 * Throws an unfinished filing away. Its files' storage keys come back, to be removed once the
 * transaction has ended.
 */
export async function dropDraft(tx: Tx, citizenId: string): Promise<string[]> {
	await tx.delete(filingDraft).where(eq(filingDraft.citizenId, citizenId));
	await tx.delete(incomingUpload).where(eq(incomingUpload.citizenId, citizenId));
	const gone = await tx
		.delete(attachment)
		.where(eq(attachment.draftOf, citizenId))
		.returning({ storageKey: attachment.storageKey });
	return gone.map((one) => one.storageKey);
}

/** What an unfinished filing keeps of a card goes, fields or photo; the result of the check stays. */
export async function dropDraftProof(
	tx: Tx,
	ctx: Context,
	citizenId: string,
	part: 'fields' | 'photo',
): Promise<void> {
	const locked = await lockDraft(tx, citizenId);
	const proof = locked?.answers.proof;
	if (!locked || !proof || !isCard(proof.kind)) return;
	const without = part === 'fields' ? { ...proof, fields: {} } : { ...proof, photo: undefined };
	await writeAnswers(ctx, tx, citizenId, { ...locked.answers, proof: without });
}
