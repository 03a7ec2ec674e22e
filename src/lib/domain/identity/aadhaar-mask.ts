import { DIGIT_CLASS, INVISIBLE_CLASS, toLatinDigits } from './digits.ts';
import { looksLikeAadhaar, passesVerhoeff } from './verhoeff.ts';

/** Where an Aadhaar number stands in a text (UTF-16 offsets), and all of it that may be told: its last four. */
export type FoundAadhaar = { readonly start: number; readonly end: number; readonly last4: string };

type Group = { readonly digits: string; readonly start: number; readonly end: number };

const GAP = `[\\p{Zs}\\t\\p{Pd}\\u2212_${INVISIBLE_CLASS}]`;
const RUN = new RegExp(`[${DIGIT_CLASS}](?:${GAP}{0,8}[${DIGIT_CLASS}])*`, 'gu');
const GROUP = new RegExp(`[${DIGIT_CLASS}]+`, 'g');
const MASKED_PREFIX = 'XXXX XXXX ';

function groupsOf(run: string, offset: number): Group[] {
	return Array.from(run.matchAll(GROUP), (match) => ({
		digits: toLatinDigits(match[0]),
		start: offset + match.index,
		end: offset + match.index + match[0].length,
	}));
}

function isDay(day: string, month: string, year: string): boolean {
	return /^(?:19|20)/.test(year) && Number(month) <= 12 && Number(day) <= 31;
}

/** `+91 98765 43210` and `23-01-2024 1530` have twelve digits too, and people write them often. */
function isPhoneOrDate(groups: readonly Group[], before: string): boolean {
	const [a = '', b = '', c = ''] = groups.map((group) => group.digits);
	const shape = groups.map((group) => group.digits.length).join('-');
	if (before.endsWith('+')) return true;
	if (shape === '2-10' || shape === '2-5-5') return a === '91' && /^[6-9]/.test(b);
	if (shape === '2-2-4-4') return isDay(a, b, c);
	if (shape === '4-2-2-4') return isDay(c, b, a);
	return false;
}

/** Sixteen digits in fours with a right checksum: a virtual id, not a number with four digits beside it. */
function isVirtualId(groups: readonly Group[]): boolean {
	const inFours = groups.length === 4 && groups.every((group) => group.digits.length === 4);
	return inFours && passesVerhoeff(groups.map((group) => group.digits).join(''));
}

/** The groups from `first` on that make up exactly twelve digits. */
function twelveFrom(groups: readonly Group[], first: number): Group[] | null {
	let length = 0;
	for (let index = first; index < groups.length && length < 12; index += 1) {
		length += groups[index]?.digits.length ?? 0;
		if (length === 12) return groups.slice(first, index + 1);
	}
	return null;
}

function findInRun(text: string, run: string, offset: number): FoundAadhaar[] {
	const groups = groupsOf(run, offset);
	if (isVirtualId(groups)) return [];
	const found: FoundAadhaar[] = [];
	// The last four of a number masked before are no beginning of another.
	const before = text.slice(Math.max(0, offset - MASKED_PREFIX.length), offset);
	let index = before === MASKED_PREFIX && groups[0]?.digits.length === 4 ? 1 : 0;
	while (index < groups.length) {
		const window = twelveFrom(groups, index);
		const digits = window?.map((group) => group.digits).join('') ?? '';
		const [start, end] = [window?.at(0)?.start ?? 0, window?.at(-1)?.end ?? 0];
		if (
			window &&
			looksLikeAadhaar(digits) &&
			!isPhoneOrDate(window, text.slice(Math.max(0, start - 1), start))
		) {
			found.push({ start, end, last4: digits.slice(-4) });
			index += window.length;
		} else {
			index += 1;
		}
	}
	return found;
}

/**
 * Every run of twelve digits in the text that could be an Aadhaar number: first digit 2-9, Verhoeff checksum
 * right; Latin, Devanagari and other Indian digits; spaces, dashes, underscores and invisible characters may
 * stand between. Digits that belong to a longer unbroken run, a virtual id, a phone number with its country
 * code or a written date are left alone. One in ten of other twelve-digit numbers passes: those need a field
 * of their own (electricity K number). Never throws, linear in the length.
 */
export function findAadhaarNumbers(text: string): FoundAadhaar[] {
	return Array.from(text.matchAll(RUN)).flatMap((match) => findInRun(text, match[0], match.index));
}

/** The text with each such number as `XXXX XXXX 1234`, and how many there were, so that the person is told. */
export function maskAadhaarNumbers(text: string): { text: string; masked: number } {
	const found = findAadhaarNumbers(text);
	let result = '';
	let from = 0;
	for (const { start, end, last4 } of found) {
		result += text.slice(from, start) + MASKED_PREFIX + last4;
		from = end;
	}
	return { text: result + text.slice(from), masked: found.length };
}
