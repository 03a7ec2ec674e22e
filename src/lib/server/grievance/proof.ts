import { eq } from 'drizzle-orm';
import * as v from 'valibot';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import {
	attestPaper,
	contactOf,
	erasePhoto,
	isPaper,
	noteRegistryReply,
	proofView,
	registryQuestion,
	type ProofView,
} from '#lib/server/identity/index.ts';
import { holdersOf } from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, inTransaction, type Db, type Tx } from '#lib/server/platform/db.ts';
import { RegistryDown, type RegistryReply } from '#lib/server/platform/family-registry.ts';
import { appendEvent } from './events.ts';
import { accessFactsOf, findGrievance, type GrievanceRow } from './facts.ts';
import { mayAttest } from './policy.ts';

/** What a clerk sees of a proof before attesting it. */
export interface ProofAtDesk {
	kind: ProofView['kind'];
	strength: ProofView['strength'];
	/** It is a paper that nobody has looked at yet. */
	attestable: boolean;
}

/** The proof of a grievance, for a clerk who may attest it; null for everybody and everything else. */
export async function proofAtDesk(ctx: Context, number: string): Promise<ProofAtDesk | null> {
	const row = await findGrievance(ctx.db, number);
	if (!row?.proofId || !mayAttest(ctx, await accessFactsOf(ctx.db, row))) return null;
	const { kind, strength } = await proofView(ctx.db, row.proofId);
	return { kind, strength, attestable: strength === 'declared' && isPaper(kind) };
}

/**
 * A clerk of the district has seen the paper that the citizen had only named. Once, under the clerk's name.
 * @throws {Refusal} `forbidden`, `own_proof` (the clerk is the citizen), `already_attested`, `invalid_input`
 * (no paper), `not_found`, `bad_transition` once it is closed
 */
export async function attestProof(ctx: Context, number: string): Promise<void> {
	const written = parseGrievanceNumber(number);
	const row = found(written ? await findGrievance(ctx.db, written) : null);
	const { actor } = ctx;
	if (actor.kind !== 'staff' || !mayAttest(ctx, await accessFactsOf(ctx.db, row))) {
		throw new Refusal('forbidden');
	}
	const { proofId } = row;
	if (!proofId) throw new Refusal('invalid_input');
	await logAccess(ctx, [row.id], 'proof_attested');
	if (await isOwn(ctx, actor, row)) throw new Refusal('own_proof');
	await inTransaction(ctx.db, async (tx) => {
		const kind = await attestPaper(tx, ctx, proofId, actor);
		await appendEvent(tx, ctx, row.id, {
			type: 'proof_attested',
			public: true,
			data: { kind, postId: actor.postId },
		});
	});
}

/** The clerk's own phone filed it. */
async function isOwn(ctx: Context, actor: StaffActor, row: GrievanceRow): Promise<boolean> {
	const holders = await holdersOf(ctx.db, actor.postId, ctx.clock.now());
	const mobile = holders.find(({ personId }) => personId === actor.personId)?.mobile;
	return mobile !== undefined && mobile === (await contactOf(ctx.db, row.citizenId))?.mobile;
}

/**
 * Job `proof.registry`: asks the state's registry about a family id and tells the officer. The citizen has
 * filed long before; a registry that is down only leaves the proof as it was.
 * @param lastTry nobody will ask again: the proof stays as it was, and the family id is forgotten
 */
export async function askFamilyRegistry(
	ctx: Context,
	payload: unknown,
	{ lastTry }: { lastTry: boolean },
): Promise<void> {
	const { grievanceId } = v.parse(v.object({ grievanceId: v.string() }), payload);
	const proofId = await proofOf(ctx.db, grievanceId);
	const question = proofId && (await registryQuestion(ctx.db, proofId));
	if (!question) return;
	let reply: RegistryReply | null = null;
	try {
		reply = await ctx.familyRegistry.ask(question);
	} catch (problem) {
		if (!(problem instanceof RegistryDown) || !lastTry) throw problem;
	}
	const answer = reply?.answer ?? 'unavailable';
	await inTransaction(ctx.db, async (tx) => {
		if (!(await noteRegistryReply(tx, ctx, proofId, reply))) return;
		await appendEvent(tx, ctx, grievanceId, {
			type: 'proof_checked',
			// What a register does not know is no news for the citizen, who may be right.
			public: answer === 'match',
			data: { answer },
		});
	});
}

async function proofOf(db: Db | Tx, grievanceId: string): Promise<string | null> {
	const [row] = await db
		.select({ proofId: grievance.proofId })
		.from(grievance)
		.where(eq(grievance.id, grievanceId));
	return found(row).proofId;
}

/**
 * Deletes the photo that the citizen let the hearing officer see: with the conclusion of the hearing, or when
 * the grievance ends without one. Twice is no error.
 */
export async function purgeProofPhoto(tx: Tx, grievanceId: string): Promise<void> {
	const proofId = await proofOf(tx, grievanceId);
	if (proofId) await erasePhoto(tx, proofId);
}
