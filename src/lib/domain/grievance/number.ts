import { toLatinDigits } from '../identity/digits.ts';

const PREFIX = /^[A-Z]{2,6}$/;
const SERIAL_DIGITS = 6;

/** The public number: district prefix, two digits of the year, serial of that year, 'RWR-26-004821'. */
export function grievanceNumber(prefix: string, year: number, serial: number): string {
	if (!PREFIX.test(prefix)) throw new RangeError(`not a number prefix: ${prefix}`);
	if (!Number.isInteger(year) || year < 0) throw new RangeError(`not a year: ${year}`);
	if (!Number.isSafeInteger(serial) || serial < 1) throw new RangeError(`not a serial: ${serial}`);
	const yy = String(year % 100).padStart(2, '0');
	return `${prefix}-${yy}-${String(serial).padStart(SERIAL_DIGITS, '0')}`;
}

/**
 * The number as people type it, dictate it or paste it, in its written form; null when it is none.
 * Accepts any case, spaces, any or no dashes, Devanagari (or other Indian) digits, and, where the parts are separated,
 * a serial without its leading zeros. Says nothing about whether such a grievance exists.
 */
export function parseGrievanceNumber(text: string): string | null {
	const plain = toLatinDigits(text.normalize('NFKC'))
		.replace(/\p{Cf}/gu, '')
		.toUpperCase()
		.trim();
	const match =
		/^([A-Z]{2,6})[\s\p{Pd}./]+(\d{2})[\s\p{Pd}./]+(\d{1,12})$/u.exec(plain) ??
		/^([A-Z]{2,6})(\d{2})(\d{6,12})$/.exec(plain.replace(/[\s\p{Pd}./]/gu, ''));
	if (!match) return null;
	const [, prefix = '', year = '', serial = ''] = match;
	const count = Number(serial);
	return count > 0 ? grievanceNumber(prefix, Number(year), count) : null;
}
