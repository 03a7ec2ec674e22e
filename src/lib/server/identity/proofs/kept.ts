import { cleanLine } from '#lib/domain/identity/text.ts';
import { strengthOf, type ProofStrength } from '#lib/domain/identity/strength.ts';
import type { VerifiedSecureQr } from './verify.ts';

/** Fields a citizen may let us keep. The mobile's last digits are not among them: we have the mobile itself. */
export const CONSENTABLE_FIELDS = [
	'name',
	'dob',
	'gender',
	'careOf',
	'house',
	'street',
	'landmark',
	'location',
	'vtc',
	'postOffice',
	'subDistrict',
	'district',
	'state',
	'pin',
] as const;
export type ConsentableField = (typeof CONSENTABLE_FIELDS)[number];

/** What a valid proof says, of either kind. */
type ValidProof = {
	readonly referenceId: string;
	readonly fields: Readonly<Record<ConsentableField, string>>;
	readonly mobileMatch: boolean | null;
	readonly certificateFingerprint: string;
};

/** All that is stored of a verified proof, besides the time. No number, no payload, no photo. */
export type KeptProof = {
	readonly kind: 'aadhaar_qr' | 'aadhaar_ekyc';
	readonly strength: ProofStrength;
	readonly fields: Readonly<Partial<Record<ConsentableField, string>>>;
	/** Last four digits of the Aadhaar number. */
	readonly last4: string;
	/** Keyed hash of the reference id, so that one proof on two accounts is noticed. */
	readonly referenceHash: string;
	readonly certificateFingerprint: string;
};

export type ProofProblem =
	'unsupported' | 'unknown_certificate' | 'invalid_signature' | 'published_sample';

/** Why a checked QR is no proof here; null when it is one. UIDAI's published sample is one only in a demonstration. */
export function proofProblem(
	verified: VerifiedSecureQr,
	options: { readonly demo: boolean },
): ProofProblem | null {
	if (verified.signature === 'invalid') return 'invalid_signature';
	if (verified.signature !== 'valid') return verified.signature;
	return verified.publishedSample && !options.demo ? 'published_sample' : null;
}

/**
 * What is kept of a valid proof: only the fields the citizen ticked (empty ones are left out), and nothing
 * that could bring the rest back. `hash` is a keyed hash (HMAC) of the platform.
 */
export function toKeptProof(
	kind: KeptProof['kind'],
	verified: ValidProof,
	consented: readonly ConsentableField[],
	hash: (referenceId: string) => string,
): KeptProof {
	const fields: Partial<Record<ConsentableField, string>> = {};
	for (const name of CONSENTABLE_FIELDS) {
		const value = consented.includes(name) ? cleanLine(verified.fields[name]) : '';
		if (value !== '') fields[name] = value;
	}
	return {
		kind,
		strength: strengthOf({ kind, signatureValid: true, mobileMatch: verified.mobileMatch }),
		fields,
		last4: verified.referenceId.slice(0, 4),
		referenceHash: hash(verified.referenceId),
		certificateFingerprint: verified.certificateFingerprint,
	};
}
