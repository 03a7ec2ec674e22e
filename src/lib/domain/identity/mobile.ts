import { INVISIBLE_CLASS, toLatinDigits } from './digits.ts';

const DECORATION = new RegExp(`[\\p{Z}\\s\\p{Pd}().${INVISIBLE_CLASS}]`, 'gu');
const MOBILE = /^(?:\+?91|0091|0)?([6-9]\d{9})$/;

/**
 * An Indian mobile number as `+91XXXXXXXXXX`, or null when the text is none. Takes a leading +91, 91, 0091
 * or 0, spaces, dashes, brackets and Devanagari digits. Mobile numbers begin with 6-9 (national numbering plan).
 */
export function parseIndianMobile(text: string): string | null {
	if (text.length > 64) return null;
	const number = MOBILE.exec(toLatinDigits(text).replace(DECORATION, ''))?.[1];
	return number === undefined ? null : `+91${number}`;
}

/** `98xxx xx654`: enough for its owner to know it, not enough to call it. Takes `+91XXXXXXXXXX`. */
export function maskMobile(mobile: string): string {
	const number = mobile.slice(-10);
	return `${number.slice(0, 2)}xxx xx${number.slice(-3)}`;
}
