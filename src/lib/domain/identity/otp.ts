import { toLatinDigits } from './digits.ts';

/** Length of a one-time code. */
export const OTP_DIGITS = 6;
/** How long a code may be used, in milliseconds. */
export const OTP_LIFETIME_MS = 10 * 60_000;
/** Guesses a code survives: the fifth wrong one kills it. */
export const OTP_MAX_TRIES = 5;
/** Seconds to wait after the first, second, ... code of a row before the next may be sent; the last repeats. */
export const OTP_SEND_WAITS_S = [30, 60, 120, 300, 900, 3600] as const;
/** Seconds to wait after the first, second, ... code that was killed by wrong guesses; the last repeats. */
export const OTP_GUESS_WAITS_S = [300, 900, 3600, 14_400] as const;
/** A silence this long, in milliseconds, ends the row: the waits begin small again. */
export const OTP_QUIET_MS = 6 * 3600_000;

/** A code as it is stored: never the digits themselves. */
export type OtpRecord = {
	readonly sentAt: Date;
	readonly tries: number;
	readonly usedAt: Date | null;
};
export type OtpState = 'live' | 'used' | 'expired' | 'exhausted';

/** Whether a code may still be tried at `now`. At exactly the end of its life it is expired. */
export function otpState(record: OtpRecord, now: Date): OtpState {
	if (record.usedAt !== null) return 'used';
	if (record.tries >= OTP_MAX_TRIES) return 'exhausted';
	return now.getTime() >= otpExpiresAt(record.sentAt).getTime() ? 'expired' : 'live';
}

export function otpExpiresAt(sentAt: Date): Date {
	return new Date(sentAt.getTime() + OTP_LIFETIME_MS);
}

/** A typed code as six Latin digits (spaces, dashes and Devanagari digits are fine), or null. */
export function parseOtp(typed: string): string | null {
	if (typed.length > 64) return null;
	const code = toLatinDigits(typed).replace(/[\s\p{Z}\p{Pd}\p{Cf}]/gu, '');
	return new RegExp(`^\\d{${OTP_DIGITS}}$`).test(code) ? code : null;
}

/** End of the wait that a row of events has earned, or null when there were none. */
function waitAfter(events: readonly Date[], waits: readonly number[]): number | null {
	const newestFirst = events.map((event) => event.getTime()).sort((a, b) => b - a);
	const newest = newestFirst[0];
	if (newest === undefined) return null;
	let row = 1;
	while (row < newestFirst.length) {
		const gap = (newestFirst[row - 1] ?? 0) - (newestFirst[row] ?? 0);
		if (gap >= OTP_QUIET_MS) break;
		row += 1;
	}
	return newest + (waits[Math.min(row, waits.length) - 1] ?? 0) * 1000;
}

/**
 * When the next code may be sent: null for at once, else an instant (it may be past). `sends` are the times
 * of earlier codes, `exhausted` the times at which codes were killed by wrong guesses; any order.
 * Ask per mobile number and browser, so that a stranger's guesses do not lock the owner out.
 */
export function nextSendAllowedAt(
	sends: readonly Date[],
	exhausted: readonly Date[] = [],
): Date | null {
	const sent = waitAfter(sends, OTP_SEND_WAITS_S);
	const guessed = waitAfter(exhausted, OTP_GUESS_WAITS_S);
	if (sent === null && guessed === null) return null;
	return new Date(Math.max(sent ?? 0, guessed ?? 0));
}
