import { describe, expect, test } from 'vitest';
import { CONSENT_PURPOSES, isWithdrawable, standingConsents } from './consent.ts';

describe('consents', () => {
	test('all but the work on the grievance itself may be taken back', () => {
		expect(CONSENT_PURPOSES.filter((purpose) => !isWithdrawable(purpose))).toEqual(['grievance']);
	});

	test('the newest entry of each purpose counts, whatever came before', () => {
		const entries = [
			{ purpose: 'proof_fields', given: true, n: 1 },
			{ purpose: 'grievance', given: true, n: 2 },
			{ purpose: 'proof_fields', given: false, n: 3 },
			{ purpose: 'proof_fields', given: true, n: 4 },
		] as const;
		expect(standingConsents(entries).map((one) => one.n)).toEqual([2, 4]);
		expect(standingConsents([])).toEqual([]);
	});
});
