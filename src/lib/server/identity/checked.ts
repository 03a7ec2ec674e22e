import * as v from 'valibot';
import { PROOF_KINDS, PROOF_STRENGTHS } from '#lib/domain/identity/strength.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';

/**
 * The result of a check: all that is ever kept, in the draft as in the database. No Aadhaar number, no QR
 * text, no ZIP, no share code, and of `fields` (`name`, `dob`, `gender`, `address` of a card, `documentName`)
 * and `photo` only what the citizen agreed to.
 */
export const checkedProofSchema = v.object({
	kind: v.picklist(PROOF_KINDS),
	strength: v.picklist(PROOF_STRENGTHS),
	fields: v.record(v.string(), v.string()),
	lastFour: v.nullable(v.string()),
	/** Keyed hash, hex. */
	referenceHash: v.nullable(v.string()),
	certificateFingerprint: v.nullable(v.string()),
	/** PNG in base64, at most 30 kB. */
	photo: v.optional(v.string()),
	/** The whole family id, where a registry is to be asked, until it has answered. */
	familyId: v.optional(v.string()),
});
export type CheckedProof = v.InferOutput<typeof checkedProofSchema>;

/** Keyed hash by which one proof on two accounts is found, hex. */
export const referenceHash = (scheme: string, reference: string) =>
	blindIndex('proof_reference', `${scheme}:${reference}`).toString('hex');
