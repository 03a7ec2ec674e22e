import { X509Certificate, type KeyObject } from 'node:crypto';
import { DEMONSTRATION_CERTIFICATE } from './certificates/demonstration.ts';
import { UIDAI_CERTIFICATES } from './certificates/uidai.ts';

/** A certificate ready to check signatures with. Both ends of its window count as inside. */
export type SigningCertificate = {
	readonly name: string;
	/** SHA-256 of the DER, lower-case hex. */
	readonly fingerprint: string;
	readonly validFrom: Date;
	readonly validTo: Date;
	readonly publicKey: KeyObject;
};

/**
 * Whose signatures count. `enforced`: only certificates whose window covers the instant of signing are asked.
 * `reported`: all are asked, and whether the window covers it is only told (an operator named them).
 */
export type CertificateRegistry = {
	readonly certificates: readonly SigningCertificate[];
	readonly windows: 'enforced' | 'reported';
};

/**
 * Reads one X.509 certificate (PEM or DER). Throws an Error with a sentence for an operator when it cannot be
 * read, when its key is not RSA, or when it is not the one whose fingerprint is pinned.
 */
export function readCertificate(
	source: string | Uint8Array,
	pinned?: { readonly name?: string; readonly fingerprint?: string },
): SigningCertificate {
	let certificate: X509Certificate;
	try {
		certificate = new X509Certificate(source);
	} catch {
		throw new Error(`Not a certificate in PEM or DER form: ${pinned?.name ?? 'unnamed'}`);
	}
	const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
	if (pinned?.fingerprint !== undefined && pinned.fingerprint !== fingerprint) {
		throw new Error(`Certificate ${pinned.name ?? ''} is not the pinned one: ${fingerprint}`);
	}
	if (certificate.publicKey.asymmetricKeyType !== 'rsa') {
		throw new Error(`The key of certificate ${fingerprint} is not RSA`);
	}
	return {
		name: pinned?.name ?? certificate.subject.split('\n').at(-1) ?? fingerprint,
		fingerprint,
		validFrom: new Date(certificate.validFrom),
		validTo: new Date(certificate.validTo),
		publicKey: certificate.publicKey,
	};
}

export function covers(certificate: SigningCertificate, at: Date): boolean {
	return certificate.validFrom <= at && at <= certificate.validTo;
}

const UIDAI = UIDAI_CERTIFICATES.map((pinned) => readCertificate(pinned.pem, pinned));
const DEMONSTRATION = readCertificate(DEMONSTRATION_CERTIFICATE.pem, DEMONSTRATION_CERTIFICATE);

/**
 * The registry of this system: UIDAI's certificates, those an administrator added, and in a demonstration,
 * never else, the one that signs invented QRs.
 */
export function certificateRegistry(options: {
	readonly demo: boolean;
	readonly added?: readonly SigningCertificate[];
}): CertificateRegistry {
	const certificates = [...UIDAI, ...(options.added ?? [])].filter(
		(certificate) => certificate.fingerprint !== DEMONSTRATION.fingerprint,
	);
	if (options.demo) certificates.push(DEMONSTRATION);
	return { certificates, windows: 'enforced' };
}

/** A registry of exactly these certificates, for an operator who names them; windows are only reported. */
export function givenCertificates(
	certificates: readonly SigningCertificate[],
): CertificateRegistry {
	return { certificates, windows: 'reported' };
}
