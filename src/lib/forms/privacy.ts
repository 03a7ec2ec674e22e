import * as v from 'valibot';
import { findAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { CONSENT_PURPOSES } from '#lib/domain/identity/consent.ts';
import { checkbox, name } from './fields.ts';

const email = v.pipe(v.string(), v.email());

/** What the citizen may put right about themselves; an empty e-mail takes it away. */
export const correctionForm = v.object({
	name: name('error_name'),
	email: v.pipe(
		v.string(),
		v.trim(),
		v.maxLength(254, 'error_too_long'),
		v.check((text) => text === '' || v.is(email, text), 'error_email'),
		v.check((text) => findAadhaarNumbers(text).length === 0, 'error_aadhaar_not_kept'),
	),
});

export const withdrawForm = v.object({ purpose: v.picklist(CONSENT_PURPOSES, 'error_reload') });

/** The second step of an erasure. */
export const eraseForm = v.object({
	understood: v.pipe(
		checkbox,
		v.check((ticked) => ticked, 'error_understood'),
	),
});
