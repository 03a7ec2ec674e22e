/** Codes of an authenticator app change this often (RFC 6238, the usual step). */
export const TOTP_STEP_S = 30;
export const TOTP_DIGITS = 6;
/** Wrong codes that one password allows: then the sign-in begins again. */
export const SECOND_STEP_MAX_TRIES = 5;
/** Between the password and the code. */
export const SECOND_STEP_LIFETIME_MS = 10 * 60_000;
export const RECOVERY_CODES = 10;
/** Crockford base 32: 50 bits. */
const RECOVERY_CODE_LENGTH = 10;

/** The time step of an instant, which is also the counter of its code (RFC 6238, 4.2). */
export function totpStep(at: Date): number {
	return Math.floor(at.getTime() / (TOTP_STEP_S * 1000));
}

/** Steps whose codes count at an instant: phones are allowed one step of drift either way. */
export function totpStepsAt(at: Date): readonly number[] {
	const step = totpStep(at);
	return [step - 1, step, step + 1];
}

/** Whole seconds until the code of an instant changes: 30 at its first moment, never 0. */
export function totpSecondsLeft(at: Date): number {
	return TOTP_STEP_S - (Math.floor(at.getTime() / 1000) % TOTP_STEP_S);
}

/** Groups of four, for typing a key from one screen into another. */
export function inGroupsOfFour(text: string): string {
	return text.replace(/(.{4})(?=.)/g, '$1 ');
}

/**
 * A typed recovery code as it was made, or null. Capitals, blanks and dashes are fine, and so are the
 * letters that Crockford's alphabet leaves out because they look like digits.
 */
export function parseRecoveryCode(typed: string): string | null {
	if (typed.length > 64) return null;
	const code = typed
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\s\p{Pd}\p{Cf}]/gu, '')
		.replaceAll('o', '0')
		.replace(/[il]/g, '1');
	return new RegExp(`^[0-9a-hjkmnp-tv-z]{${RECOVERY_CODE_LENGTH}}$`).test(code) ? code : null;
}
