import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import {
	AREAS,
	FILING_LIMITS,
	missingSteps,
	UPLOAD_LIMITS,
	type Area,
} from '#lib/domain/grievance/filing.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { cleanLine, cleanText, fitsIn } from '#lib/domain/identity/text.ts';
import type { JurisdictionKind } from '#lib/domain/masters/kinds.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { attachment, filingDraft } from '#lib/server/db/schema/grievance.ts';
import { checkedProofSchema, requireCitizen } from '#lib/server/identity/index.ts';
import { category, place, postView } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { attachmentView, draftFiles, storeFile } from './attachments.ts';
import type { AttachmentView, Draft, DraftAnswers, MaskedField } from './types.ts';

/** Drawing a photo anew costs half a second of the server. */
const UPLOADS = { limit: 100, windowSeconds: 3600 } as const;

const MASKED = ['details', 'relief', 'placeNote', 'name', 'attachment'] as const;
const text = v.nullish(v.string(), null);
/** What lies sealed in the draft's row; a field that an older version did not know is empty. */
const storedAnswers = v.object({
	categoryId: text,
	area: v.nullish(v.picklist(AREAS), null),
	districtId: text,
	jurisdictionId: text,
	placeNote: text,
	details: text,
	relief: text,
	againstPostId: text,
	name: text,
	proof: v.nullish(checkedProofSchema, null),
	hearingWanted: v.nullish(v.boolean(), null),
	noticeAgreed: v.nullish(v.boolean(), null),
	masked: v.fallback(v.array(v.picklist(MASKED)), []),
});
type Stored = v.InferOutput<typeof storedAnswers>;
type DraftRow = typeof filingDraft.$inferSelect;

const parseAnswers = (row: DraftRow): Stored =>
	v.parse(v.pipe(v.string(), v.parseJson(), storedAnswers), row.answers);

/** The citizen's one unfinished filing; begins one when there is none. */
export async function draft(ctx: Context): Promise<Draft> {
	const { citizenId } = requireCitizen(ctx);
	const row = await ensureRow(ctx, ctx.db, citizenId);
	return toDraft(ctx, row, parseAnswers(row));
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
): Promise<{ submissionKey: string; answers: Stored } | null> {
	const [row] = await tx
		.select()
		.from(filingDraft)
		.where(eq(filingDraft.citizenId, citizenId))
		.for('update');
	return row ? { submissionKey: row.submissionKey, answers: parseAnswers(row) } : null;
}

async function lockOrBegin(ctx: Context, tx: Tx, citizenId: string) {
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
	answers: Stored,
): Promise<DraftRow> {
	return written(
		await tx
			.update(filingDraft)
			.set({ answers: JSON.stringify(answers), updatedAt: ctx.clock.now() })
			.where(eq(filingDraft.citizenId, citizenId))
			.returning(),
	);
}

function merged(before: Stored, patch: Partial<DraftAnswers>): Stored {
	const answers: Stored = { ...before, ...withoutUndefined(patch) };
	const masked = new Set<MaskedField>(before.masked);
	const clean = (field: keyof typeof FILING_LIMITS, cleaned: (raw: string) => string) => {
		const raw = patch[field];
		if (raw === undefined) return;
		const hidden = maskAadhaarNumbers(cleaned(raw ?? ''));
		const max = FILING_LIMITS[field];
		if (!fitsIn(hidden.text, max)) throw new Refusal('text_too_long', { field, max });
		answers[field] = hidden.text === '' ? null : hidden.text;
		// A text saved again with `XXXX XXXX 1234` in it has nothing new to say.
		if (hidden.masked > 0) masked.add(field);
		else if (!hidden.text.includes('XXXX XXXX ')) masked.delete(field);
	};
	clean('details', cleanText);
	clean('relief', cleanText);
	clean('placeNote', cleanLine);
	clean('name', cleanLine);
	// Names lie readable in the database, so that the desk finds people by them; numbers must not.
	if (patch.name && answers.name && holdsNumber(answers.name)) throw new Refusal('invalid_input');
	const moved = answers.districtId !== before.districtId || answers.area !== before.area;
	if (moved && patch.jurisdictionId === undefined) answers.jurisdictionId = null;
	return { ...answers, masked: [...masked] };
}

function withoutUndefined(patch: Partial<DraftAnswers>): Partial<DraftAnswers> {
	return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

const KINDS_OF_AREA: Readonly<Record<Area, readonly JurisdictionKind[]>> = {
	urban: ['urban_body', 'ward'],
	rural: ['village', 'gram_panchayat', 'block'],
};

/** Ids come from a form: each must name something that can be chosen. */
async function checkReferences(
	ctx: Pick<Context, 'locale'> & { db: Tx },
	answers: Stored,
	patch: Partial<DraftAnswers>,
): Promise<void> {
	const exists = async (id: string, look: () => Promise<unknown>) => {
		if (!isUuid(id)) throw new Refusal('invalid_input');
		await look().catch((problem: unknown) => {
			const missing = problem instanceof Refusal && problem.code === 'not_found';
			throw missing ? new Refusal('invalid_input') : problem;
		});
	};
	const { categoryId, againstPostId, jurisdictionId } = answers;
	if (patch.categoryId && categoryId) await exists(categoryId, () => category(ctx, categoryId));
	if (patch.againstPostId && againstPostId) {
		await exists(againstPostId, () => postView(ctx, againstPostId));
	}
	if (patch.jurisdictionId && jurisdictionId) {
		await exists(jurisdictionId, async () => {
			const at = await place(ctx, jurisdictionId);
			const fits =
				answers.area !== null &&
				KINDS_OF_AREA[answers.area].includes(at.kind) &&
				at.districtId !== null &&
				(answers.districtId === null || at.districtId === answers.districtId);
			if (!fits) throw new Refusal('place_invalid');
			answers.districtId = at.districtId;
		});
	} else if (patch.districtId && answers.districtId) {
		const { districtId } = answers;
		await exists(districtId, async () => {
			if ((await place(ctx, districtId)).kind !== 'district') throw new Refusal('place_invalid');
		});
	}
}

async function toDraft(ctx: Context, row: DraftRow, stored: Stored): Promise<Draft> {
	const { masked, ...answers } = stored;
	const { categoryId, jurisdictionId, againstPostId } = answers;
	return {
		submissionKey: row.submissionKey,
		answers,
		category: categoryId ? await category(ctx, categoryId) : null,
		place: jurisdictionId ? await place(ctx, jurisdictionId) : null,
		against: againstPostId ? await postView(ctx, againstPostId) : null,
		attachments: (await draftFiles(ctx.db, row.citizenId)).map(attachmentView),
		missing: missingOf(stored),
		masked,
		updatedAt: row.updatedAt,
	};
}

export function missingOf(answers: Stored) {
	return missingSteps({
		...answers,
		proofChosen: answers.proof !== null,
		noticeAgreed: answers.noticeAgreed === true,
	});
}

/**
 * Adds a photo or PDF to the unfinished filing. The same file again gives the attachment there is.
 * @throws {Refusal} as `checkFile`; also `upload_too_many` {count}, `too_many_requests` {minutes}
 */
export async function addDraftAttachment(
	ctx: Context,
	input: { name: string; bytes: Uint8Array },
): Promise<AttachmentView> {
	const { citizenId } = requireCitizen(ctx);
	await takeHit(ctx.db, `upload:${citizenId}`, { ...UPLOADS, now: ctx.clock.now() });
	const { nameMasked, ...file } = await storeFile(ctx, input);
	let kept = false;
	try {
		const { row, fresh } = await inTransaction(ctx.db, async (tx) => {
			const locked = await lockOrBegin(ctx, tx, citizenId);
			const files = await draftFiles(tx, citizenId);
			const same = files.find((one) => one.sha256 === file.sha256);
			if (same) return { row: same, fresh: false };
			if (files.length >= UPLOAD_LIMITS.files) {
				throw new Refusal('upload_too_many', { count: UPLOAD_LIMITS.files });
			}
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
		return attachmentView(row);
	} finally {
		if (!kept) await ctx.storage.remove(file.storageKey);
	}
}

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
