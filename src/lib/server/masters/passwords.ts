import { argon2, randomBytes, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';
import { randomCode, sameBytes } from '#lib/server/platform/crypto.ts';

/** OWASP's second setting for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;

/** Longer input is cut before it costs time; forms allow 128. */
const MOST_UTF16_UNITS = 512;

/** Nobody's: checked when the user name is unknown, so that both answers take the same time. */
const NOBODY = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

/** The same word typed on two keyboards gives the same bytes. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'), 'utf8');

/** PHC string `$argon2id$v=19$m=..,t=..,p=..$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
	const nonce = randomBytes(16);
	const tag = await derive('argon2id', {
		message: bytesOf(password),
		nonce,
		memory: MEMORY_KIB,
		passes: PASSES,
		parallelism: LANES,
		tagLength: TAG_BYTES,
	});
	return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(nonce)}$${base64(tag)}`;
}

const PHC =
	/^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Whether the password is the one behind `hash`. `null` (no such person) costs as much and is false. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
	const [, memory, passes, lanes, salt = '', tag = ''] = PHC.exec(hash ?? NOBODY) ?? [];
	if (!memory) throw new Error('a stored password hash cannot be read');
	const expected = Buffer.from(tag, 'base64');
	const given = await derive('argon2id', {
		message: bytesOf(password.slice(0, MOST_UTF16_UNITS)),
		nonce: Buffer.from(salt, 'base64'),
		memory: Number(memory),
		passes: Number(passes),
		parallelism: Number(lanes),
		tagLength: expected.length,
	});
	return sameBytes(given, expected) && hash !== null;
}

/** A first password that can be read out over the phone: 60 bits in groups of four. */
export function firstPassword(): string {
	return [randomCode(4), randomCode(4), randomCode(4)].join('-');
}
