import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { istDate, istInstant } from '../calendar/ist.ts';
import { FINAL_STATES, GRIEVANCE_STATES } from '../grievance/states.ts';
import { eraseCaseOn, erasurePlan, isDue, type HeldCase } from './erasure.ts';

const closed: HeldCase = {
	id: 'a',
	state: 'closed',
	workGoesOn: false,
	lastEventAt: istInstant('2026-11-16', '12:00'),
};

describe('the hold', () => {
	test('a case that is not finished has no day, nor one on which work goes on', () => {
		for (const state of GRIEVANCE_STATES) {
			const isFinal = FINAL_STATES.some((one) => one === state);
			expect(eraseCaseOn({ ...closed, state }) !== null).toBe(isFinal);
			expect(eraseCaseOn({ ...closed, state, workGoesOn: true })).toBeNull();
		}
	});

	test('three whole years after the last entry; the first day is not counted', () => {
		expect(eraseCaseOn(closed)).toBe('2029-11-17');
	});

	test('the day of the last entry is the day in India', () => {
		const at = (lastEventAt: Date) => eraseCaseOn({ ...closed, lastEventAt });
		expect(at(new Date('2026-11-16T18:29:59.999Z'))).toBe('2029-11-17');
		expect(at(new Date('2026-11-16T18:30:00Z'))).toBe('2029-11-18');
	});

	test('29 February ends on the 28th of a common year', () => {
		expect(eraseCaseOn({ ...closed, lastEventAt: istInstant('2028-02-29', '09:00') })).toBe(
			'2031-03-01',
		);
	});

	test('is over at the first instant of the day in India and not a millisecond before', () => {
		const first = istInstant('2029-11-17');
		expect(isDue('2029-11-17', new Date(first.getTime() - 1))).toBe(false);
		expect(isDue('2029-11-17', first)).toBe(true);
		expect(isDue(null, first)).toBe(false);
	});
});

describe('the plan', () => {
	const now = istInstant('2026-12-01', '10:00');

	test('an account without a grievance goes today', () => {
		expect(erasurePlan([], now)).toEqual({ cases: [], accountOn: '2026-12-01' });
	});

	test('the account goes with the last case, and has no day while one runs', () => {
		const later = { ...closed, id: 'b', lastEventAt: istInstant('2027-01-05', '10:00') };
		expect(erasurePlan([later, closed], now)).toEqual({
			cases: [
				{ id: 'b', on: '2030-01-06' },
				{ id: 'a', on: '2029-11-17' },
			],
			accountOn: '2030-01-06',
		});
		const open = { ...closed, id: 'c', state: 'with_officer' } as const;
		expect(erasurePlan([open, closed], now).accountOn).toBeNull();
		expect(erasurePlan([closed, open], now).accountOn).toBeNull();
	});

	test('never takes the account before a case', () => {
		const anyCase = fc.record({
			id: fc.uuid(),
			state: fc.constantFrom(...GRIEVANCE_STATES),
			workGoesOn: fc.boolean(),
			lastEventAt: fc.date({
				min: new Date('2020-01-01'),
				max: new Date('2040-01-01'),
				noInvalidDate: true,
			}),
		});
		fc.assert(
			fc.property(fc.array(anyCase), (cases) => {
				const { accountOn, cases: days } = erasurePlan(cases, now);
				if (days.some(({ on }) => on === null)) expect(accountOn).toBeNull();
				else {
					expect(days.every(({ on }) => on !== null && on <= (accountOn ?? ''))).toBe(true);
					expect((accountOn ?? '') >= istDate(now)).toBe(true);
				}
			}),
		);
	});
});
