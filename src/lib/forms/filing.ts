import * as v from 'valibot';
import { AREAS, FILING_LIMITS } from '#lib/domain/grievance/filing.ts';
import { CONSENT_GROUPS } from '#lib/domain/identity/consent.ts';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { parseFamilyId, type FamilyScheme } from '#lib/domain/identity/family-id.ts';
import { cleanLine, cleanText, fitsIn } from '#lib/domain/identity/text.ts';

/** Radios that nobody touched are not sent at all. */
const area = v.pipe(v.optional(v.string(), ''), v.picklist(AREAS, 'error_area'));
const id = (missing: string) => v.pipe(v.string(), v.uuid(missing));
const optionalId = v.optional(
	v.union([
		v.pipe(
			v.literal(''),
			v.transform(() => null),
		),
		v.pipe(v.string(), v.uuid('error_choose')),
	]),
	'',
);
const text = (max: number, missing: string) =>
	v.pipe(
		v.string(),
		v.transform(cleanText),
		v.nonEmpty(missing),
		v.check((value) => fitsIn(value, max), 'error_too_long'),
	);
const line = (max: number) =>
	v.pipe(
		v.string(),
		v.transform(cleanLine),
		v.check((value) => fitsIn(value, max), 'error_too_long'),
	);
const checkbox = v.pipe(
	v.optional(v.string(), ''),
	v.transform((value) => value !== undefined && value !== ''),
);

/** Step "what": the complaint point. */
export const whatForm = v.object({ categoryId: id('error_category') }, 'error_category');

/** Step "where", first part (also without a script): area and district, then the search text. */
export const whereSearchForm = v.object({
	area,
	districtId: id('error_district'),
	text: v.optional(
		v.pipe(v.string(), v.transform(cleanLine), v.maxLength(80, 'error_too_long')),
		'',
	),
});

/** Step "where": the place chosen from the directory. */
export const whereForm = v.object({
	area,
	districtId: id('error_district'),
	jurisdictionId: v.pipe(v.optional(v.string(), ''), v.uuid('error_choose_place')),
	placeNote: v.optional(line(FILING_LIMITS.placeNote), ''),
});

/** Step "details". `againstPostId` is empty for "nobody". */
export const detailsForm = v.object({
	details: text(FILING_LIMITS.details, 'error_details'),
	relief: text(FILING_LIMITS.relief, 'error_relief'),
	againstPostId: optionalId,
});

const name = v.pipe(
	line(FILING_LIMITS.name),
	v.nonEmpty('error_name'),
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
const consent = v.optional(
	v.union([
		v.pipe(
			v.picklist(CONSENT_GROUPS),
			v.transform((one) => [one]),
		),
		v.array(v.picklist(CONSENT_GROUPS)),
	]),
	[],
);

const proof = v.variant(
	'kind',
	[
		v.object({
			kind: v.literal('aadhaar_qr'),
			qr: v.pipe(
				v.string(),
				v.trim(),
				v.nonEmpty('error_qr'),
				v.maxLength(20_000, 'error_too_long'),
			),
			consent,
		}),
		// Its ZIP is a file and comes beside the fields.
		v.object({
			kind: v.literal('aadhaar_ekyc'),
			shareCode: v.pipe(
				v.string(),
				v.trim(),
				v.nonEmpty('error_share_code'),
				v.maxLength(64, 'error_too_long'),
			),
			consent,
		}),
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
	],
	'error_proof_kind',
);

/**
 * Step "identity": a menu without a default; `qr` is the text of the code, read in the browser or
 * pasted. The name is looked at whether or not a proof was chosen, so that both errors come at once.
 */
export const identityForm = v.intersect([v.object({ name }), proof]);

/** Step "review": what is agreed to, and the key that makes one grievance of two taps. */
export const reviewForm = v.object({
	submissionKey: id('error_reload'),
	hearingWanted: checkbox,
	noticeAgreed: v.pipe(
		checkbox,
		v.check((agreed) => agreed, 'error_agree'),
	),
});

/** Asking for a hearing later, and removing a file, carry only an id. */
export const idForm = v.object({ id: id('error_reload') });
