import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { contactHash } from '#lib/server/identity/proofs/contact-hash.ts';
import { referenceTimestamp } from '#lib/server/identity/proofs/reference.ts';
import type { SecureQrFields } from '#lib/server/identity/proofs/secure-qr.ts';
import { DEMO_PRIVATE_KEY } from './demo-key.ts';
import { DEMO_PHOTO } from './photo.ts';

/** An invented person's card. Never a real one's. */
export type DemoCard = {
	readonly fields: Partial<Omit<SecureQrFields, 'mobileLast4'>> & { readonly name: string };
	/** Last four digits of the invented Aadhaar number. */
	readonly last4: string;
	/** When the card is said to have been signed. */
	readonly signedAt: Date;
	/** Any form of an Indian mobile number; its hash goes in. */
	readonly mobile?: string;
	readonly email?: string;
	/** A JPEG 2000 codestream; null for none. */
	readonly photo?: Uint8Array | null;
};

export type DemoQrOptions = {
	/** Default V2. A version that does not exist is made in V2's layout, for tests. */
	readonly version?: string;
	readonly compression?: 'gzip' | 'zlib';
	readonly key?: KeyObject;
	/** Leaves the hashes out though the flag announces them, as cards in the field do. */
	readonly withoutHashes?: boolean;
};

const SEPARATOR = Buffer.from([0xff]);
const ADDRESS = [
	'careOf',
	'district',
	'landmark',
	'house',
	'location',
	'pin',
	'postOffice',
	'state',
	'street',
	'subDistrict',
	'vtc',
] as const;

/** Bytes as the decimal text that a Secure QR shows. */
export function toDecimal(bytes: Uint8Array): string {
	return BigInt(`0x${Buffer.from(bytes).toString('hex')}`).toString(10);
}

/** The signed bytes of a card in UIDAI's layout, without the signature. */
export function demoPayload(card: DemoCard, options: DemoQrOptions = {}): Buffer {
	const version = options.version ?? 'V2';
	const mobile = card.mobile === undefined ? null : parseIndianMobile(card.mobile)?.slice(-10);
	const lastDigit = Number(card.last4.charAt(3));
	const flag = (card.email === undefined ? 0 : 1) + (mobile ? 2 : 0);
	const texts = [
		...(version === 'V1' ? [] : [version]),
		String(flag),
		card.last4 + referenceTimestamp(card.signedAt),
		card.fields.name,
		card.fields.dob ?? '',
		card.fields.gender ?? '',
		...ADDRESS.map((name) => card.fields[name] ?? ''),
		...(version === 'V1' ? [] : [mobile?.slice(-4) ?? '']),
	];
	const contacts = options.withoutHashes ? [] : [card.email, mobile];
	return Buffer.concat([
		...texts.flatMap((text) => [Buffer.from(text, 'latin1'), SEPARATOR]),
		card.photo === null ? Buffer.alloc(0) : (card.photo ?? DEMO_PHOTO),
		...contacts.flatMap((text) => (text ? [Buffer.from(contactHash(text, lastDigit), 'hex')] : [])),
	]);
}

/** Payload with its signature behind it, compressed, as decimal text. */
export function signPayload(payload: Uint8Array, options: DemoQrOptions = {}): string {
	const key = options.key ?? createPrivateKey(DEMO_PRIVATE_KEY);
	const signed = Buffer.concat([payload, sign('sha256', payload, key)]);
	return toDecimal(options.compression === 'zlib' ? deflateSync(signed) : gzipSync(signed));
}

/** A Secure QR of an invented person, signed with the demonstration's key: the decimal text. */
export function makeDemoQr(card: DemoCard, options: DemoQrOptions = {}): string {
	return signPayload(demoPayload(card, options), options);
}
