import { describe, expect, test } from 'vitest';
import { typedAgain, withoutAadhaar } from './typed-again.ts';

describe('what was typed', () => {
	test('comes back without an Aadhaar number', () => {
		expect(typedAgain('मेरा 2341 2341 2346 है')).toBe('मेरा XXXX XXXX 2346 है');
	});
	test.each(['919812345680', '98123 45680', '23412341-2346-4abc-8def-234123412346', 'नाली'])(
		'comes back as it was: %s',
		(text) => expect(typedAgain(text)).toBe(text),
	);
});

describe('an address', () => {
	const at = (path: string) => withoutAadhaar(new URL(`http://localhost${path}`));
	test('with an Aadhaar number leads to the same page without it', () => {
		expect(at('/desk?q=2341+2341+2346&post=a')).toBe('/desk?q=XXXX+XXXX+2346&post=a');
		expect(at('//evil.example/desk?q=234123412346')).toBe('/evil.example/desk?q=XXXX+XXXX+2346');
	});
	test('without one stays', () => {
		expect(at('/desk')).toBeNull();
		expect(at('/desk?q=RWR-26-000123&post=23412341-2346-4abc-8def-234123412346')).toBeNull();
	});
});
