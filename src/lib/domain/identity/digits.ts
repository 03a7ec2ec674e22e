/** The zero of each digit set people type here: Latin, Arabic-Indic, the Indian scripts, full width. */
const ZEROS = [
	0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xff10,
];

/** Inside of a character class that matches one digit of any of these sets (each is one UTF-16 unit). */
const DIGIT_CLASS = ZEROS.map(
	(zero) => String.fromCharCode(zero) + '-' + String.fromCharCode(zero + 9),
).join('');

/** Inside of a character class (flag `u`): characters that show nothing and may hide between two digits. */
export const INVISIBLE_CLASS =
	'\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufe00-\\ufe0f\\ufeff';

const ANY_DIGIT = new RegExp(`[${DIGIT_CLASS}]`, 'g');

function latin(digit: string): string {
	const code = digit.charCodeAt(0);
	const zero = ZEROS.find((candidate) => code >= candidate && code <= candidate + 9);
	return zero === undefined ? digit : String(code - zero);
}

/** Six digits or more in a row, whatever stands between them: no part of anybody's name. */
export function holdsNumber(text: string): boolean {
	return /\d{6}/.test(toLatinDigits(text).replace(/[^\p{L}\p{N}]/gu, ''));
}

/** The same text with Devanagari (and other Indian, Arabic, full-width) digits as 0-9; length unchanged. */
export function toLatinDigits(text: string): string {
	return text.replace(ANY_DIGIT, latin);
}

const DECIMAL = /^\p{Nd}$/u;
const isDecimal = (code: number) => DECIMAL.test(String.fromCodePoint(code));

/**
 * The Latin digits that one character (code point) shows: any script's and the mathematical ones, and
 * numbers that are written around a digit (`²`, `①`, `⑫`, `⒈`). Empty for everything else.
 */
export function digitsOf(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	if (isDecimal(code)) {
		// Every set has its ten digits in a row from its zero; sets may follow each other.
		let place = 0;
		while (code > place && isDecimal(code - place - 1)) place += 1;
		return String(place % 10);
	}
	if (!/^\p{No}$/u.test(char)) return '';
	return /^\(?(\d{1,2})[).,]?$/.exec(char.normalize('NFKC'))?.[1] ?? '';
}
