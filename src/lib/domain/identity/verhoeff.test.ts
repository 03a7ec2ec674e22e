import fc from 'fast-check';
import { stdnum } from 'stdnum';
import { describe, expect, it } from 'vitest';
import { looksLikeAadhaar, passesVerhoeff } from './verhoeff.ts';

const digits = (length: number) =>
	fc.stringMatching(new RegExp(`^[0-9]{${length}}$`), { maxLength: length });

describe('Verhoeff', () => {
	it('knows the examples', () => {
		expect(looksLikeAadhaar('234123412346')).toBe(true);
		expect(passesVerhoeff('123412341234')).toBe(true);
		expect(looksLikeAadhaar('123412341234')).toBe(false);
		expect(passesVerhoeff('')).toBe(false);
		expect(passesVerhoeff('2341x3412346')).toBe(false);
	});

	it('agrees with an independent implementation', () => {
		const reverse = (text: string) => Array.from(text).reverse().join('');
		fc.assert(
			fc.property(digits(11), (start) => {
				for (let last = 0; last < 10; last += 1) {
					const number = `${start}${last}`;
					if (number === reverse(number)) continue; // the other refuses palindromes as well
					expect(looksLikeAadhaar(number)).toBe(stdnum.IN?.aadhaar?.validate(number).isValid);
				}
			}),
		);
	});

	it('has exactly one right last digit', () => {
		fc.assert(
			fc.property(digits(11), (start) => {
				const right = Array.from('0123456789').filter((last) => passesVerhoeff(start + last));
				expect(right).toHaveLength(1);
			}),
		);
	});

	it('finds every wrong digit and every swap of neighbours', () => {
		fc.assert(
			fc.property(
				digits(12).filter(passesVerhoeff),
				fc.nat(11),
				fc.integer({ min: 1, max: 9 }),
				(number, at, shift) => {
					const wrong = String((Number(number[at]) + shift) % 10);
					expect(passesVerhoeff(number.slice(0, at) + wrong + number.slice(at + 1))).toBe(false);
					const [a, b] = [number.charAt(at), number.charAt(at + 1)];
					if (b !== '' && a !== b) {
						const swapped = number.slice(0, at) + b + a + number.slice(at + 2);
						expect(passesVerhoeff(swapped)).toBe(false);
					}
				},
			),
		);
	});
});
