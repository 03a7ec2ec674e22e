import {
	createCipheriv,
	createDecipheriv,
	createHash,
	createHmac,
	createSecretKey,
	randomBytes,
	timingSafeEqual,
	type KeyObject,
} from 'node:crypto';

export interface Keyring {
	/** The first key seals; all of them open. */
	dataKeys: readonly { id: string; key: Buffer }[];
	indexKey: Buffer;
}

/** Keys as the library wants them: taken apart anew each time, a raw key costs more than the sealing. */
interface UsableKeys {
	dataKeys: readonly { id: string; key: KeyObject }[];
	indexKey: KeyObject;
}

let keyring: UsableKeys | null = null;

/** Must run once before any sealed column is read or written. */
export function useKeyring({ dataKeys, indexKey }: Keyring): void {
	keyring = {
		dataKeys: dataKeys.map(({ id, key }) => ({ id, key: createSecretKey(key) })),
		indexKey: createSecretKey(indexKey),
	};
}

function keys(): UsableKeys {
	if (!keyring) throw new Error('useKeyring() has not been called');
	return keyring;
}

const FORMAT = 1;

/**
 * AES-256-GCM. Layout: format (1) | length of key id (1) | key id | iv (12) | tag (16) | text.
 * `purpose` is authenticated, so a value moved to another column does not open.
 */
export function seal(text: string, purpose: string): Buffer {
	const [current] = keys().dataKeys;
	if (!current) throw new Error('no data key');
	const iv = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(Buffer.from(purpose));
	const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	const id = Buffer.from(current.id);
	return Buffer.concat([Buffer.from([FORMAT, id.length]), id, iv, cipher.getAuthTag(), body]);
}

/** @throws when the key is unknown, the bytes were changed or belong to another purpose. */
export function unseal(sealed: Buffer, purpose: string): string {
	const idLength = sealed[1] ?? 0;
	const id = sealed.subarray(2, 2 + idLength).toString();
	const key = keys().dataKeys.find((candidate) => candidate.id === id)?.key;
	if (sealed[0] !== FORMAT || !key) throw new Error('sealed with an unknown key');
	const rest = sealed.subarray(2 + idLength);
	const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(0, 12))
		.setAAD(Buffer.from(purpose))
		.setAuthTag(rest.subarray(12, 28));
	return Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()]).toString('utf8');
}

/** Keyed hash that finds a sealed value by equality without telling what it is. */
export function blindIndex(purpose: string, value: string): Buffer {
	return createHmac('sha256', keys().indexKey).update(`${purpose}\0${value}`).digest();
}

export function sha256Hex(bytes: string | Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
	return left.length === right.length && timingSafeEqual(left, right);
}

/** Readable random code without look-alike letters (Crockford base 32), 5 bits a character. */
export function randomCode(length: number): string {
	const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
	return [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('');
}
