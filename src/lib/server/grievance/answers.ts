import * as v from 'valibot';
import { AREAS, FILING_LIMITS, missingSteps, type Area } from '#lib/domain/grievance/filing.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { cleanLine, cleanText, fitsIn } from '#lib/domain/identity/text.ts';
import type { JurisdictionKind } from '#lib/domain/masters/kinds.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { checkedProofSchema } from '#lib/server/identity/index.ts';
import { category, place, postView } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import type { DraftAnswers, MaskedField } from './types.ts';

const MASKED = ['details', 'relief', 'placeNote', 'name', 'attachment'] as const;
const text = v.nullish(v.string(), null);
/** What lies sealed in the draft's row; a field that an older version did not know is empty. */
export const storedAnswers = v.object({
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
export type Answers = v.InferOutput<typeof storedAnswers>;
/** Nothing answered yet. */
export const noAnswers = (): Answers => v.parse(storedAnswers, {});

/**
 * The answers with a patch over them. Texts are cleaned, and Aadhaar numbers in them hidden; a new district or
 * area empties the place.
 * @throws {Refusal} `text_too_long` {field, max}, `invalid_input`
 */
export function merged(before: Answers, patch: Partial<DraftAnswers>): Answers {
	const answers: Answers = { ...before, ...withoutUndefined(patch) };
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

/**
 * Ids come from a form: each must name something that can be chosen.
 * @throws {Refusal} `place_invalid`, `invalid_input`
 */
export async function checkReferences(
	ctx: Pick<Context, 'locale'> & { db: Tx },
	answers: Answers,
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

/** The steps that still lack an answer. */
export function missingOf(answers: Answers) {
	return missingSteps({
		...answers,
		proofChosen: answers.proof !== null,
		noticeAgreed: answers.noticeAgreed === true,
	});
}
