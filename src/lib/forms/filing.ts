import * as v from 'valibot';
import { FILING_LIMITS } from '#lib/domain/grievance/filing.ts';
import { CONSENT_GROUPS } from '#lib/domain/identity/consent.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { area, checkbox, declaredProofs, id, line, name, optionalId, text } from './fields.ts';

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
		}),
		...declaredProofs,
	],
	'error_proof_kind',
);

/**
 * Step "identity": a menu without a default; `qr` is the text of the code, read in the browser or
 * pasted. The name is looked at whether or not a proof was chosen, so that both errors come at once.
 */
export const identityForm = v.intersect([v.object({ name: name('error_name') }), proof]);

/** Step "identity", after a card was read: what of it may be kept. `seen` is the card as the server sealed it. */
export const seenForm = v.object({
	name: name('error_name'),
	seen: v.pipe(v.string(), v.nonEmpty('error_reload'), v.maxLength(200_000, 'error_reload')),
	consent,
});

/** Step "review": what is agreed to, and the key that makes one grievance of two taps. */
export const reviewForm = v.object({
	submissionKey: id('error_reload'),
	hearingWanted: checkbox,
	noticeAgreed: v.pipe(
		checkbox,
		v.check((agreed) => agreed, 'error_agree'),
	),
	/** Of the notice that the page showed: only that one is agreed to. */
	noticeVersion: v.literal(NOTICE_VERSION, 'error_notice_changed'),
});

/** Asking for a hearing later, and removing a file, carry only an id. */
export const idForm = v.object({ id: id('error_reload') });
