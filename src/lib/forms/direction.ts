import * as v from 'valibot';
import { REPORT_TEXT_MAX } from '#lib/domain/hearing/direction.ts';
import { fitsIn } from '#lib/domain/identity/text.ts';

export const answerDirectionForm = v.object({
	text: v.pipe(
		v.string(),
		v.trim(),
		v.minLength(1, 'error_report_required'),
		v.check((text) => fitsIn(text, REPORT_TEXT_MAX), 'error_report_long'),
	),
});
