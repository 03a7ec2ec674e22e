import { ERR_INVALID_PASSWORD, Uint8ArrayReader, ZipReader, type FileEntry } from '@zip.js/zip.js';

/** Real ones have 10 kB to 100 kB: a photo and a page of text. */
const MAX_ZIP_BYTES = 1024 * 1024;
const MAX_XML_BYTES = 1024 * 1024;
const MAX_SHARE_CODE = 64;
/** One name in one folder, of no system: neither a path nor a drive. */
const XML_NAME = /^[^/\\:\p{Cc}]{1,200}\.xml$/iu;
const STORED = 0;
const DEFLATED = 8;

export type KycZipProblem =
	/** The ZIP, or what is in it, is larger than any e-KYC. */
	| 'too_large'
	| 'not_zip'
	/** Not exactly one XML file under a plain name, protected by a share code. */
	| 'not_one_xml'
	/** The share code does not open it; or it is damaged, which ZIP's old protection cannot tell apart. */
	| 'wrong_share_code';

type KycZipResult =
	| { readonly ok: true; readonly xml: Uint8Array }
	| { readonly ok: false; readonly problem: KycZipProblem };

class TooLarge extends Error {}

/** Inflates until the end or the cap, whatever sizes the ZIP tells. @throws {TooLarge} and what the reader throws */
async function inflate(entry: FileEntry, password: string): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let length = 0;
	const sink = new WritableStream<Uint8Array>({
		write(part) {
			length += part.length;
			if (length > MAX_XML_BYTES) throw new TooLarge();
			parts.push(part);
		},
	});
	await entry.getData(sink, { password, checkSignature: true, useWebWorkers: false });
	return Buffer.concat(parts);
}

/**
 * The one XML file of an e-KYC's ZIP (ZipCrypto or AES), opened by its share code. Nothing is written
 * anywhere, the share code is only used. Never throws.
 */
export async function openKycZip(zip: Uint8Array, shareCode: string): Promise<KycZipResult> {
	const refuse = (problem: KycZipProblem): KycZipResult => ({ ok: false, problem });
	if (zip.length > MAX_ZIP_BYTES) return refuse('too_large');
	if (shareCode === '' || shareCode.length > MAX_SHARE_CODE) return refuse('wrong_share_code');
	// Names are judged below, in our own way.
	const reader = new ZipReader(new Uint8ArrayReader(zip), { filenameValidation: 'tolerant' });
	let entry: FileEntry | null = null;
	try {
		for await (const one of reader.getEntriesGenerator()) {
			if (entry !== null || one.directory) return refuse('not_one_xml');
			entry = one;
		}
	} catch {
		return refuse('not_zip');
	}
	if (entry === null || !XML_NAME.test(entry.filename) || !entry.encrypted) {
		return refuse('not_one_xml');
	}
	if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
		return refuse('not_zip');
	}
	if (entry.uncompressedSize > MAX_XML_BYTES) return refuse('too_large');
	try {
		return { ok: true, xml: await inflate(entry, shareCode) };
	} catch (error) {
		if (error instanceof TooLarge) return refuse('too_large');
		// ZipCrypto lets one wrong code in 256 pass; what comes out then is damaged.
		const wrong = error instanceof Error && error.message === ERR_INVALID_PASSWORD;
		return refuse(wrong || entry.zipCrypto ? 'wrong_share_code' : 'not_zip');
	}
}
