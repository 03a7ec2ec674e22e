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

/** As the library wants it: a raw key (a Buffer) costs several times more than the sealing. */
interface MasterKey {
	id: string;
	key: KeyObject;
	/** Beginning of every value that it wraps. */
	header: Buffer;
}

interface UsableKeys {
	dataKeys: readonly MasterKey[];
	indexKey: KeyObject;
}

let keyring: UsableKeys | null = null;

/** Must run once before any sealed column is read or written. */
export function useKeyring({ dataKeys, indexKey }: Keyring): void {
	keyring = {
		dataKeys: dataKeys.map(({ id, key }) => ({
			id,
			key: createSecretKey(key),
			header: headerOf(id),
		})),
		indexKey: createSecretKey(indexKey),
	};
}

function keys(): UsableKeys {
	if (!keyring) throw new Error('useKeyring() has not been called');
	return keyring;
}

function sealingKey(): MasterKey {
	const [current] = keys().dataKeys;
	if (!current) throw new Error('no data key');
	return current;
}

/**
 * Layout of a sealed value, format 2: what rotation replaces comes first.
 *
 *   format (1) | length of key id (1) | key id          header
 *   nonce (12) | tag (16) | data key (32)               the data key, wrapped by the master key
 *   nonce (12) | tag (16) | text                        the text, under the data key
 *
 * Format 1 has no data key: header, then nonce, tag and text under the master key itself. It is
 * still read, until rotation has brought it to format 2.
 */
export const FORMAT = 2;
const OLD_FORMAT = 1;
const NONCE = 12;
const TAG = 16;
const KEY = 32;
const WRAPPED = NONCE + TAG + KEY;

/** AES-256-GCM: nonce, tag, ciphertext. Every part of `bound` is authenticated with it. */
function encrypt(
	key: KeyObject,
	nonce: Buffer,
	plain: Buffer | string,
	bound: readonly (Buffer | string)[],
): Buffer[] {
	const cipher = createCipheriv('aes-256-gcm', key, nonce);
	cipher.setAAD(joined(bound));
	// GCM is a stream: `final` has nothing more to give.
	const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
	cipher.final();
	return [nonce, cipher.getAuthTag(), body];
}

/** @throws when key, bytes or what they are bound to are not those of `encrypt`. */
function decrypt(key: KeyObject, bytes: Buffer, bound: readonly (Buffer | string)[]): Buffer {
	const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), {
		authTagLength: TAG,
	});
	decipher.setAAD(joined(bound)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
	const plain = decipher.update(bytes.subarray(NONCE + TAG));
	decipher.final();
	return plain;
}

const joined = (parts: readonly (Buffer | string)[]) =>
	Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));

const headerOf = (id: string) => {
	const name = Buffer.from(id);
	return Buffer.concat([Buffer.from([FORMAT, name.length]), name]);
};

/**
 * Seals under a random data key of the value's own, which the first master key wraps. `purpose` is
 * authenticated with both, so a value moved to another column does not open.
 */
export function seal(text: string, purpose: string): Buffer {
	return sealUnder(sealingKey(), text, purpose);
}

function sealUnder(master: MasterKey, text: string, purpose: string): Buffer {
	const random = randomBytes(KEY + NONCE + NONCE);
	const dataKey = random.subarray(0, KEY);
	return Buffer.concat([
		master.header,
		...encrypt(master.key, random.subarray(KEY, KEY + NONCE), dataKey, [master.header, purpose]),
		...encrypt(createSecretKey(dataKey), random.subarray(KEY + NONCE), text, [purpose]),
	]);
}

/** What can be read of a sealed value without a key. @throws when the bytes are none. */
export function sealedUnder(sealed: Buffer): { format: number; keyId: string } {
	const [format, idLength = 0] = sealed;
	const start = 2 + idLength + (format === OLD_FORMAT ? 0 : WRAPPED);
	if ((format !== FORMAT && format !== OLD_FORMAT) || sealed.length < start + NONCE + TAG) {
		throw new Error('not a sealed value');
	}
	return { format, keyId: sealed.subarray(2, 2 + idLength).toString() };
}

function opened(sealed: Buffer, purpose: string) {
	const { format, keyId } = sealedUnder(sealed);
	const master = keys().dataKeys.find(({ id }) => id === keyId);
	if (!master) throw new Error('sealed with an unknown key');
	const rest = sealed.subarray(master.header.length);
	if (format === OLD_FORMAT) return { dataKey: null, key: master.key, body: rest };
	const dataKey = decrypt(master.key, rest.subarray(0, WRAPPED), [master.header, purpose]);
	return { dataKey, key: createSecretKey(dataKey), body: rest.subarray(WRAPPED) };
}

/** @throws when the key is unknown, the bytes were changed or belong to another purpose. */
export function unseal(sealed: Buffer, purpose: string): string {
	const { key, body } = opened(sealed, purpose);
	return decrypt(key, body, [purpose]).toString('utf8');
}

/** What every value begins with that needs no re-wrapping. */
export const currentHeader = (): Buffer => sealingKey().header;

/**
 * The same value under the first master key: the data key is wrapped anew, the sealed text stays as
 * it is, byte for byte. A value of format 1 is sealed anew, having no data key.
 * @throws as `unseal`
 */
export function rewrap(sealed: Buffer, purpose: string): Buffer {
	const { dataKey, key, body } = opened(sealed, purpose);
	const current = sealingKey();
	// Also opens the text: what is damaged must come to light while the old key is still there.
	const text = decrypt(key, body, [purpose]);
	if (!dataKey) return sealUnder(current, text.toString('utf8'), purpose);
	const wrapped = encrypt(current.key, randomBytes(NONCE), dataKey, [current.header, purpose]);
	return Buffer.concat([current.header, ...wrapped, body]);
}

/** Ids of the master keys, the one that seals first. */
export const masterKeyIds = (): string[] => keys().dataKeys.map(({ id }) => id);

/** A known text sealed under each master key, by which a wrong key under a known id is found. */
export function proofsOfDataKeys(): { keyId: string; proof: Buffer }[] {
	return keys().dataKeys.map((master) => ({
		keyId: master.id,
		proof: sealUnder(master, KNOWN_TEXT, KNOWN_PURPOSE),
	}));
}

/** True when the proof was made under the key that has its id now. */
export function provesDataKey(proof: Buffer): boolean {
	try {
		return unseal(proof, KNOWN_PURPOSE) === KNOWN_TEXT;
	} catch {
		return false;
	}
}

const KNOWN_TEXT = 'the key is right';
const KNOWN_PURPOSE = 'key_check';

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
