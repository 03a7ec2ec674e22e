import * as v from 'valibot';
import { CONSENT_GROUPS, type ConsentGroup } from '#lib/domain/identity/consent.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { looksLikeAadhaar } from '#lib/domain/identity/verhoeff.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { seal, unseal } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import { contactOf, requireCitizen } from './citizens.ts';
import { checkedProofSchema, referenceHash, type CheckedProof } from './checked.ts';
import { certificateRegistry } from './proofs/certificates.ts';
import {
	CONSENTABLE_FIELDS,
	proofProblem,
	toKeptProof,
	type ConsentableField,
	type KeptProof,
	type ProofProblem,
} from './proofs/kept.ts';
import { readOfflineKyc, type OfflineKycProblem } from './proofs/offline-kyc.ts';
import { photoAsPng, smallPng } from './proofs/photo.ts';
import { verifySecureQr } from './proofs/verify.ts';

export type CardInput =
	| { kind: 'aadhaar_qr'; qr: string }
	| {
			kind: 'aadhaar_ekyc';
			/** The ZIP as it was downloaded from UIDAI. */
			zip: Uint8Array;
			shareCode: string;
	  };

/** A card that was read and verified: what its holder sees before anything of it is kept. */
export interface SeenCard {
	kind: KeptProof['kind'];
	strength: CheckedProof['strength'];
	/** What the card says, by what may be agreed to; what it does not say is left out. */
	fields: Partial<Record<Exclude<ConsentGroup, 'photo'>, string>>;
	/** PNG in base64. */
	photo: string | null;
	/** For the form in which the holder agrees. */
	token: string;
}

const REFUSALS: Readonly<Record<ProofProblem, RefusalCode>> = {
	unsupported: 'proof_unsupported',
	unknown_certificate: 'proof_unsupported',
	invalid_signature: 'proof_invalid',
	published_sample: 'proof_sample',
};

const KYC_REFUSALS: Readonly<Record<OfflineKycProblem, RefusalCode>> = {
	wrong_share_code: 'share_code_wrong',
	too_large: 'kyc_unsupported',
	not_zip: 'kyc_unsupported',
	not_one_xml: 'kyc_unsupported',
	not_xml: 'kyc_unsupported',
	unknown_layout: 'kyc_unsupported',
	unknown_certificate: 'kyc_unsupported',
	invalid_signature: 'kyc_invalid',
	in_future: 'kyc_invalid',
};

/** The time to look at the fields and tick them. */
const SEEN_MINUTES = 30;
/** What is carried by a form is never stored: no rotation has to know of it. */
const CARRIED_CARD = 'seen_card';

const seenSchema = v.object({
	citizenId: v.string(),
	expiresAt: v.number(),
	/** With every field and the photo: nothing is agreed to yet. */
	card: checkedProofSchema,
});

const OUTSIDE_ADDRESS: readonly ConsentableField[] = ['name', 'dob', 'gender'];
const ADDRESS = CONSENTABLE_FIELDS.filter((field) => !OUTSIDE_ADDRESS.includes(field));

/**
 * Reads a card of the signed-in citizen and checks UIDAI's signature. Nothing is stored: what was read goes
 * back sealed in `token`, which only this citizen can give to `agreedCard`, for half an hour. QR text, ZIP
 * and share code are not in it.
 * @throws {Refusal} of a QR `proof_invalid` (changed or not signed by UIDAI), `proof_unsupported` (cannot be
 * read), `proof_sample` (UIDAI's published sample outside a demonstration), `aadhaar_not_kept` (twelve digits
 * that may be an Aadhaar number); of an e-KYC `kyc_invalid`, `kyc_unsupported`, `share_code_wrong`
 */
export async function readCard(ctx: Context, input: CardInput): Promise<SeenCard> {
	const { citizenId } = requireCitizen(ctx);
	const card = await wholeCard(ctx, input);
	const { kind, strength, fields, photo = null } = card;
	if (kind !== 'aadhaar_qr' && kind !== 'aadhaar_ekyc') throw new Refusal('invalid_input');
	const expiresAt = ctx.clock.now().getTime() + SEEN_MINUTES * 60_000;
	const carried = JSON.stringify({ citizenId, expiresAt, card });
	const token = seal(carried, CARRIED_CARD).toString('base64url');
	return { kind, strength, fields, photo, token };
}

/**
 * What may be kept of a card that was read before: the result, and of the rest what is agreed to.
 * @throws {Refusal} `proof_seen_expired` for a token that is old, changed or another citizen's
 */
export function agreedCard(
	ctx: Context,
	token: string,
	consent: readonly ConsentGroup[],
): CheckedProof {
	const { citizenId } = requireCitizen(ctx);
	const seen = opened(token);
	if (seen?.citizenId !== citizenId || seen.expiresAt <= ctx.clock.now().getTime()) {
		throw new Refusal('proof_seen_expired');
	}
	return onlyAgreed(seen.card, consent);
}

function opened(token: string) {
	try {
		const text = unseal(Buffer.from(token, 'base64url'), CARRIED_CARD);
		return v.parse(v.pipe(v.string(), v.parseJson(), seenSchema), text);
	} catch {
		return null; // not made here, or with a key that is gone
	}
}

/** Of a card as it was read, what its holder agreed to. */
export function onlyAgreed(card: CheckedProof, consent: readonly ConsentGroup[]): CheckedProof {
	const { photo, fields, ...result } = card;
	const agreed = CONSENT_GROUPS.filter((group) => consent.includes(group));
	const kept = agreed.flatMap((group) => {
		const value = fields[group];
		return value === undefined ? [] : [[group, value] as const];
	});
	return {
		...result,
		fields: Object.fromEntries(kept),
		...(photo && agreed.includes('photo') ? { photo } : {}),
	};
}

/** The verified card with everything that could be agreed to. Never stored as it is. */
export async function wholeCard(ctx: Context, input: CardInput): Promise<CheckedProof> {
	const { citizenId } = requireCitizen(ctx);
	const { mobile } = found(await contactOf(ctx.db, citizenId));
	return input.kind === 'aadhaar_qr'
		? wholeQr(ctx, mobile, input.qr)
		: wholeKyc(ctx, mobile, input);
}

const hashOf = (reference: string) => referenceHash('aadhaar', reference);

async function wholeQr(ctx: Context, mobile: string, qr: string): Promise<CheckedProof> {
	if (looksLikeAadhaar(toLatinDigits(qr).replace(/[\s-]/g, ''))) {
		throw new Refusal('aadhaar_not_kept');
	}
	const verified = verifySecureQr(qr, certificateRegistry({ demo: ctx.demo }), { mobile });
	const problem = proofProblem(verified, { demo: ctx.demo });
	if (problem) throw new Refusal(REFUSALS[problem]);
	if (verified.signature !== 'valid') throw new Refusal('proof_invalid');
	const photo = verified.photo && (await photoAsPng(verified.photo.codestream));
	return checkedCard(toKeptProof('aadhaar_qr', verified, CONSENTABLE_FIELDS, hashOf), photo);
}

async function wholeKyc(
	ctx: Context,
	mobile: string,
	{ zip, shareCode }: { zip: Uint8Array; shareCode: string },
): Promise<CheckedProof> {
	const registry = certificateRegistry({ demo: ctx.demo });
	const read = await readOfflineKyc(zip, shareCode, registry, { now: ctx.clock.now(), mobile });
	if (!read.ok) throw new Refusal(KYC_REFUSALS[read.problem]);
	const kept = toKeptProof('aadhaar_ekyc', read.kyc, CONSENTABLE_FIELDS, hashOf);
	return checkedCard(kept, read.kyc.photo);
}

/** The address as one line, the photo made small, the rest as it is. */
async function checkedCard(kept: KeptProof, picture: Uint8Array | null): Promise<CheckedProof> {
	const photo = picture && (await smallPng(picture));
	const { name, dob, gender } = kept.fields;
	const address = ADDRESS.flatMap((field) => kept.fields[field] ?? []).join(', ');
	return {
		kind: kept.kind,
		strength: kept.strength,
		fields: {
			...(name && { name }),
			...(dob && { dob }),
			...(gender && { gender }),
			...(address && { address }),
		},
		lastFour: kept.last4,
		referenceHash: kept.referenceHash,
		certificateFingerprint: kept.certificateFingerprint,
		...(photo && { photo: Buffer.from(photo).toString('base64') }),
	};
}
