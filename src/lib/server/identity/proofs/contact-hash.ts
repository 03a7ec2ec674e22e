import { createHash } from 'node:crypto';

/**
 * UIDAI's hash of a mobile number or e-mail address: SHA-256 over the text, then over the lower-case hex of
 * the result, as many times in all as the last digit of the Aadhaar number says (0 counts as 1).
 * A mobile number is its ten digits. Returns lower-case hex.
 */
export function contactHash(text: string, lastAadhaarDigit: number): string {
	let value = text;
	for (let round = 0; round < Math.max(1, lastAadhaarDigit); round += 1) {
		value = createHash('sha256').update(value, 'utf8').digest('hex');
	}
	return value;
}
