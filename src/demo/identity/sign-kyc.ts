import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { SignedXml } from 'xml-crypto';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { contactHash } from '#lib/server/identity/proofs/contact-hash.ts';
import { referenceTimestamp } from '#lib/server/identity/proofs/reference.ts';
import { DEMO_PRIVATE_KEY } from './demo-key.ts';
import type { DemoCard } from './sign-demo.ts';

const SIGNATURE_NS = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';

const attributes = (values: Readonly<Record<string, string>>) =>
	Object.entries(values)
		.map(([name, value]) => {
			const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
			return ` ${name}="${escaped.replaceAll('"', '&quot;')}"`;
		})
		.join('');

/** An invented person's e-KYC in UIDAI's form, not yet signed. `jpeg` is left out when there is none. */
export function demoKycXml(
	card: Omit<DemoCard, 'photo'>,
	shareCode: string,
	jpeg?: Uint8Array,
): string {
	const { fields, last4, signedAt } = card;
	const hash = (value: string | undefined) =>
		value === undefined ? '' : contactHash(value + shareCode, Number(last4.charAt(3)));
	const mobile = card.mobile === undefined ? null : parseIndianMobile(card.mobile)?.slice(-10);
	const poi = attributes({
		dob: fields.dob ?? '',
		e: hash(card.email),
		gender: fields.gender ?? '',
		m: hash(mobile ?? undefined),
		name: fields.name,
	});
	const poa = attributes({
		careof: fields.careOf ?? '',
		country: 'India',
		dist: fields.district ?? '',
		house: fields.house ?? '',
		landmark: fields.landmark ?? '',
		loc: fields.location ?? '',
		pc: fields.pin ?? '',
		po: fields.postOffice ?? '',
		state: fields.state ?? '',
		street: fields.street ?? '',
		subdist: fields.subDistrict ?? '',
		vtc: fields.vtc ?? '',
	});
	const pht = jpeg ? `<Pht>${Buffer.from(jpeg).toString('base64')}</Pht>` : '';
	const reference = attributes({ referenceId: last4 + referenceTimestamp(signedAt) });
	return `<OfflinePaperlessKyc${reference}><UidData><Poi${poi}/><Poa${poa}/>${pht}</UidData></OfflinePaperlessKyc>`;
}

export type DemoKycSigning = {
	readonly key?: KeyObject;
	/** Default rsa-sha1, as UIDAI signs. */
	readonly method?: string;
	readonly digest?: string;
	readonly transforms?: readonly string[];
	/** Which element is signed; default the root, by the empty URI. */
	readonly xpath?: string;
};

/** Signs a text in XML with the demonstration's key, as UIDAI does unless told otherwise. */
export function signKycXml(xml: string, options: DemoKycSigning = {}): string {
	const signer = new SignedXml({
		privateKey: options.key ?? createPrivateKey(DEMO_PRIVATE_KEY),
		canonicalizationAlgorithm: C14N,
		signatureAlgorithm: options.method ?? `${SIGNATURE_NS}rsa-sha1`,
	});
	signer.addReference({
		xpath: options.xpath ?? '/*',
		isEmptyUri: options.xpath === undefined,
		digestAlgorithm: options.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
		transforms: [...(options.transforms ?? [`${SIGNATURE_NS}enveloped-signature`])],
	});
	signer.computeSignature(xml);
	return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>${signer.getSignedXml()}`;
}

/** A ZIP of these files, protected by a share code: ZipCrypto, as UIDAI's are, or AES. */
export async function zipKyc(
	files: Readonly<Record<string, string | Uint8Array>>,
	shareCode: string,
	protection: 'zipcrypto' | 'aes' | 'none' = 'zipcrypto',
): Promise<Uint8Array> {
	const writer = new ZipWriter(new Uint8ArrayWriter(), {
		useWebWorkers: false,
		...(protection !== 'none' && { password: shareCode }),
		...(protection === 'zipcrypto' && { zipCrypto: true }),
	});
	for (const [name, content] of Object.entries(files)) {
		const bytes = typeof content === 'string' ? Buffer.from(content) : content;
		await writer.add(name, new Uint8ArrayReader(bytes));
	}
	return writer.close();
}

/** A whole e-KYC of an invented person, signed with the demonstration's key: the ZIP. */
export async function makeDemoKyc(
	card: Omit<DemoCard, 'photo'>,
	shareCode: string,
): Promise<Uint8Array> {
	const xml = signKycXml(demoKycXml(card, shareCode));
	return zipKyc({ 'offlineaadhaar.xml': xml }, shareCode);
}
