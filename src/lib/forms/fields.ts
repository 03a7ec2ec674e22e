import * as v from 'valibot';
import { AREAS, FILING_LIMITS } from '#lib/domain/grievance/filing.ts';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { parseFamilyId, type FamilyScheme } from '#lib/domain/identity/family-id.ts';
import { cleanLine, cleanText, fitsIn } from '#lib/domain/identity/text.ts';

/** Radios that nobody touched are not sent at all. */
export const area = v.pipe(v.optional(v.string(), ''), v.picklist(AREAS, 'error_area'));
export const id = (missing: string) => v.pipe(v.string(), v.uuid(missing));
export const optionalId = v.optional(
	v.union([
		v.pipe(
			v.literal(''),
			v.transform(() => null),
		),
		v.pipe(v.string(), v.uuid('error_choose')),
	]),
	'',
);
export const text = (max: number, missing: string) =>
	v.pipe(
		v.string(),
		v.transform(cleanText),
		v.nonEmpty(missing),
		v.check((value) => fitsIn(value, max), 'error_too_long'),
	);
export const line = (max: number) =>
	v.pipe(
		v.string(),
		v.transform(cleanLine),
		v.check((value) => fitsIn(value, max), 'error_too_long'),
	);
export const checkbox = v.pipe(
	v.optional(v.string(), ''),
	v.transform((value) => value !== undefined && value !== ''),
);

export const name = (missing: string) =>
	v.pipe(
		line(FILING_LIMITS.name),
		v.nonEmpty(missing),
		v.check((text) => !holdsNumber(text), 'error_name_number'),
	);
const familyId = (scheme: FamilyScheme) =>
	v.pipe(
		v.string(),
		v.trim(),
		v.nonEmpty('error_family_id_required'),
		v.check((typed) => {
			const parsed = parseFamilyId(scheme, typed);
			return parsed.ok || parsed.problem !== 'looks_like_aadhaar';
		}, 'error_aadhaar_not_kept'),
		v.check((typed) => parseFamilyId(scheme, typed).ok, 'error_family_id'),
	);

/** Proofs that only say something, by `kind`; for a `v.variant`. */
export const declaredProofs = [
	v.object({ kind: v.literal('ppp'), familyId: familyId('ppp') }),
	v.object({ kind: v.literal('jan_aadhaar'), familyId: familyId('jan_aadhaar') }),
	v.object({
		kind: v.literal('other_document'),
		documentName: v.pipe(line(60), v.nonEmpty('error_document')),
		lastFour: v.optional(
			v.pipe(v.string(), v.trim(), v.regex(/^(?:[0-9]{4})?$/, 'error_last_four')),
			'',
		),
	}),
	v.object({ kind: v.literal('mobile_only') }),
] as const;
