import { describe, expect, it } from 'vitest';
import { toLatinDigits } from './digits.ts';

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
