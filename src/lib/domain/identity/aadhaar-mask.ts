import { digitsOf, INVISIBLE_CLASS } from './digits.ts';
import { looksLikeAadhaar, passesVerhoeff } from './verhoeff.ts';

/** Where an Aadhaar number stands in a text (UTF-16 offsets), and all of it that may be told: its last four. */
export type FoundAadhaar = { readonly start: number; readonly end: number; readonly last4: string };

type Group = { readonly digits: string; readonly start: number; readonly end: number };

const LIGHT = `\\p{Zs}\\t\\p{Pd}\\p{Me}\\u2212_${INVISIBLE_CLASS}`;
/** What stands between any two digits of one number. */
const RUN = new RegExp(`\\d+(?:[${LIGHT}]{1,8}\\d+)*`, 'gu');
/** What stands only between the three fours of a number: lists and amounts are written so, too. */
const WIDE_RUN = new RegExp(`\\d+(?:[${LIGHT}\\p{P}\\p{Sm}\\p{Sk}\\s]{1,8}\\d+)*`, 'gu');
const MASKED_PREFIX = 'XXXX XXXX ';

/** The text with all digits as 0-9, and for each of its UTF-16 units the place in the text it came from. */
function inLatin(text: string): { plain: string; places: readonly number[] } {
	let plain = '';
	const places: number[] = [];
	let place = 0;
	for (const char of text) {
		const shown = digitsOf(char) || char;
		for (let unit = 0; unit < shown.length; unit += 1) places.push(place);
		plain += shown;
		place += char.length;
	}
	places.push(place);
	return { plain, places };
}

/** The groups of digits of each run. */
function runsOf(plain: string, run: RegExp): Group[][] {
	return Array.from(plain.matchAll(run), (match) =>
		Array.from(match[0].matchAll(/\d+/g), (group) => {
			const start = match.index + group.index;
			return { digits: group[0], start, end: start + group[0].length };
		}),
	);
}

function isDay(day: string, month: string, year: string): boolean {
	return /^(?:19|20)/.test(year) && Number(month) <= 12 && Number(day) <= 31;
}

/** `+91 98765 43210` and `23-01-2024 1530` have twelve digits too, and people write them often. */
function isPhoneOrDate(groups: readonly Group[], before: string): boolean {
	const [a = '', b = '', c = ''] = groups.map((group) => group.digits);
	const shape = shapeOf(groups);
	if (before === '+') return /^91[6-9]/.test(a + b);
	if (shape === '2-10' || shape === '2-5-5') return a === '91' && /^[6-9]/.test(b);
	if (shape === '2-2-4-4') return isDay(a, b, c);
	if (shape === '4-2-2-4') return isDay(c, b, a);
	return false;
}

const shapeOf = (groups: readonly Group[]) => groups.map((group) => group.digits.length).join('-');

/** Years and numbers of fields one after the other: `2021, 2022, 2024`. */
function isSeries(groups: readonly Group[]): boolean {
	const [a = 0, b = 0, c = 0] = groups.map((group) => Number(group.digits));
	return a < b && b < c && c - a < 100;
}

/** Sixteen digits in fours with a right checksum: a virtual id, not a number with four digits beside it. */
function isVirtualId(groups: readonly Group[]): boolean {
	return (
		shapeOf(groups) === '4-4-4-4' && passesVerhoeff(groups.map((group) => group.digits).join(''))
	);
}

/** The groups from `first` on that make up exactly twelve digits, a zero before them not counted. */
function twelveFrom(groups: readonly Group[], first: number): Group[] | null {
	const window: Group[] = [];
	let length = 0;
	for (let index = first; index < groups.length && length < 12; index += 1) {
		const group = groups[index];
		if (!group) break;
		// No Aadhaar number begins with 0, so one that leads is not of it.
		const led = index === first && group.digits.length > 1 && group.digits.startsWith('0');
		window.push(led ? { ...group, digits: group.digits.slice(1), start: group.start + 1 } : group);
		length += window.at(-1)?.digits.length ?? 0;
	}
	return length === 12 ? window : null;
}

/** The windows of twelve digits in a run that are Aadhaar numbers and that `fits` lets through. */
function findInRun(
	plain: string,
	groups: readonly Group[],
	fits: (window: readonly Group[]) => boolean,
): Group[][] {
	const found: Group[][] = [];
	const offset = groups[0]?.start ?? 0;
	// The last four of a number masked before are no beginning of another.
	const before = plain.slice(Math.max(0, offset - MASKED_PREFIX.length), offset);
	let index = before === MASKED_PREFIX && groups[0]?.digits.length === 4 ? 1 : 0;
	while (index < groups.length) {
		const window = twelveFrom(groups, index);
		if (window && looksLikeAadhaar(window.map((group) => group.digits).join('')) && fits(window)) {
			found.push(window);
			index += window.length;
		} else {
			index += 1;
		}
	}
	return found;
}

/**
 * Every run of twelve digits in the text that could be an Aadhaar number: first digit 2-9, Verhoeff checksum
 * right; digits of any script, with a 0 before them or not; spaces, dashes, underscores and invisible
 * characters may stand anywhere between, line breaks and other punctuation between groups of four. Digits
 * that belong to a longer unbroken run, a virtual id, a phone number with its country code, a written date or
 * a series of three are left alone. One in ten of other twelve-digit numbers passes: those need a field of
 * their own (electricity K number). Never throws, linear in the length.
 */
export function findAadhaarNumbers(text: string): FoundAadhaar[] {
	const { plain, places } = inLatin(text);
	const found: Group[][] = [];
	const settled = new Set<number>();
	const settle = (groups: readonly Group[]) => {
		for (const group of groups) settled.add(group.end);
	};
	for (const groups of runsOf(plain, RUN)) {
		if (isVirtualId(groups)) {
			settle(groups);
			continue;
		}
		const fits = (window: readonly Group[]) => {
			const start = window[0]?.start ?? 0;
			return !isPhoneOrDate(window, plain.slice(Math.max(0, start - 1), start));
		};
		const inRun = findInRun(plain, groups, fits);
		inRun.forEach(settle);
		found.push(...inRun);
	}
	for (const groups of runsOf(plain, WIDE_RUN)) {
		const fits = (window: readonly Group[]) =>
			shapeOf(window) === '4-4-4' &&
			!isSeries(window) &&
			!window.some((group) => settled.has(group.end));
		if (!isVirtualId(groups)) found.push(...findInRun(plain, groups, fits));
	}
	return found
		.map((window) => ({
			start: places[window[0]?.start ?? 0] ?? 0,
			end: places[window.at(-1)?.end ?? 0] ?? 0,
			last4: window
				.map((group) => group.digits)
				.join('')
				.slice(-4),
		}))
		.sort((a, b) => a.start - b.start);
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
