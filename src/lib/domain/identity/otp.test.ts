import { describe, expect, it } from 'vitest';
import {
	nextSendAllowedAt,
	OTP_GUESS_WAITS_S,
	OTP_LIFETIME_MS,
	OTP_MAX_TRIES,
	OTP_QUIET_MS,
	OTP_SEND_WAITS_S,
	otpState,
	parseOtp,
} from './otp.ts';

const T0 = new Date('2026-11-22T10:00:00Z').getTime();
const at = (seconds: number) => new Date(T0 + seconds * 1000);

describe('otpState', () => {
	const fresh = { sentAt: at(0), tries: 0, usedAt: null };

	it('lives ten minutes, to the millisecond', () => {
		expect(OTP_LIFETIME_MS).toBe(600_000);
		expect(otpState(fresh, new Date(T0 + OTP_LIFETIME_MS - 1))).toBe('live');
		expect(otpState(fresh, new Date(T0 + OTP_LIFETIME_MS))).toBe('expired');
	});

	it('dies with the fifth wrong guess and with its use', () => {
		expect(otpState({ ...fresh, tries: OTP_MAX_TRIES - 1 }, at(1))).toBe('live');
		expect(otpState({ ...fresh, tries: OTP_MAX_TRIES }, at(1))).toBe('exhausted');
		expect(otpState({ ...fresh, usedAt: at(1) }, at(2))).toBe('used');
	});
});

describe('nextSendAllowedAt', () => {
	it('sends the first code at once', () => {
		expect(nextSendAllowedAt([])).toBeNull();
	});

	it('waits longer after each code, and never forever', () => {
		const sends: Date[] = [];
		const waits: number[] = [];
		for (let i = 0; i < 10; i += 1) {
			sends.push(nextSendAllowedAt(sends) ?? at(0));
			const next = nextSendAllowedAt(sends)?.getTime() ?? 0;
			waits.push((next - (sends.at(-1)?.getTime() ?? 0)) / 1000);
		}
		expect(waits.slice(0, 6)).toEqual([...OTP_SEND_WAITS_S]);
		expect(new Set(waits.slice(6))).toEqual(new Set([3600]));
	});

	it('begins small again after a long silence, whatever the order of the times', () => {
		const old = [at(-OTP_QUIET_MS / 1000 - 60), at(-OTP_QUIET_MS / 1000)];
		expect(nextSendAllowedAt([at(0), ...old])).toEqual(at(30));
		expect(nextSendAllowedAt([...old, at(0)])).toEqual(at(30));
	});

	it('waits longer when codes were guessed at', () => {
		expect(nextSendAllowedAt([at(0)], [at(20)])).toEqual(at(20 + OTP_GUESS_WAITS_S[0]));
		expect(nextSendAllowedAt([at(0), at(400)], [at(20), at(420)])).toEqual(
			at(420 + OTP_GUESS_WAITS_S[1]),
		);
	});
});

describe('parseOtp', () => {
	it('reads what people type', () => {
		expect(['123456', ' 123 456 ', '123-456', '१२३४५६'].map(parseOtp)).toEqual(
			Array(4).fill('123456'),
		);
	});

	it('refuses the rest', () => {
		expect(['', '12345', '1234567', '12345a', '1'.repeat(9999)].map(parseOtp)).toEqual(
			Array(5).fill(null),
		);
	});
});
