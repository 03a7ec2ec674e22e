import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { sameName, type RegistryOutcome } from '#lib/domain/identity/registry.ts';
import { CARD_KINDS, strengthOf } from '#lib/domain/identity/strength.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { citizen, identityProof } from '#lib/server/db/schema/identity.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import type { RegistryQuestion, RegistryReply } from '#lib/server/platform/family-registry.ts';
import type { CheckedProof } from './checked.ts';

/** Family ids may end in letters; the column holds digits only, so those lie with the sealed fields. */
const LETTERED_END = 'idEnd';

/** Kinds of paper that a clerk can look at. */
const PAPERS = ['ppp', 'jan_aadhaar', 'other_document'] as const;

export function isPaper(kind: CheckedProof['kind']): boolean {
	return PAPERS.some((paper) => paper === kind);
}

/**
 * Stores a checked proof of a citizen. Fields were already cut down to what was agreed to.
 * @param attestedBy the clerk who saw the paper while it was given
 */
export async function keepProof(
	tx: Tx,
	ctx: Context,
	citizenId: string,
	checked: CheckedProof,
	attestedBy: StaffActor | null = null,
): Promise<string> {
	const { kind, lastFour, familyId } = checked;
	const digits = lastFour !== null && /^\d{4}$/.test(lastFour);
	const fields =
		lastFour === null || digits ? checked.fields : { ...checked.fields, [LETTERED_END]: lastFour };
	const now = ctx.clock.now();
	const row = written(
		await tx
			.insert(identityProof)
			.values({
				citizenId,
				kind,
				...(attestedBy ? attestation(kind, attestedBy, now) : { strength: checked.strength }),
				fields: Object.keys(fields).length > 0 ? JSON.stringify(fields) : null,
				lastFour: digits ? lastFour : null,
				referenceHash: checked.referenceHash ? Buffer.from(checked.referenceHash, 'hex') : null,
				certificateFingerprint: checked.certificateFingerprint,
				photo: checked.photo,
				pendingFamilyId: familyId,
				verifiedAt: now,
			})
			.returning({ id: identityProof.id }),
	);
	return row.id;
}

function attestation(kind: CheckedProof['kind'], by: StaffActor, now: Date) {
	if (!isPaper(kind)) throw new Refusal('invalid_input');
	return {
		strength: strengthOf({ kind, attested: true }),
		attestedByPersonId: by.personId,
		attestedByPostId: by.postId,
		attestedAt: now,
	};
}

/**
 * Writes down that a clerk saw the paper of a proof that was only declared. Of two clerks at the same moment
 * one does.
 * @throws {Refusal} `already_attested` (also confirmed by a registry), `invalid_input` for a proof that is no
 * paper
 */
export async function attestPaper(
	tx: Tx,
	ctx: Context,
	proofId: string,
	by: StaffActor,
): Promise<CheckedProof['kind']> {
	const mine = eq(identityProof.id, proofId);
	const [row] = await tx.select({ kind: identityProof.kind }).from(identityProof).where(mine);
	const { kind } = found(row);
	const done = await tx
		.update(identityProof)
		.set(attestation(kind, by, ctx.clock.now()))
		.where(and(mine, eq(identityProof.strength, 'declared')))
		.returning({ id: identityProof.id });
	if (done.length === 0) throw new Refusal('already_attested');
	return kind;
}

/** What a registry is to be asked about a proof; null when it is not, or has answered. */
export async function registryQuestion(
	db: Db | Tx,
	proofId: string,
): Promise<RegistryQuestion | null> {
	const [row] = await db
		.select({
			kind: identityProof.kind,
			familyId: identityProof.pendingFamilyId,
			mobile: citizen.mobile,
		})
		.from(identityProof)
		.innerJoin(citizen, eq(citizen.id, identityProof.citizenId))
		.where(eq(identityProof.id, proofId));
	if (!row?.familyId || !row.mobile || (row.kind !== 'ppp' && row.kind !== 'jan_aadhaar'))
		return null;
	return { kind: row.kind, familyId: row.familyId, mobileLastFour: row.mobile.slice(-4) };
}

/**
 * Writes down what a registry said, once, and forgets the whole family id. A match makes the proof as strong
 * as it can be; nothing else makes it weaker.
 * @param reply null when there was none after every attempt
 * @returns false when it had been written before
 */
export async function noteRegistryReply(
	tx: Tx,
	ctx: Context,
	proofId: string,
	reply: RegistryReply | null,
): Promise<boolean> {
	const outcome: RegistryOutcome = reply?.answer ?? 'unavailable';
	const [row] = await tx
		.select({ kind: identityProof.kind, name: citizen.name })
		.from(identityProof)
		.innerJoin(citizen, eq(citizen.id, identityProof.citizenId))
		.where(and(eq(identityProof.id, proofId), sql`${identityProof.pendingFamilyId} is not null`))
		.for('update', { of: identityProof });
	if (!row) return false;
	await tx
		.update(identityProof)
		.set({
			pendingFamilyId: null,
			registryOutcome: outcome,
			registryAt: ctx.clock.now(),
			headNameMatches: reply?.headName ? sameName(reply.headName, row.name ?? '') : null,
		})
		.where(eq(identityProof.id, proofId));
	if (outcome === 'match') {
		await tx
			.update(identityProof)
			.set({ strength: strengthOf({ kind: row.kind, registryMatch: true }) })
			.where(
				and(
					eq(identityProof.id, proofId),
					inArray(identityProof.strength, ['declared', 'attested_by_clerk']),
				),
			);
	}
	return true;
}

/** The photo that the citizen agreed to show, PNG in base64; null when there is none (any more). */
export async function proofPhoto(db: Db | Tx, proofId: string): Promise<string | null> {
	const [row] = await db
		.select({ photo: identityProof.photo })
		.from(identityProof)
		.where(eq(identityProof.id, proofId));
	return row?.photo ?? null;
}

/** Deletes the photo of a proof for good. Twice is no error. */
export async function erasePhoto(tx: Tx, proofId: string): Promise<void> {
	await tx.update(identityProof).set({ photo: null }).where(eq(identityProof.id, proofId));
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
	/** When a clerk saw the paper, and in which post. */
	attested: { postId: string; at: Date } | null;
	/** `asking`: the answer is still to come. */
	registry: { outcome: RegistryOutcome | 'asking'; headNameMatches: boolean } | null;
}

const storedFields = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** All but the photo, which is for one officer only. */
const viewed = {
	citizenId: identityProof.citizenId,
	kind: identityProof.kind,
	strength: identityProof.strength,
	fields: identityProof.fields,
	lastFour: identityProof.lastFour,
	referenceHash: identityProof.referenceHash,
	verifiedAt: identityProof.verifiedAt,
	attestedByPostId: identityProof.attestedByPostId,
	attestedAt: identityProof.attestedAt,
	asking: sql<boolean>`${identityProof.pendingFamilyId} is not null`,
	registryOutcome: identityProof.registryOutcome,
	headNameMatches: identityProof.headNameMatches,
};

/** What staff see of a proof. @throws {Refusal} `not_found` */
export async function proofView(db: Db | Tx, proofId: string): Promise<ProofView> {
	const row = found(
		(await db.select(viewed).from(identityProof).where(eq(identityProof.id, proofId)))[0],
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
	const outcome = row.asking ? ('asking' as const) : row.registryOutcome;
	return {
		kind: row.kind,
		strength: row.strength,
		fields,
		lastFour: row.lastFour ?? lettered ?? null,
		alsoUsedBy: others?.count ?? 0,
		verifiedAt: row.verifiedAt,
		attested:
			row.attestedByPostId && row.attestedAt
				? { postId: row.attestedByPostId, at: row.attestedAt }
				: null,
		registry: outcome && { outcome, headNameMatches: row.headNameMatches === true },
	};
}

/** Proofs of a citizen with what was kept, newest first. */
export async function proofsOf(db: Db | Tx, citizenId: string): Promise<ProofView[]> {
	const rows = await db
		.select({ id: identityProof.id })
		.from(identityProof)
		.where(eq(identityProof.citizenId, citizenId))
		.orderBy(desc(identityProof.verifiedAt), desc(identityProof.id));
	return Promise.all(rows.map((row) => proofView(db, row.id)));
}

/** Fields that were kept of cards because the citizen ticked them go; the result of the check stays. */
export async function dropProofFields(tx: Tx, citizenId: string): Promise<void> {
	await tx
		.update(identityProof)
		.set({ fields: null })
		.where(
			and(eq(identityProof.citizenId, citizenId), inArray(identityProof.kind, [...CARD_KINDS])),
		);
}

/** No photo of the citizen's cards is shown to anybody any more. */
export async function dropProofPhotos(tx: Tx, citizenId: string): Promise<void> {
	await tx.update(identityProof).set({ photo: null }).where(eq(identityProof.citizenId, citizenId));
}

/** Everything of a proof that tells who it was goes; kind, strength and time stay with the case. */
export async function emptyProofs(tx: Tx, which: { citizenId: string } | { id: string }) {
	await tx
		.update(identityProof)
		.set({ fields: null, lastFour: null, referenceHash: null, photo: null, pendingFamilyId: null })
		.where(
			'id' in which ? eq(identityProof.id, which.id) : eq(identityProof.citizenId, which.citizenId),
		);
}
