import { gunzipSync, inflateSync } from 'node:zlib';
import { referenceInstant } from './reference.ts';

/** A QR holds at most 7,089 digits; the rest is room for text that came another way. */
const MAX_DIGITS = 20_000;
/** Real ones inflate to about 1.5 kB. What wants more is a bomb. */
const MAX_INFLATED_BYTES = 64 * 1024;
const SIGNATURE_BYTES = 256;
const HASH_BYTES = 32;
const SEPARATOR = 0xff;

const V1_FIELDS = [
	'name',
	'dob',
	'gender',
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

/** What UIDAI printed, as it stands there; empty when it says nothing. `dob` is dd-mm-yyyy, or a year alone. */
export type SecureQrFields = { readonly [name in (typeof V1_FIELDS)[number]]: string } & {
	/** Last four digits of the mobile number; null in V1, which has no such field. */
	readonly mobileLast4: string | null;
};

export type SecureQrVersion = 'V1' | 'V2' | 'V3';

/** JPEG 2000 codestream (out of its JP2 box, when it came in one) and its size in pixels. */
export type SecureQrPhoto = {
	readonly width: number;
	readonly height: number;
	readonly codestream: Uint8Array;
};

/** A decoded Secure QR. Nothing in it is to be believed before the signature is checked. */
export type SecureQr = {
	readonly version: SecureQrVersion;
	/** Last four digits of the Aadhaar number and the time of signing. */
	readonly referenceId: string;
	readonly signedAt: Date;
	readonly fields: SecureQrFields;
	readonly photo: SecureQrPhoto | null;
	readonly emailHash: Uint8Array | null;
	readonly mobileHash: Uint8Array | null;
	/** Everything before the signature: what was signed. */
	readonly payload: Uint8Array;
	readonly signature: Uint8Array;
};

export type SecureQrProblem =
	'empty' | 'not_digits' | 'too_long' | 'not_compressed' | 'unknown_version' | 'unknown_layout';

export type SecureQrResult =
	| { readonly ok: true; readonly qr: SecureQr }
	| { readonly ok: false; readonly problem: SecureQrProblem; readonly version: string | null };

/**
 * Layouts that are known. V1 is UIDAI's specification of March 2019. V2 put its name first and the mobile's
 * last four digits behind the address; cards of V2 and V3 in the field mostly leave the hashes out, whatever
 * the flag says. UIDAI has published nothing on V4 and V5 and V5 is known to differ, so they are not guessed.
 */
const LAYOUTS: Readonly<Record<SecureQrVersion, { mobileLast4: boolean; mayOmitHashes: boolean }>> =
	{
		V1: { mobileLast4: false, mayOmitHashes: false },
		V2: { mobileLast4: true, mayOmitHashes: true },
		V3: { mobileLast4: true, mayOmitHashes: true },
	};

function isKnownVersion(version: string): version is SecureQrVersion {
	return Object.hasOwn(LAYOUTS, version);
}

const refuse = (problem: SecureQrProblem, version: string | null = null): SecureQrResult => ({
	ok: false,
	problem,
	version,
});

/** The decimal number as big-endian bytes. */
function toBytes(digits: string): Buffer {
	const hex = BigInt(digits).toString(16);
	return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
}

/** Gzip or zlib, whichever the first bytes say; null for neither, for damage, and for more than the cap. */
function inflate(bytes: Buffer): Buffer | null {
	const limit = { maxOutputLength: MAX_INFLATED_BYTES };
	try {
		if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, limit);
		if (bytes[0] === 0x78) return inflateSync(bytes, limit);
	} catch {
		// Damaged or too big: the reader need not know which.
	}
	return null;
}

/** The first `count` fields, each ended by 0xFF, and where the rest begins; null when there are fewer. */
function readFields(data: Buffer, count: number): { fields: string[]; end: number } | null {
	const fields: string[] = [];
	let start = 0;
	while (fields.length < count) {
		const end = data.indexOf(SEPARATOR, start);
		if (end === -1) return null;
		fields.push(data.toString('latin1', start, end));
		start = end + 1;
	}
	return { fields, end: start };
}

/** First box of a JP2 file: 12 bytes, `jP  `, CR LF 87 LF (ISO/IEC 15444-1, I.5.1). */
const JP2_SIGNATURE = Buffer.from('0000000c6a5020200d0a870a', 'hex');

/**
 * The codestream of a JP2 file, whose boxes must fill the bytes to the last one; null for any other file.
 * A box is its length (4 bytes; 0 means to the end, 1 that 8 bytes follow its type), its type, its content.
 */
function fromJp2(bytes: Buffer): Buffer | null {
	let codestream: Buffer | null = null;
	let at = 0;
	while (at < bytes.length) {
		if (bytes.length - at < 8) return null;
		const short = bytes.readUInt32BE(at);
		const long = short === 1;
		if (long && bytes.length - at < 16) return null;
		const length = long ? Number(bytes.readBigUInt64BE(at + 8)) : short || bytes.length - at;
		const header = long ? 16 : 8;
		if (length < header || length > bytes.length - at) return null;
		if (bytes.toString('latin1', at + 4, at + 8) === 'jp2c') {
			if (codestream !== null) return null;
			codestream = bytes.subarray(at + header, at + length);
		}
		at += length;
	}
	return codestream;
}

/** Exactly one JPEG 2000 codestream (FF4F FF51 .. FFD9) with a size, bare or in a JP2 file. */
function readPhoto(bytes: Buffer): SecureQrPhoto | null {
	const boxed = bytes.subarray(0, JP2_SIGNATURE.length).equals(JP2_SIGNATURE);
	const codestream = boxed ? fromJp2(bytes) : bytes;
	if (codestream === null || codestream.length < 26) return null;
	if (codestream.readUInt32BE(0) !== 0xff4fff51) return null;
	if (codestream.readUInt16BE(codestream.length - 2) !== 0xffd9) return null;
	const width = codestream.readUInt32BE(8) - codestream.readUInt32BE(16);
	const height = codestream.readUInt32BE(12) - codestream.readUInt32BE(20);
	return width > 0 && height > 0 ? { width, height, codestream } : null;
}

/**
 * Photo and hashes. The photo is full of 0xFF and the hashes are random, so neither can be searched for an
 * end: the number of hashes is given and the photo is all that stands before them. Null when that is no photo.
 */
function readTail(body: Buffer, hashes: { email: boolean; mobile: boolean }) {
	const hashBytes = HASH_BYTES * (Number(hashes.email) + Number(hashes.mobile));
	const photoEnd = body.length - hashBytes;
	if (photoEnd < 0) return null;
	const photo = photoEnd === 0 ? null : readPhoto(body.subarray(0, photoEnd));
	if (photoEnd > 0 && photo === null) return null;
	return {
		photo,
		emailHash: hashes.email ? body.subarray(photoEnd, photoEnd + HASH_BYTES) : null,
		mobileHash: hashes.mobile ? body.subarray(body.length - HASH_BYTES) : null,
	};
}

function versionOf(data: Buffer): string | null {
	const end = data.indexOf(SEPARATOR);
	const first = data.toString('latin1', 0, Math.min(Math.max(end, 0), 8));
	if (/^[0-3]$/.test(first)) return 'V1';
	return /^V\d{1,3}$/.test(first) ? first : null;
}

/**
 * Decodes the decimal text of an Aadhaar Secure QR: big-endian bytes, gzip or zlib, fields in ISO-8859-1
 * ended by 0xFF, photo, hashes, and the signature in the last 256 bytes. Only the form: the signature is not
 * checked here. Never throws; what it does not know for certain it refuses.
 */
export function decodeSecureQr(text: string): SecureQrResult {
	const digits = text.trim();
	if (digits.length > MAX_DIGITS) return refuse('too_long');
	if (digits === '') return refuse('empty');
	if (!/^[1-9][0-9]*$/.test(digits)) return refuse('not_digits');
	const data = inflate(toBytes(digits));
	if (data === null) return refuse('not_compressed');
	if (data.length <= SIGNATURE_BYTES) return refuse('unknown_layout');

	const payload = data.subarray(0, -SIGNATURE_BYTES);
	const version = versionOf(payload);
	if (version === null) return refuse('unknown_layout');
	if (!isKnownVersion(version)) return refuse('unknown_version', version);
	const layout = LAYOUTS[version];

	const named = version === 'V1' ? 0 : 1;
	const header = readFields(payload, named + 2 + V1_FIELDS.length + Number(layout.mobileLast4));
	if (header === null) return refuse('unknown_layout', version);
	const [flag = '', referenceId = '', ...values] = header.fields.slice(named);
	const signedAt = referenceInstant(referenceId);
	if (!/^[0-3]$/.test(flag) || signedAt === null) return refuse('unknown_layout', version);

	const body = payload.subarray(header.end);
	const tail =
		readTail(body, { email: flag === '1' || flag === '3', mobile: flag === '2' || flag === '3' }) ??
		(layout.mayOmitHashes ? readTail(body, { email: false, mobile: false }) : null);
	if (tail === null) return refuse('unknown_layout', version);

	return {
		ok: true,
		qr: {
			version,
			referenceId,
			signedAt,
			fields: nameFields(values, layout.mobileLast4),
			...tail,
			payload,
			signature: data.subarray(-SIGNATURE_BYTES),
		},
	};
}

function nameFields(values: readonly string[], withMobile: boolean): SecureQrFields {
	const at = (name: (typeof V1_FIELDS)[number]) => values[V1_FIELDS.indexOf(name)] ?? '';
	return {
		name: at('name'),
		dob: at('dob'),
		gender: at('gender'),
		careOf: at('careOf'),
		district: at('district'),
		landmark: at('landmark'),
		house: at('house'),
		location: at('location'),
		pin: at('pin'),
		postOffice: at('postOffice'),
		state: at('state'),
		street: at('street'),
		subDistrict: at('subDistrict'),
		vtc: at('vtc'),
		mobileLast4: withMobile ? (values[V1_FIELDS.length] ?? '') : null,
	};
}
