import { timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { covers, type CertificateRegistry } from './certificates.ts';
import { contactHash } from './contact-hash.ts';
import type { ConsentableField } from './kept.ts';
import { decodeXml, elementsOf, parseStrictXml, signatureOf, signedBy } from './kyc-xml.ts';
import { openKycZip, type KycZipProblem } from './kyc-zip.ts';
import { referenceInstant } from './reference.ts';

/** UIDAI's clock and ours may differ; no file is from the day after tomorrow. */
const MAX_AHEAD_MS = 24 * 3600_000;
const ROOT = 'OfflinePaperlessKyc';

const text = v.optional(v.pipe(v.string(), v.maxLength(500)), '');
const rootSchema = v.object({ referenceId: v.string() });
const identitySchema = v.object({
	name: v.pipe(v.string(), v.nonEmpty(), v.maxLength(500)),
	dob: text,
	gender: text,
	m: text,
	e: text,
});
const addressSchema = v.object({
	careof: text,
	house: text,
	street: text,
	landmark: text,
	loc: text,
	vtc: text,
	po: text,
	subdist: text,
	dist: text,
	state: text,
	pc: text,
});

/** An e-KYC that UIDAI signed. */
export type OfflineKyc = {
	/** Last four digits of the Aadhaar number and the time of signing. */
	readonly referenceId: string;
	readonly signedAt: Date;
	/** As UIDAI wrote them; empty when it says nothing. */
	readonly fields: Readonly<Record<ConsentableField, string>>;
	/** JPEG; null when there is none in it. */
	readonly photo: Uint8Array | null;
	/** Null when no mobile was given or no hash is inside. */
	readonly mobileMatch: boolean | null;
	/** Null when no address was given or no hash is inside. */
	readonly emailMatch: boolean | null;
	/** Certificate that verified it: SHA-256 of its DER, lower-case hex. */
	readonly certificateFingerprint: string;
};

export type OfflineKycProblem =
	| KycZipProblem
	/** No well-formed XML in UTF-8, or with a DTD, comments, CDATA or processing instructions in it. */
	| 'not_xml'
	/** Not UIDAI's form, or not signed in the one way that is taken. */
	| 'unknown_layout'
	/** No certificate covers the instant in the reference id. */
	| 'unknown_certificate'
	/** Some certificate covers it, and none verifies. */
	| 'invalid_signature'
	/** Says that it was signed more than a day from now. */
	| 'in_future';

export type OfflineKycResult =
	| { readonly ok: true; readonly kyc: OfflineKyc }
	| { readonly ok: false; readonly problem: OfflineKycProblem };

const refuse = (problem: OfflineKycProblem): OfflineKycResult => ({ ok: false, problem });

const attributesOf = (element: Element | undefined): unknown =>
	element && Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));

/** The children of a plain element without a namespace; null of one that has another name. */
function childrenOf(element: Element | undefined, name: string): Element[] | null {
	if (element?.nodeName !== name || element.namespaceURI) return null;
	return elementsOf(element);
}

/** The reference id and the instant in it. Not to be believed before the signature is checked. */
function referenceOf(root: Element) {
	const read = v.safeParse(rootSchema, attributesOf(root));
	const signedAt = read.success ? referenceInstant(read.output.referenceId) : null;
	return read.success && signedAt ? { referenceId: read.output.referenceId, signedAt } : null;
}

/** A JPEG in base64, white space in it allowed; null for anything else. */
function photoOf(element: Element | undefined): Uint8Array | null {
	const base64 = (element?.textContent ?? '').replace(/\s/g, '');
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
	const bytes = Buffer.from(base64, 'base64');
	return bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff ? bytes : null;
}

/** Exactly UIDAI's form: root, UidData, and in it Poi, Poa and perhaps Pht. */
function contentOf(root: Element) {
	const reference = referenceOf(root);
	const [data, ...others] = childrenOf(root, ROOT) ?? [];
	const [identity, address, photo, ...more] = childrenOf(data, 'UidData') ?? [];
	const names = [identity, address, photo].map((element) => element?.nodeName);
	if (reference === null || others.length > 0 || more.length > 0) return null;
	if (names[0] !== 'Poi' || names[1] !== 'Poa' || ![undefined, 'Pht'].includes(names[2])) {
		return null;
	}
	const person = v.safeParse(identitySchema, attributesOf(identity));
	const home = v.safeParse(addressSchema, attributesOf(address));
	if (!person.success || !home.success) return null;
	return { ...reference, person: person.output, home: home.output, photo: photoOf(photo) };
}

/** Whether a hash in the file is one of these; null when there is none to compare or nothing to compare with. */
function matches(hash: string, candidates: readonly string[]): boolean | null {
	if (candidates.length === 0 || !/^[0-9a-f]{64}$/i.test(hash)) return null;
	const inside = Buffer.from(hash, 'hex');
	return candidates.some((one) => timingSafeEqual(Buffer.from(one, 'hex'), inside));
}

/**
 * Reads a Paperless Offline e-KYC: a ZIP that its share code opens, one XML in it, UIDAI's enveloped XML
 * signature over the whole of it, checked against the certificates of the registry (their windows at the
 * instant in the reference id, when it enforces them). Everything in the answer comes out of the bytes that
 * were signed. `mobile` is the number whose OTP the citizen gave, in any form.
 *
 * Hashes (UIDAI, "Aadhaar Paperless Offline e-KYC"): SHA-256 over value and share code, as many rounds in all
 * as the last digit of the Aadhaar number says, 0 counting as 1; of an e-mail address UIDAI's FAQ names the
 * plain SHA-256 instead, so both are compared. The share code is used and forgotten. Never throws.
 */
export async function readOfflineKyc(
	zip: Uint8Array,
	shareCode: string,
	registry: CertificateRegistry,
	options: { readonly now: Date; readonly mobile?: string; readonly email?: string },
): Promise<OfflineKycResult> {
	const opened = await openKycZip(zip, shareCode);
	if (!opened.ok) return refuse(opened.problem);
	const xml = decodeXml(opened.xml);
	const unsigned = xml === null ? null : parseStrictXml(xml);
	if (xml === null || unsigned === null) return refuse('not_xml');

	// Only to choose certificates by: read again below from what was signed.
	const claimed = referenceOf(unsigned);
	const signature = signatureOf(unsigned);
	if (claimed === null || signature === null) return refuse('unknown_layout');
	const asked = registry.certificates.filter(
		(certificate) => registry.windows === 'reported' || covers(certificate, claimed.signedAt),
	);
	if (asked.length === 0) return refuse('unknown_certificate');
	for (const certificate of asked) {
		const signed = signedBy(xml, signature, certificate.publicKey);
		if (signed === null) continue;
		const content = contentOf(signed.root);
		if (content === null) return refuse('unknown_layout');
		const { referenceId, signedAt, person, home, photo } = content;
		if (signedAt.getTime() !== claimed.signedAt.getTime()) return refuse('unknown_layout');
		if (signedAt.getTime() > options.now.getTime() + MAX_AHEAD_MS) return refuse('in_future');
		const salted = (value: string) => contactHash(value + shareCode, Number(referenceId.charAt(3)));
		const mobile = parseIndianMobile(options.mobile ?? '')?.slice(-10);
		const email = options.email;
		return {
			ok: true,
			kyc: {
				referenceId,
				signedAt,
				fields: {
					name: person.name,
					dob: person.dob,
					gender: person.gender,
					careOf: home.careof,
					house: home.house,
					street: home.street,
					landmark: home.landmark,
					location: home.loc,
					vtc: home.vtc,
					postOffice: home.po,
					subDistrict: home.subdist,
					district: home.dist,
					state: home.state,
					pin: home.pc,
				},
				photo,
				mobileMatch: matches(person.m, mobile ? [salted(mobile)] : []),
				emailMatch: matches(person.e, email ? [salted(email), contactHash(email, 1)] : []),
				certificateFingerprint: certificate.fingerprint,
			},
		};
	}
	return refuse('invalid_signature');
}
