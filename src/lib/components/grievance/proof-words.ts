import type { ProofKind, ProofStrength } from '#lib/domain/identity/strength.ts';
import type { Kind } from '#lib/components/ui/types.ts';
import { m } from '#lib/paraglide/messages.js';

/** What a proof is worth: in one word, why, and how it is coloured. */
export const strengthWords: Record<
	ProofStrength,
	{ word: () => string; why: () => string; kind: Kind }
> = {
	signature_and_mobile_match: {
		word: m.proof_strength_signature_and_mobile_match,
		why: m.proof_why_signature_and_mobile_match,
		kind: 'ok',
	},
	confirmed_by_registry: {
		word: m.proof_strength_confirmed_by_registry,
		why: m.proof_why_confirmed_by_registry,
		kind: 'ok',
	},
	signature_only: {
		word: m.proof_strength_signature_only,
		why: m.proof_why_signature_only,
		kind: 'warn',
	},
	attested_by_clerk: {
		word: m.proof_strength_attested_by_clerk,
		why: m.proof_why_attested_by_clerk,
		kind: 'ok',
	},
	declared: { word: m.proof_strength_declared, why: m.proof_why_declared, kind: 'warn' },
	mobile_only: { word: m.proof_strength_mobile_only, why: m.proof_why_mobile_only, kind: 'info' },
};

export const proofKindWords: Record<ProofKind, () => string> = {
	aadhaar_qr: m.file_id_qr,
	aadhaar_ekyc: m.file_id_ekyc,
	ppp: m.file_id_ppp,
	jan_aadhaar: m.file_id_jan,
	other_document: m.file_id_other,
	mobile_only: m.file_id_mobile,
};
