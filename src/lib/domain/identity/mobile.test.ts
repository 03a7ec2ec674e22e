import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskMobile, parseIndianMobile } from './mobile.ts';

describe('parseIndianMobile', () => {
	it.each([
		['9812345654'],
		['+919812345654'],
		['+91 98123 45654'],
		['+91-98123-45654'],
		['0091 9812345654'],
		['919812345654'],
		['09812345654'],
		[' (+91) 98123\u00a045654 '],
		['९८१२३४५६५४'],
		['+९१ ९८१२३ ४५६५४'],
		['98123\u201345654'],
		['\u202a+919812345654\u202c'],
	])('reads %j', (text) => {
		expect(parseIndianMobile(text)).toBe('+919812345654');
	});

	it('does not mistake a number that begins with 91 for one with a country code', () => {
		expect(parseIndianMobile('9198765432')).toBe('+919198765432');
	});

	it.each([
		[''],
		['98123'],
		['5812345654'],
		['981234565'],
		['98123456540'],
		['+1 9812345654'],
		['+09812345654'],
		['9812345654 or 9812345655'],
		['98123a5654'],
		['+91+919812345654'],
		['9'.repeat(100_000)],
	])('refuses %j', (text) => {
		expect(parseIndianMobile(text)).toBeNull();
	});

	it('answers every text with null or a full number', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(parseIndianMobile(text) ?? '+916000000000').toMatch(/^\+91[6-9]\d{9}$/);
			}),
		);
	});
});

describe('maskMobile', () => {
	it('shows the first two and the last three digits', () => {
		expect(maskMobile('+919812345654')).toBe('98xxx xx654');
	});
});
