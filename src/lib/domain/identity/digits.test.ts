import { describe, expect, it } from 'vitest';
import { digitsOf, toLatinDigits } from './digits.ts';

describe('toLatinDigits', () => {
	it('reads Devanagari, Gujarati and full-width digits', () => {
		expect(toLatinDigits('०१२३४५६७८९')).toBe('0123456789');
		expect(toLatinDigits('૯૮')).toBe('98');
		expect(toLatinDigits('４２')).toBe('42');
	});

	it('leaves everything else, and every position, as it was', () => {
		expect(toLatinDigits('वार्ड २, 🙂')).toBe('वार्ड 2, 🙂');
	});
});

describe('digitsOf', () => {
	it('reads the digits of every script, mathematical ones and those written around a digit', () => {
		const read = (text: string) => Array.from(text, digitsOf).join(' ');
		expect(read('09०९୦௯０')).toBe('0 9 0 9 0 9 0');
		expect(read('𝟎𝟗𝟘𝟡𝟢𝟫𝟬𝟵𝟶𝟿')).toBe('0 9 0 9 0 9 0 9 0 9');
		expect(read('²₃①⑨⑫⑴⒈')).toBe('2 3 1 9 12 1 1');
	});

	it('reads none in anything else', () => {
		expect(Array.from('aअ½一Ⅳ🙂 ').map(digitsOf).join('')).toBe('');
	});
});
