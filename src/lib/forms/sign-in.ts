import * as v from 'valibot';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { parseOtp } from '#lib/domain/identity/otp.ts';

/** Asking for a code. The typed text goes on as it is, so that the field keeps it. */
export const signInForm = v.object({
	mobile: v.pipe(
		v.string(),
		v.trim(),
		v.check((text) => parseIndianMobile(text) !== null, 'error_mobile'),
	),
});

/** Answering with the code. */
export const codeForm = v.object({
	code: v.pipe(
		v.string(),
		v.trim(),
		v.check((text) => parseOtp(text) !== null, 'error_code_format'),
	),
});

/** Ending one of the own sessions. */
export const endSessionForm = v.object({ session: v.pipe(v.string(), v.uuid('error_choose')) });

/** Finding a grievance by its number; it comes out in its written form. */
export const trackForm = v.object({
	number: v.pipe(
		v.string(),
		v.trim(),
		v.check((text) => parseGrievanceNumber(text) !== null, 'error_grievance_number'),
		v.transform((text) => parseGrievanceNumber(text) ?? ''),
	),
});
