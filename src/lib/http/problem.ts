import { error, fail } from '@sveltejs/kit';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { typedValues, words, type FormErrors, type FormValues } from './form.ts';
import { typedAgain } from './typed-again.ts';

/** The one place where a refusal becomes an HTTP status. Everything else is 409. */
const STATUS: Partial<Record<RefusalCode, number>> = {
	aadhaar_not_kept: 400,
	address_ended: 410,
	app_code_wrong: 400,
	code_expired: 400,
	code_used: 400,
	code_wait: 429,
	code_wrong: 400,
	conclusion_incomplete: 400,
	family_id_invalid: 400,
	forbidden: 403,
	hearing_not_yours: 403,
	invalid_input: 400,
	key_reused: 422,
	kyc_invalid: 400,
	kyc_unsupported: 400,
	link_unknown: 404,
	livekit_down: 503,
	mobile_invalid: 400,
	not_found: 404,
	place_invalid: 400,
	proof_invalid: 400,
	proof_sample: 400,
	proof_unsupported: 400,
	recovery_code_wrong: 400,
	share_code_wrong: 400,
	sign_in_again: 400,
	sign_in_failed: 400,
	text_too_long: 400,
	too_many_requests: 429,
	too_many_tries: 429,
	upload_aadhaar_qr: 415,
	upload_infected: 415,
	upload_mismatch: 415,
	upload_not_checked: 503,
	upload_pdf_active: 415,
	upload_pdf_locked: 415,
	upload_pdf_pages: 413,
	upload_too_large: 413,
	upload_too_many: 400,
	upload_type: 415,
	upload_unreadable: 415,
};

export function statusOf(code: RefusalCode): number {
	return STATUS[code] ?? 409;
}

export function refusalWords(refusal: Refusal, locale: Locale): string {
	return words(`refusal_${refusal.code}`, locale, refusal.facts);
}

/** For load functions: a refusal becomes the error page, with its words. */
export async function orErrorPage<T>(locale: Locale, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		error(statusOf(problem.code), {
			message: refusalWords(problem, locale),
			code: problem.code,
		});
	}
}

export interface FormFailure {
	errors: FormErrors;
	values: FormValues;
}

/**
 * What a failed form gives back to its page: words for each field, and what was typed, but never an
 * Aadhaar number in the clear.
 */
export function formFailure(status: number, errors: FormErrors, values: FormValues) {
	const shown: FormValues = {};
	for (const [name, value] of Object.entries(values)) {
		shown[name] = Array.isArray(value) ? value.map(typedAgain) : typedAgain(value);
	}
	return fail<FormFailure>(status, { errors, values: shown });
}

/**
 * For form actions: a refusal comes back to the form under `field` (default: the whole form)
 * together with what was typed.
 */
export async function orFormFailure<T>(
	locale: Locale,
	form: FormData,
	work: Promise<T>,
	field: string | Partial<Record<RefusalCode, string>> = 'form',
) {
	try {
		return { ok: true as const, data: await work };
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		const name = typeof field === 'string' ? field : (field[problem.code] ?? 'form');
		return {
			ok: false as const,
			failure: formFailure(
				statusOf(problem.code),
				{ [name]: refusalWords(problem, locale) },
				typedValues(form),
			),
		};
	}
}
