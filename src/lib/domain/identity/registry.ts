/** What a state's registry can say of a family id. `match`: it knows the id, with this mobile. */
export const REGISTRY_ANSWERS = ['match', 'no_match', 'unknown'] as const;
export type RegistryAnswer = (typeof REGISTRY_ANSWERS)[number];

/** What came of asking; `unavailable`: no answer after every attempt. */
export const REGISTRY_OUTCOMES = [...REGISTRY_ANSWERS, 'unavailable'] as const;
export type RegistryOutcome = (typeof REGISTRY_OUTCOMES)[number];

const LETTERS = /[^\p{L}\p{M}]+/gu;
const plain = (name: string) => name.normalize('NFC').toLowerCase().replace(LETTERS, ' ').trim();

/**
 * Whether two spellings are one name but for case, spaces and points; null when there is nothing to compare,
 * or when they are in different scripts. A different name proves nothing: others of the family complain too.
 */
export function sameName(one: string, other: string): boolean | null {
	const [left, right] = [plain(one), plain(other)];
	if (left === '' || right === '') return null;
	const latin = (name: string) => /\p{Script=Latin}/u.test(name);
	return latin(left) === latin(right) ? left === right : null;
}
