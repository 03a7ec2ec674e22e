import { and, eq, ne, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { ConsentGroup } from '#lib/domain/identity/consent.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { parseFamilyId } from '#lib/domain/identity/family-id.ts';
import { PROOF_KINDS, PROOF_STRENGTHS, strengthOf } from '#lib/domain/identity/strength.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { looksLikeAadhaar } from '#lib/domain/identity/verhoeff.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { identityProof } from '#lib/server/db/schema/identity.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { contactOf, requireCitizen } from './citizens.ts';
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
import { verifySecureQr } from './proofs/verify.ts';

export type ProofInput =
	| { kind: 'aadhaar_qr'; qr: string; consent?: readonly ConsentGroup[] }
	| {
			kind: 'aadhaar_ekyc';
			/** The ZIP as it was downloaded from UIDAI. */
			zip: Uint8Array;
			shareCode: string;
			consent?: readonly ConsentGroup[];
	  }
	| { kind: 'ppp' | 'jan_aadhaar'; familyId: string }
	| { kind: 'other_document'; documentName: string; lastFour?: string }
	| { kind: 'mobile_only' };

/**
 * The result of a check: all that is ever kept, in the draft as in the database. No number, no QR
 * text, no ZIP, no share code, no photo, and of `fields` (`name`, `dob`, `gender`, `address` of a
 * card, `documentName`) only what the citizen agreed to.
 */
export const checkedProofSchema = v.object({
	kind: v.picklist(PROOF_KINDS),
	strength: v.picklist(PROOF_STRENGTHS),
	fields: v.record(v.string(), v.string()),
	lastFour: v.nullable(v.string()),
	/** Keyed hash, hex. */
	referenceHash: v.nullable(v.string()),
	certificateFingerprint: v.nullable(v.string()),
});
export type CheckedProof = v.InferOutput<typeof checkedProofSchema>;

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

const OUTSIDE_ADDRESS: readonly ConsentableField[] = ['name', 'dob', 'gender'];
const ADDRESS = CONSENTABLE_FIELDS.filter((field) => !OUTSIDE_ADDRESS.includes(field));
const FIELDS_OF_GROUP: Readonly<Record<ConsentGroup, readonly ConsentableField[]>> = {
	name: ['name'],
	dob: ['dob'],
	gender: ['gender'],
	address: ADDRESS,
};

const referenceHash = (scheme: string, reference: string) =>
	blindIndex('proof_reference', `${scheme}:${reference}`).toString('hex');

/**
 * Checks what a signed-in citizen shows of who they are. Nothing is stored here.
 * @throws {Refusal} of a QR `proof_invalid` (changed or not signed by UIDAI), `proof_unsupported` (cannot be
 * read), `proof_sample` (UIDAI's published sample outside a demonstration); of an e-KYC `kyc_invalid`,
 * `kyc_unsupported`, `share_code_wrong`; `family_id_invalid`, `aadhaar_not_kept` (twelve digits that may be
 * an Aadhaar number)
 */
export async function checkProof(ctx: Context, input: ProofInput): Promise<CheckedProof> {
	const { citizenId } = requireCitizen(ctx);
	switch (input.kind) {
		case 'aadhaar_qr':
			return checkSecureQr(ctx, citizenId, input);
		case 'aadhaar_ekyc':
			return checkOfflineKyc(ctx, citizenId, input);
		case 'ppp':
		case 'jan_aadhaar':
			return checkFamilyId(input);
		case 'other_document':
			return checkDocument(input);
		case 'mobile_only':
			return { ...nothing, kind: 'mobile_only', strength: strengthOf(input) };
	}
}

const nothing = {
	fields: {},
	lastFour: null,
	referenceHash: null,
	certificateFingerprint: null,
} as const;

async function checkSecureQr(
	ctx: Context,
	citizenId: string,
	{ qr, consent = [] }: { qr: string; consent?: readonly ConsentGroup[] },
): Promise<CheckedProof> {
	if (looksLikeAadhaar(toLatinDigits(qr).replace(/[\s-]/g, ''))) {
		throw new Refusal('aadhaar_not_kept');
	}
	const { mobile } = await contactOf(ctx.db, citizenId);
	const verified = verifySecureQr(qr, certificateRegistry({ demo: ctx.demo }), { mobile });
	const problem = proofProblem(verified, { demo: ctx.demo });
	if (problem) throw new Refusal(REFUSALS[problem]);
	if (verified.signature !== 'valid') throw new Refusal('proof_invalid');
	return checkedCard(
		toKeptProof('aadhaar_qr', verified, fieldsOf(consent), (reference) =>
			referenceHash('aadhaar', reference),
		),
	);
}

async function checkOfflineKyc(
	ctx: Context,
	citizenId: string,
	input: { zip: Uint8Array; shareCode: string; consent?: readonly ConsentGroup[] },
): Promise<CheckedProof> {
	const { mobile } = await contactOf(ctx.db, citizenId);
	const registry = certificateRegistry({ demo: ctx.demo });
	const now = ctx.clock.now();
	const read = await readOfflineKyc(input.zip, input.shareCode, registry, { now, mobile });
	if (!read.ok) throw new Refusal(KYC_REFUSALS[read.problem]);
	return checkedCard(
		toKeptProof('aadhaar_ekyc', read.kyc, fieldsOf(input.consent ?? []), (reference) =>
			referenceHash('aadhaar', reference),
		),
	);
}

const fieldsOf = (consent: readonly ConsentGroup[]) =>
	consent.flatMap((group) => FIELDS_OF_GROUP[group]);

/** The address as one line, the rest as it is. */
function checkedCard(kept: KeptProof): CheckedProof {
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
	};
}

function checkFamilyId(input: { kind: 'ppp' | 'jan_aadhaar'; familyId: string }): CheckedProof {
	const parsed = parseFamilyId(input.kind, input.familyId);
	if (!parsed.ok) {
		throw new Refusal(
			parsed.problem === 'looks_like_aadhaar' ? 'aadhaar_not_kept' : 'family_id_invalid',
		);
	}
	return {
		...nothing,
		kind: input.kind,
		strength: strengthOf(input),
		lastFour: parsed.value.id.slice(-4),
		referenceHash: referenceHash(input.kind, parsed.value.id),
	};
}

function checkDocument(input: { documentName: string; lastFour?: string }): CheckedProof {
	const documentName = maskAadhaarNumbers(cleanLine(input.documentName)).text;
	const lastFour = input.lastFour ? toLatinDigits(input.lastFour) : null;
	if (documentName === '' || (lastFour && !/^\d{4}$/.test(lastFour))) {
		throw new Refusal('invalid_input');
	}
	return {
		...nothing,
		kind: 'other_document',
		strength: strengthOf({ kind: 'other_document' }),
		fields: { documentName },
		lastFour,
	};
}

/** Family ids may end in letters; the column holds digits only, so those lie with the sealed fields. */
const LETTERED_END = 'idEnd';

/** Stores a checked proof of a citizen. Fields were already cut down to what was agreed to. */
export async function keepProof(
	tx: Tx,
	ctx: Context,
	citizenId: string,
	checked: CheckedProof,
): Promise<string> {
	const digits = checked.lastFour !== null && /^\d{4}$/.test(checked.lastFour);
	const fields =
		checked.lastFour === null || digits
			? checked.fields
			: { ...checked.fields, [LETTERED_END]: checked.lastFour };
	const row = written(
		await tx
			.insert(identityProof)
			.values({
				citizenId,
				kind: checked.kind,
				strength: checked.strength,
				fields: Object.keys(fields).length > 0 ? JSON.stringify(fields) : null,
				lastFour: digits ? checked.lastFour : null,
				referenceHash: checked.referenceHash ? Buffer.from(checked.referenceHash, 'hex') : null,
				certificateFingerprint: checked.certificateFingerprint,
				verifiedAt: ctx.clock.now(),
			})
			.returning({ id: identityProof.id }),
	);
	return row.id;
}

export interface ProofView {
	kind: CheckedProof['kind'];
	strength: CheckedProof['strength'];
	/** Fields that the citizen agreed to show. */
	fields: Record<string, string>;
	lastFour: string | null;
	/** Other accounts that showed the same reference id. */
	alsoUsedBy: number;
	verifiedAt: Date;
}

const storedFields = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** What staff see of a proof. @throws {Refusal} `not_found` */
export async function proofView(db: Db | Tx, proofId: string): Promise<ProofView> {
	const row = found(
		(await db.select().from(identityProof).where(eq(identityProof.id, proofId)))[0],
	);
	const { [LETTERED_END]: lettered, ...fields } = row.fields
		? v.parse(storedFields, row.fields)
		: {};
	const [others] = row.referenceHash
		? await db
				.select({ count: sql<number>`count(distinct ${identityProof.citizenId})::int` })
				.from(identityProof)
				.where(
					and(
						eq(identityProof.referenceHash, row.referenceHash),
						ne(identityProof.citizenId, row.citizenId),
					),
				)
		: [];
	return {
		kind: row.kind,
		strength: row.strength,
		fields,
		lastFour: row.lastFour ?? lettered ?? null,
		alsoUsedBy: others?.count ?? 0,
		verifiedAt: row.verifiedAt,
	};
}
