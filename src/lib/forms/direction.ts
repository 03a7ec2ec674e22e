import * as v from 'valibot';

/** Longest action taken report, in UTF-16 units. */
export const REPORT_MAX = 5_000;

export const answerDirectionForm = v.object({
	text: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'error_report_required'),
		v.maxLength(REPORT_MAX, 'error_report_long'),
	),
});
