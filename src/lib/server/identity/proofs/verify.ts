import { constants, createHash, timingSafeEqual, verify } from 'node:crypto';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { covers, type CertificateRegistry, type SigningCertificate } from './certificates.ts';
import { contactHash } from './contact-hash.ts';
import {
	decodeSecureQr,
	type SecureQr,
	type SecureQrFields,
	type SecureQrPhoto,
	type SecureQrProblem,
} from './secure-qr.ts';

/** SHA-256 of the signed bytes of the samples that UIDAI publishes: genuine signatures that anybody has. */
const PUBLISHED_SAMPLES: ReadonlySet<string> = new Set([
	'cc1645f2268cb18dd27cf45ce45dffa8fb651dbf27653ec637f0efcbb590a98a',
]);

type Decoded = {
	readonly version: string;
	readonly referenceId: string;
	readonly signedAt: Date;
	readonly fields: SecureQrFields;
	readonly photo: SecureQrPhoto | null;
	readonly hasEmailHash: boolean;
	readonly hasMobileHash: boolean;
	/** UIDAI's own published sample: to be refused outside demonstrations and tests. */
	readonly publishedSample: boolean;
};

/**
 * UIDAI signed it. `withinWindow`: in a window of the certificate that verified it. `mobileMatch`: null when
 * no mobile was given or no hash is inside.
 */
export type ValidSecureQr = Decoded & {
	readonly signature: 'valid';
	readonly withinWindow: boolean;
	readonly mobileMatch: boolean | null;
	/** Certificate that verified it: SHA-256 of its DER, lower-case hex. */
	readonly certificateFingerprint: string;
};

export type VerifiedSecureQr =
	| ValidSecureQr
	| (Decoded & {
			/** `unknown_certificate`: none covers the instant of signing. `invalid`: some do, none verifies. */
			readonly signature: 'invalid' | 'unknown_certificate';
			/** Some certificate of an enforced registry covers the instant; false of certificates somebody named. */
			readonly withinWindow: boolean;
			readonly mobileMatch: null;
			readonly certificateFingerprint: null;
	  })
	| {
			/** Could not be decoded; `version` is what it calls itself, when it says so. */
			readonly signature: 'unsupported';
			readonly problem: SecureQrProblem;
			readonly withinWindow: false;
			readonly version: string | null;
			readonly referenceId: null;
			readonly signedAt: null;
			readonly fields: null;
			readonly photo: null;
			readonly hasEmailHash: false;
			readonly hasMobileHash: false;
			readonly publishedSample: false;
			readonly mobileMatch: null;
			readonly certificateFingerprint: null;
	  };

function isSignedBy(qr: SecureQr, certificate: SigningCertificate): boolean {
	const key = { key: certificate.publicKey, padding: constants.RSA_PKCS1_PADDING };
	try {
		return verify('sha256', qr.payload, key, qr.signature);
	} catch {
		return false; // a key that cannot check such a signature has not made it
	}
}

function matchesMobile(qr: SecureQr, mobile: string | undefined): boolean | null {
	const parsed = mobile === undefined ? null : parseIndianMobile(mobile);
	if (parsed === null || qr.mobileHash === null) return null;
	const lastDigit = Number(qr.referenceId.charAt(3));
	return timingSafeEqual(
		Buffer.from(contactHash(parsed.slice(-10), lastDigit), 'hex'),
		qr.mobileHash,
	);
}

/**
 * Decodes the text of a Secure QR and checks UIDAI's signature (RSA PKCS#1 v1.5, SHA-256) over everything
 * before it, against the certificates of the registry. `mobile` is the number whose OTP the citizen gave, in
 * any form; a match tells the holder from somebody with a photo of the card. Nothing in the answer is to be
 * believed unless `signature` is `valid`. Never throws.
 */
export function verifySecureQr(
	text: string,
	registry: CertificateRegistry,
	options: { readonly mobile?: string } = {},
): VerifiedSecureQr {
	const result = decodeSecureQr(text);
	if (!result.ok) {
		return {
			signature: 'unsupported',
			problem: result.problem,
			withinWindow: false,
			version: result.version,
			referenceId: null,
			signedAt: null,
			fields: null,
			photo: null,
			hasEmailHash: false,
			hasMobileHash: false,
			publishedSample: false,
			mobileMatch: null,
			certificateFingerprint: null,
		};
	}
	const { qr } = result;
	const decoded: Decoded = {
		version: qr.version,
		referenceId: qr.referenceId,
		signedAt: qr.signedAt,
		fields: qr.fields,
		photo: qr.photo,
		hasEmailHash: qr.emailHash !== null,
		hasMobileHash: qr.mobileHash !== null,
		publishedSample: PUBLISHED_SAMPLES.has(createHash('sha256').update(qr.payload).digest('hex')),
	};
	const covering = registry.certificates.filter((certificate) => covers(certificate, qr.signedAt));
	const asked = registry.windows === 'enforced' ? covering : registry.certificates;
	const signer = asked.find((certificate) => isSignedBy(qr, certificate));
	if (signer) {
		return {
			...decoded,
			signature: 'valid',
			withinWindow: covers(signer, qr.signedAt),
			mobileMatch: matchesMobile(qr, options.mobile),
			certificateFingerprint: signer.fingerprint,
		};
	}
	return {
		...decoded,
		signature: asked.length === 0 ? 'unknown_certificate' : 'invalid',
		withinWindow: registry.windows === 'enforced' && asked.length > 0,
		mobileMatch: null,
		certificateFingerprint: null,
	};
}
