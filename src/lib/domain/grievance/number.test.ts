import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grievanceNumber, parseGrievanceNumber } from './number.ts';

describe('grievance numbers', () => {
	test('are prefix, year and serial', () => {
		expect(grievanceNumber('RWR', 2026, 4821)).toBe('RWR-26-004821');
		expect(grievanceNumber('JDH', 2103, 1_234_567)).toBe('JDH-03-1234567');
	});

	test.each([
		'RWR-26-004821',
		'rwr-26-004821',
		' RWR 26 004821 ',
		'rwr26004821',
		'RWR-26-4821',
		'RWR – 26 – 004821',
		'RWR‑26‑004821',
		'RWR/26/004821',
		'RWR-२६-००४८२१',
		'rwr२६००४८२१',
		'ＲＷＲ－２６－００４８２１',
		'RWR\u200B-26-\u200F004821',
		'RWR-26-0004821',
		'RWR26 004 821',
	])('%j is understood', (text) => {
		expect(parseGrievanceNumber(text)).toBe('RWR-26-004821');
	});

	test.each([
		'',
		'RWR',
		'26-004821',
		'RWR-26',
		'RWR-26-',
		'RWR-26-0',
		'RWR-2-4821',
		'R-26-004821',
		'रेवाड़ी-26-004821',
		"RWR-26-004821'; drop table",
		'9876543210',
		'RWR-26-1234567890123',
	])('%j is none', (text) => {
		expect(parseGrievanceNumber(text)).toBeNull();
	});

	test('what is written is read again, in any dress', () => {
		fc.assert(
			fc.property(
				fc.stringMatching(/^[A-Z]{2,6}$/),
				fc.integer({ min: 2000, max: 2199 }),
				fc.integer({ min: 1, max: 99_999_999 }),
				fc.constantFrom('-', ' ', '', ' - ', '—'),
				fc.boolean(),
				(prefix, year, serial, dash, devanagari) => {
					const number = grievanceNumber(prefix, year, serial);
					let typed = number.toLowerCase().replaceAll('-', dash);
					if (devanagari) {
						typed = typed.replace(/\d/g, (d) => String.fromCharCode(0x0966 + Number(d)));
					}
					expect(parseGrievanceNumber(typed)).toBe(number);
				},
			),
		);
	});

	test('any text at all gets an answer', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 24 }), (text) => {
				const number = parseGrievanceNumber(text);
				if (number !== null) expect(parseGrievanceNumber(number)).toBe(number);
			}),
		);
	});

	test('what cannot be a number is not written', () => {
		expect(() => grievanceNumber('rwr', 2026, 1)).toThrow(RangeError);
		expect(() => grievanceNumber('RWR', 2026, 0)).toThrow(RangeError);
		expect(() => grievanceNumber('RWR', 2026, 1.5)).toThrow(RangeError);
	});
});
