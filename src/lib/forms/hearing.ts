import * as v from 'valibot';
import { DIRECTION_KINDS, DISPOSITIONS, ORDERS } from '#lib/domain/hearing/conclusion.ts';

const id = v.pipe(v.string('error_required'), v.uuid('error_required'));
/** A list or radio that was left alone sends nothing, or an empty text. */
const optionalOf = <const Options extends readonly string[]>(options: Options) =>
	v.pipe(
		v.optional(v.string(), ''),
		v.transform((text) => (text === '' ? null : text)),
		v.nullable(v.picklist(options, 'error_required')),
	);

/** What every button of the officer's screen names. */
export const hearingForm = v.object({ hearing: id });

export const directionForm = v.object({
	hearing: id,
	kind: v.picklist(DIRECTION_KINDS, 'error_required'),
	post: v.pipe(v.string('error_required'), v.uuid('officer_error_post')),
	due: v.pipe(v.string('error_required'), v.isoDate('officer_error_due')),
	text: v.pipe(v.string('error_required'), v.trim(), v.minLength(3, 'officer_error_text')),
});

export const removeDirectionForm = v.object({ direction: id });

export const conclusionForm = v.object({
	hearing: id,
	disposition: v.pipe(
		v.optional(v.string(), ''),
		v.picklist(DISPOSITIONS, 'hearing_issue_disposition_required'),
	),
	order: optionalOf(ORDERS),
	reasons: v.optional(v.string(), ''),
	nextSlot: v.pipe(
		v.optional(v.string(), ''),
		v.transform((text) => (text === '' ? null : text)),
		v.nullable(v.pipe(v.string(), v.uuid('hearing_issue_next_date_required'))),
	),
	/** Pressed "conclude and call next". */
	then: optionalOf(['call']),
});
