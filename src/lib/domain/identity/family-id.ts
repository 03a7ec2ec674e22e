import { INVISIBLE_CLASS, toLatinDigits } from './digits.ts';
import { looksLikeAadhaar } from './verhoeff.ts';

export const FAMILY_SCHEMES = ['ppp', 'jan_aadhaar'] as const;
export type FamilyScheme = (typeof FAMILY_SCHEMES)[number];

/** A family id in its one normal form. `temporary`: PPP's "T" ids; `member`: Jan Aadhaar's personal id. */
export type FamilyId =
	| { readonly scheme: 'ppp'; readonly id: string; readonly temporary: boolean }
	| { readonly scheme: 'jan_aadhaar'; readonly id: string; readonly member: boolean };

export type FamilyIdProblem = 'empty' | 'bad_format' | 'looks_like_aadhaar';
export type FamilyIdResult =
	| { readonly ok: true; readonly value: FamilyId }
	| { readonly ok: false; readonly problem: FamilyIdProblem };

const DECORATION = new RegExp(`[\\p{Z}\\s\\p{Pd}/_${INVISIBLE_CLASS}]`, 'gu');
const MAX_TYPED = 64;

function recognise(scheme: FamilyScheme, id: string): FamilyId | null {
	if (scheme === 'ppp') {
		const temporary = /^T[0-9A-Z]{8}$/.test(id);
		return temporary || /^[0-9A-Z]{8}$/.test(id) ? { scheme, id, temporary } : null;
	}
	const member = /^\d{11}$/.test(id);
	return member || /^\d{10}$/.test(id) ? { scheme, id, member } : null;
}

/**
 * What a person typed as a family id, without spaces and dashes, in upper case and Latin digits.
 * Haryana's PPP: 8 letters or digits, temporary ones "T" and 8. Rajasthan's Jan Aadhaar: 10 digits for the
 * family, 11 for a member. Only the format: whether it exists, a clerk or a state registry says.
 * `looks_like_aadhaar`: twelve digits that must not be kept in any form; say so, and do not echo them.
 */
export function parseFamilyId(scheme: FamilyScheme, typed: string): FamilyIdResult {
	if (typed.length > MAX_TYPED) return { ok: false, problem: 'bad_format' };
	const id = toLatinDigits(typed).replace(DECORATION, '').toUpperCase();
	if (id === '') return { ok: false, problem: 'empty' };
	if (looksLikeAadhaar(id)) return { ok: false, problem: 'looks_like_aadhaar' };
	const value = recognise(scheme, id);
	return value ? { ok: true, value } : { ok: false, problem: 'bad_format' };
}
