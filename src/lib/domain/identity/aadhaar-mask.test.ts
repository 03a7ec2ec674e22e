import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAadhaarNumbers, maskAadhaarNumbers } from './aadhaar-mask.ts';
import { digitsOf } from './digits.ts';
import { looksLikeAadhaar, passesVerhoeff } from './verhoeff.ts';

const aadhaar = fc
	.stringMatching(/^[2-9][0-9]{10}$/, { maxLength: 11 })
	.map((start) => start + Array.from('0123456789').find((last) => passesVerhoeff(start + last)));
const inDevanagari = (text: string) =>
	text.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit)));
const words = fc.stringMatching(/^[a-zक-ह ,.:()\n]{0,20}$/, { maxLength: 20 });

describe('maskAadhaarNumbers', () => {
	it.each([
		['234123412346'],
		['2341 2341 2346'],
		['2341-2341-2346'],
		['2341 - 2341 - 2346'],
		['2341\u00a02341\u20092346'],
		['2341\u20132341\u22122346'],
		['2341\u200d2341\u200b2346'],
		['23412341 2346'],
		['2 3 4 1 2 3 4 1 2 3 4 6'],
		['२३४१२३४१२३४६'],
		['२३४१ २३४१ २३४६'],
		['२३४१-2341-२३४६'],
		['2341.2341.2346'],
		['2341/2341/2346'],
		['2341 : 2341 : 2346'],
		['2341, 2341, 2346'],
		['2341*2341*2346'],
		['2341 2341\n2346'],
		['2341\r\n2341\r\n2346'],
		['2341|2341|2346'],
		['2️⃣3️⃣4️⃣1️⃣2️⃣3️⃣4️⃣1️⃣2️⃣3️⃣4️⃣6️⃣'.replace(/\ufe0f\u20e3$/, '')],
		['𝟚𝟛𝟜𝟙 𝟚𝟛𝟜𝟙 𝟚𝟛𝟜𝟞'],
		['𝟐𝟑𝟒𝟏𝟐𝟑𝟒𝟏𝟐𝟑𝟒𝟔'],
		['②③④①②③④①②③④⑥'],
		['೨೩೪೧೨೩೪೧೨೩೪೬'],
		['᠒᠓᠔᠑᠒᠓᠔᠑᠒᠓᠔᠖'],
	])('masks %j', (number) => {
		expect(maskAadhaarNumbers(`मेरा आधार ${number} है।`)).toEqual({
			text: 'मेरा आधार XXXX XXXX 2346 है।',
			masked: 1,
		});
	});

	it('masks in file names', () => {
		expect(maskAadhaarNumbers('aadhaar_234123412346.pdf').text).toBe('aadhaar_XXXX XXXX 2346.pdf');
		expect(maskAadhaarNumbers('2341_2341_2346.jpg').text).toBe('XXXX XXXX 2346.jpg');
	});

	it('masks in brackets, after a zero and after a plus', () => {
		expect(maskAadhaarNumbers('(2341)(2341)(2346)').text).toBe('(XXXX XXXX 2346)');
		expect(maskAadhaarNumbers('[2341] [2341] [2346]').text).toBe('[XXXX XXXX 2346]');
		expect(maskAadhaarNumbers('0234123412346').text).toBe('0XXXX XXXX 2346');
		expect(maskAadhaarNumbers('02341 2341 2346').text).toBe('0XXXX XXXX 2346');
		expect(maskAadhaarNumbers('+234123412346').text).toBe('+XXXX XXXX 2346');
		expect(maskAadhaarNumbers('+2341 2341 2346').text).toBe('+XXXX XXXX 2346');
	});

	it('masks beside other numbers', () => {
		expect(maskAadhaarNumbers('5678, 2341 2341 2346, 5678').text).toBe(
			'5678, XXXX XXXX 2346, 5678',
		);
		expect(maskAadhaarNumbers('9812345654 2341 2341 2346').text).toBe('9812345654 XXXX XXXX 2346');
		expect(maskAadhaarNumbers('12, 2341 2341 2346 2024').text).toBe('12, XXXX XXXX 2346 2024');
	});

	it.each([
		['wrong checksum', '2341 2341 2345'],
		['first digit 0 or 1', '123412341234'],
		['longer run', '2341234123461'],
		['longer run before', '1234123412346'],
		['other punctuation elsewhere than between fours', '23,41,23,41,23,46'],
		['line break elsewhere than between fours', '234123\n412346'],
		['years', '2010, 2011, 2024'],
		['country code with +', '+91 6234 123 005'],
		['country code with + in one', '+916234123005'],
		['amount', 'Rs 2,341.50'],
		['PIN and house', '110051 31'],
		['already masked', 'XXXX XXXX 2346 2341 2346'],
	])('leaves alone: %s', (_why, text) => {
		expect(maskAadhaarNumbers(text)).toEqual({ text, masked: 0 });
	});

	it('leaves phone numbers with their country code, written dates and virtual ids alone', () => {
		const ends = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));
		const all = ends.flatMap((end) => [
			`+919876543${end}0`,
			`+91 98765 43${end}1`,
			`91-9876543${end}2`,
			`23-01-2024 15${end}`,
			`2024-01-23 15${end}`,
			`23/01/2024 15${end}`,
			`2024.01.23, 15${end}`,
		]);
		expect(all.filter((text) => maskAadhaarNumbers(text).masked > 0)).toEqual([]);
		const virtual = '234123412346123';
		const last = Array.from('0123456789').find((digit) => passesVerhoeff(virtual + digit));
		const spaced = `2341 2341 2346 123${last}`;
		expect(maskAadhaarNumbers(spaced).masked).toBe(0);
		expect(maskAadhaarNumbers(`${spaced}, 2024`).masked).toBe(0);
		expect(maskAadhaarNumbers(spaced.replaceAll(' ', '/')).masked).toBe(0);
	});

	it('finds every number however it is spaced and in whichever digits', () => {
		const gap = fc.constantFrom(
			'',
			'',
			'',
			' ',
			'-',
			'\u2013',
			'\u00a0',
			'\u200d',
			'\u2060',
			' \u2014 ',
		);
		fc.assert(
			fc.property(
				words,
				words,
				aadhaar.filter((number) => !/^(?:91[6-9]|[0-3]\d[01]\d(?:19|20)|(?:19|20))/.test(number)),
				fc.array(gap, { minLength: 12, maxLength: 12 }),
				fc.boolean(),
				(before, after, number, gaps, devanagari) => {
					const spaced = Array.from(number, (digit, i) => (i ? gaps[i] : '') + digit).join('');
					const text = `${before}${devanagari ? inDevanagari(spaced) : spaced}${after}`;
					expect(maskAadhaarNumbers(text)).toEqual({
						text: `${before}XXXX XXXX ${number.slice(-4)}${after}`,
						masked: 1,
					});
				},
			),
		);
	});

	it('finds every number whose fours are kept apart by whatever signs', () => {
		const apart = fc
			.string({
				unit: fc.constantFrom(...'.,/:;*()[]{}|\\#\'" \t\n\r-_।'),
				minLength: 1,
				maxLength: 8,
			})
			.filter((signs) => signs.length > 0);
		const isSeries = ([a = 0, b = 0, c = 0]: number[]) => a < b && b < c && c - a < 100;
		const fours = (number: string) => number.match(/.{4}/g) ?? [];
		fc.assert(
			fc.property(
				aadhaar.filter((number) => !isSeries(fours(number).map(Number))),
				apart,
				apart,
				(number, one, two) => {
					const [a = '', b = '', c = ''] = fours(number);
					expect(maskAadhaarNumbers(`क ${a}${one}${b}${two}${c} ख`)).toEqual({
						text: `क XXXX XXXX ${c} ख`,
						masked: 1,
					});
				},
			),
		);
	});

	it('leaves no number behind, changes nothing else, and a second time nothing at all', () => {
		const soup = fc.string({
			unit: fc.constantFrom(
				...Array.from('0123456789२३४𝟚① -\u200dअa,./\n+('),
				...['234123412346', '2341', '2346'],
			),
			maxLength: 60,
		});
		fc.assert(
			fc.property(soup, (text) => {
				const once = maskAadhaarNumbers(text);
				expect(maskAadhaarNumbers(once.text)).toEqual({ text: once.text, masked: 0 });
				const plain = Array.from(once.text, (char) => digitsOf(char) || char).join('');
				for (const run of plain.match(/\d+/g) ?? []) {
					expect(looksLikeAadhaar(run)).toBe(false);
				}
				if (once.masked === 0) expect(once.text).toBe(text);
			}),
			{ numRuns: 500 },
		);
	});

	it('tells the place and only the last four', () => {
		expect(findAadhaarNumbers('आधार: 2341 2341 2346')).toEqual([
			{ start: 6, end: 20, last4: '2346' },
		]);
	});

	it('copes with a very long text', () => {
		const text = '2 '.repeat(50_000) + 'a'.repeat(50_000) + '-'.repeat(50_000);
		expect(maskAadhaarNumbers(text).text.length).toBeGreaterThan(0);
	});
});
