import { describe, expect, it } from 'vitest';
import { parseFamilyId } from './family-id.ts';

describe('parseFamilyId', () => {
	it.each([
		['5kax9012', '5KAX9012', false],
		[' 5KAX 9012 ', '5KAX9012', false],
		['T1234ABCD', 'T1234ABCD', true],
		['t-1234-abcd', 'T1234ABCD', true],
		['T234ABCD', 'T234ABCD', false],
		['१२३४ABCD', '1234ABCD', false],
	])('reads the PPP id %j', (typed, id, temporary) => {
		expect(parseFamilyId('ppp', typed)).toEqual({
			ok: true,
			value: { scheme: 'ppp', id, temporary },
		});
	});

	it.each([
		['4812345678', '4812345678', false],
		['४८१२ ३४५ ६७८', '4812345678', false],
		['48123456789', '48123456789', true],
	])('reads the Jan Aadhaar id %j', (typed, id, member) => {
		expect(parseFamilyId('jan_aadhaar', typed)).toEqual({
			ok: true,
			value: { scheme: 'jan_aadhaar', id, member },
		});
	});

	it('says why not', () => {
		expect(parseFamilyId('ppp', ' \u200d')).toEqual({ ok: false, problem: 'empty' });
		expect(parseFamilyId('ppp', '5KAX901')).toEqual({ ok: false, problem: 'bad_format' });
		expect(parseFamilyId('ppp', 'X1234ABCD')).toEqual({ ok: false, problem: 'bad_format' });
		expect(parseFamilyId('jan_aadhaar', '481234567A')).toEqual({
			ok: false,
			problem: 'bad_format',
		});
		expect(parseFamilyId('ppp', 'A'.repeat(100_000))).toEqual({ ok: false, problem: 'bad_format' });
	});

	it('knows an Aadhaar number when it is given instead', () => {
		for (const scheme of ['ppp', 'jan_aadhaar'] as const) {
			expect(parseFamilyId(scheme, '2341 2341 2346')).toEqual({
				ok: false,
				problem: 'looks_like_aadhaar',
			});
		}
	});
});
