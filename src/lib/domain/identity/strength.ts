/** Ways to show who one is. None is asked for by default and none blocks filing (Aadhaar Act, s.4(6) and s.7). */
export const PROOF_KINDS = [
	'aadhaar_qr',
	'aadhaar_ekyc',
	'ppp',
	'jan_aadhaar',
	'other_document',
	'mobile_only',
] as const;
export type ProofKind = (typeof PROOF_KINDS)[number];

/** Cards of UIDAI, whose fields are kept only as far as they were ticked. */
export const CARD_KINDS = ['aadhaar_qr', 'aadhaar_ekyc'] as const satisfies readonly ProofKind[];

export function isCard(kind: ProofKind): boolean {
	return CARD_KINDS.some((card) => card === kind);
}

/** What a proof is worth to the officer, strongest first. */
export const PROOF_STRENGTHS = [
	'signature_and_mobile_match',
	'confirmed_by_registry',
	'signature_only',
	'attested_by_clerk',
	'declared',
	'mobile_only',
] as const;
export type ProofStrength = (typeof PROOF_STRENGTHS)[number];

export type ProofFacts = {
	readonly kind: ProofKind;
	/** UIDAI's signature was checked and holds. Only the two Aadhaar kinds can have one. */
	readonly signatureValid?: boolean;
	/** The hash inside is that of the OTP-verified mobile; null when there is nothing to compare. */
	readonly mobileMatch?: boolean | null;
	/** A named clerk saw the paper. */
	readonly attested?: boolean;
	/** The state's registry knows the family id, with this mobile. Only family ids can have it. */
	readonly registryMatch?: boolean;
};

/**
 * The strength of a proof. A valid signature alone says that the card is genuine, not whose hands it is in:
 * anybody's photo of a card passes. An Aadhaar proof without a valid signature is worth no more than the
 * mobile number, unless a clerk attests it.
 */
export function strengthOf(facts: ProofFacts): ProofStrength {
	if (facts.kind === 'mobile_only') return 'mobile_only';
	const signed = isCard(facts.kind);
	if (signed && facts.signatureValid === true) {
		return facts.mobileMatch === true ? 'signature_and_mobile_match' : 'signature_only';
	}
	const family = facts.kind === 'ppp' || facts.kind === 'jan_aadhaar';
	if (family && facts.registryMatch === true) return 'confirmed_by_registry';
	if (facts.attested === true) return 'attested_by_clerk';
	return signed ? 'mobile_only' : 'declared';
}
