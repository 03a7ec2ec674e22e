import { describe, expect, it } from 'vitest';
import {
	inGroupsOfFour,
	parseRecoveryCode,
	totpSecondsLeft,
	totpStep,
	totpStepsAt,
} from './totp.ts';

const at = (seconds: number) => new Date(seconds * 1000);

describe('time steps', () => {
	it('count 30 seconds from 1970 (RFC 6238, appendix B)', () => {
		expect(totpStep(at(59))).toBe(1);
		expect(totpStep(at(60))).toBe(2);
		expect(totpStep(at(1_111_111_109))).toBe(0x23523ec);
		expect(totpStep(at(20_000_000_000))).toBe(0x27bc86aa);
	});

	it('leave one step of drift either way and no more', () => {
		expect(totpStepsAt(at(300))).toEqual([9, 10, 11]);
		expect(totpStepsAt(at(329.999))).toEqual([9, 10, 11]);
		expect(totpStepsAt(at(330))).toEqual([10, 11, 12]);
	});

	it('say how long a code still shows', () => {
		expect(totpSecondsLeft(at(60))).toBe(30);
		expect(totpSecondsLeft(at(60.999))).toBe(30);
		expect(totpSecondsLeft(at(89))).toBe(1);
		expect(totpSecondsLeft(at(89.999))).toBe(1);
	});
});

describe('a recovery code', () => {
	it('is read however a person types it', () => {
		for (const typed of ['0b1de-fghjk', ' OBLDE FGHJK ', 'obide–fghjk', '0b1defghjk']) {
			expect(parseRecoveryCode(typed)).toBe('0b1defghjk');
		}
	});

	it.each(['', '0b1de-fghj', '0b1de-fghjkm', '0b1de-fghj!', 'u'.repeat(10), 'x'.repeat(10_000)])(
		'is nothing else: %.20s',
		(typed) => {
			expect(parseRecoveryCode(typed)).toBeNull();
		},
	);
});

it('a key is written in groups of four', () => {
	expect(inGroupsOfFour('ABCDEFGHIJ')).toBe('ABCD EFGH IJ');
	expect(inGroupsOfFour('ABCDEFGH')).toBe('ABCD EFGH');
});
