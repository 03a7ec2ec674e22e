import { generateHOTP } from '@oslojs/otp';

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** The app on a phone into which somebody typed a key. */
export class AuthenticatorApp {
	readonly #key: Buffer;

	/** @param key base 32 in groups of four, as the page writes it */
	constructor(key: string) {
		const bits = [...key.replaceAll(' ', '')]
			.map((letter) => BASE_32.indexOf(letter).toString(2).padStart(5, '0'))
			.join('');
		this.#key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
	}

	/** The code of now, or of so many steps from now. */
	code(stepsFromNow = 0): string {
		const step = Math.floor(Date.now() / STEP_MS) + stepsFromNow;
		return generateHOTP(this.#key, BigInt(step), 6);
	}
}
