/** Multiplication in the dihedral group D5, and the digit permutation with its first seven powers. */
const PRODUCT = [
	'0123456789',
	'1234067895',
	'2340178956',
	'3401289567',
	'4012395678',
	'5987604321',
	'6598710432',
	'7659821043',
	'8765932104',
	'9876543210',
].map((row) => Array.from(row, Number));
const POWERS = [
	'0123456789',
	'1576283094',
	'5803796142',
	'8916043527',
	'9453126870',
	'4286573901',
	'2793806415',
	'7046913258',
].map((row) => Array.from(row, Number));

/**
 * Whether a string of Latin digits passes the Verhoeff checksum (Aadhaar and VID end in such a digit).
 * Own code rather than a package because the browser runs it too.
 */
export function passesVerhoeff(digits: string): boolean {
	let sum = 0;
	for (let index = 0; index < digits.length; index += 1) {
		const digit = Number(digits[digits.length - 1 - index]);
		const permuted = POWERS[index % 8]?.[digit];
		if (permuted === undefined) return false;
		sum = PRODUCT[sum]?.[permuted] ?? 0;
	}
	return digits.length > 0 && sum === 0;
}

/** Twelve Latin digits that could be an Aadhaar number: first 2-9 and a right checksum. */
export function looksLikeAadhaar(digits: string): boolean {
	return /^[2-9]\d{11}$/.test(digits) && passesVerhoeff(digits);
}
