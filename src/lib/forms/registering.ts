import * as v from 'valibot';
import { FILING_LIMITS } from '#lib/domain/grievance/filing.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { ACTING_REASONS } from '#lib/domain/identity/acting.ts';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { area, checkbox, declaredProofs, id, line, name, optionalId, text } from './fields.ts';

const mobile = v.pipe(
	v.string(),
	v.trim(),
	v.check((typed) => parseIndianMobile(typed) !== null, 'error_mobile'),
);

const right = v.variant(
	'way',
	[
		v.object({ way: v.literal('otp') }),
		v.object({
			way: v.literal('attested'),
			reason: v.picklist(ACTING_REASONS, 'error_choose'),
			paperSeen: v.pipe(line(60), v.nonEmpty('error_document')),
		}),
	],
	'error_acting_way',
);

/** At the counter: the citizen's mobile, and by what right somebody files for them. */
export const actingForm = v.intersect([v.object({ mobile }), right]);

const matter = v.object({
	categoryId: id('error_category'),
	area,
	jurisdictionId: v.pipe(v.optional(v.string(), ''), v.uuid('error_choose_place')),
	placeNote: v.optional(line(FILING_LIMITS.placeNote), ''),
	details: text(FILING_LIMITS.details, 'error_details'),
	relief: text(FILING_LIMITS.relief, 'error_relief_citizen'),
	againstPostId: optionalId,
	name: name('error_name_citizen'),
	sawPaper: checkbox,
	hearingWanted: checkbox,
	noticeAgreed: v.pipe(
		checkbox,
		v.check((agreed) => agreed, 'error_agree_read'),
	),
});

/** The whole grievance on one page, as it is told at the counter. */
export const counterForm = v.intersect([
	matter,
	v.variant('kind', declaredProofs, 'error_proof_kind'),
]);

/** Finding the place, before the rest is typed. */
export const counterPlaceForm = v.object({
	area,
	text: v.optional(
		v.pipe(v.string(), v.transform(cleanLine), v.maxLength(80, 'error_too_long')),
		'',
	),
});

/** "I have seen the paper": only which case it is. */
export const attestForm = v.object({
	case: v.pipe(
		v.string(),
		v.check((typed) => parseGrievanceNumber(typed) !== null, 'error_reload'),
		v.transform((typed) => parseGrievanceNumber(typed) ?? ''),
	),
});
