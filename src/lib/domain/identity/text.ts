// Kept: line breaks, ZWJ and ZWNJ (Hindi conjuncts, emoji), variation selectors, emoji tags.
const BREAKS = /\r\n?|[\u0085\u2028\u2029\v\f]/g;
const CONTROLS = /[\p{Cc}\ufeff\ufff9-\ufffb]/gu;
// Marks that turn the reading direction can make a text say something else than it shows.
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A person's text as it is stored: NFC, without control characters and without marks that turn the reading
 * direction, outer white space trimmed, half characters replaced; line breaks are `\n`. Emoji and the joiners
 * of Hindi stay. Cleaning twice changes nothing.
 */
export function cleanText(raw: string): string {
	return raw
		.toWellFormed()
		.replace(BREAKS, '\n')
		.replace(/\t/g, ' ')
		.replace(BIDI, '')
		.replace(CONTROLS, (char) => (char === '\n' ? char : ''))
		.normalize('NFC')
		.trim();
}

/** The same for a one-line field: white space of any kind becomes one space. */
export function cleanLine(raw: string): string {
	return cleanText(raw).replace(/\s+/g, ' ');
}

/**
 * Length in Unicode code points: what a limit is meant in. Not graphemes, because one of those can hold
 * thousands of combining marks and a limit must bound what is stored.
 */
export function countCharacters(text: string): number {
	return Array.from(text).length;
}

/** Whether a text has at most `max` code points. Does not walk a text that is far too long. */
export function fitsIn(text: string, max: number): boolean {
	return text.length <= max || (text.length <= max * 2 && countCharacters(text) <= max);
}
