import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceInstant, referenceTimestamp } from './reference.ts';

describe('referenceInstant', () => {
	it('reads Indian time', () => {
		expect(referenceInstant('269720190308114407437')?.toISOString()).toBe(
			'2019-03-08T06:14:07.437Z',
		);
		expect(referenceInstant('000020200101000000000')?.toISOString()).toBe(
			'2019-12-31T18:30:00.000Z',
		);
	});

	it('does without the milliseconds', () => {
		expect(referenceInstant('269720190308114407')?.toISOString()).toBe('2019-03-08T06:14:07.000Z');
		expect(referenceInstant('269720190230114407')).toBeNull();
	});

	it.each([
		['269720190230114407437'],
		['269720191308114407437'],
		['269720190308244407437'],
		['269720190308116007437'],
		['269700000008114407437'],
		['26972019030811440743'],
		['2697201903081144074'],
		['26972019030811440'],
		['2697201903081144074370'],
		['x69720190308114407437'],
		['२६९७20190308114407437'],
		[''],
	])('refuses %j', (reference) => {
		expect(referenceInstant(reference)).toBeNull();
	});

	it('is undone by referenceTimestamp', () => {
		const min = new Date('2000-01-01T00:00:00Z');
		const max = new Date('2099-12-31T00:00:00Z');
		fc.assert(
			fc.property(fc.date({ min, max, noInvalidDate: true }), (at) => {
				expect(referenceInstant(`1234${referenceTimestamp(at)}`)).toEqual(at);
			}),
		);
	});
});
