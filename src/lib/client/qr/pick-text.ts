/** A symbol that was read. */
export type ReadSymbol = { readonly isValid: boolean; readonly text: string };

/**
 * Which of several symbols in a picture is meant: a Secure QR is one long number, and a letter from UIDAI
 * carries other codes beside it. Null when nothing was read.
 */
export function pickText(symbols: readonly ReadSymbol[]): string | null {
	const texts = symbols.filter((symbol) => symbol.isValid).map((symbol) => symbol.text);
	const numbers = texts.filter((text) => /^\d{100,}$/.test(text));
	const [best] = (numbers.length > 0 ? numbers : texts).sort((a, b) => b.length - a.length);
	return best === undefined || best === '' ? null : best;
}
