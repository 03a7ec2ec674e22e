import { and, desc, eq } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import {
	actingGrant,
	checkDeclared,
	citizenView,
	requireActing,
	useGrant,
	type DeclaredProof,
} from '#lib/server/identity/index.ts';
import { place } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, inTransaction } from '#lib/server/platform/db.ts';
import { checkReferences, merged, noAnswers } from './answers.ts';
import { stateText } from './describe.ts';
import { findGrievance } from './facts.ts';
import { file, filedNumber } from './filing.ts';
import { viewOf } from './queries.ts';
import type { DraftAnswers, FiledRow, GrievanceView } from './types.ts';

/** What is asked at the counter, all on one page. */
export type CounterAnswers = Omit<DraftAnswers, 'districtId' | 'proof'> & {
	proof: DeclaredProof;
	/** The clerk looked at the paper; agents cannot say so. */
	sawPaper: boolean;
};

/**
 * Files a grievance in the citizen's name at a counter of the district, by the same rules as the citizen's own
 * form; who filed it stands in it. One right, one grievance: the same again gives the same number.
 * @throws {Refusal} `forbidden`, `not_found`, `acting_ended`, `place_invalid` (also outside the district),
 * `draft_incomplete`, and as `saveDraft` and `checkDeclared`
 */
export async function fileForCitizen(
	ctx: Context,
	grantId: string,
	{ proof, sawPaper, ...answers }: CounterAnswers,
): Promise<{ number: string }> {
	const actor = requireActing(ctx);
	if (sawPaper && !actor.functions.includes('clerk')) throw new Refusal('forbidden');
	return inTransaction(ctx.db, async (tx) => {
		const { citizenId, basis, used } = await actingGrant(ctx, grantId, tx);
		const submission = { citizenId, submissionKey: grantId };
		if (used) return { number: found(await filedNumber(tx, submission)) };
		const patch = { ...answers, proof: checkDeclared(ctx, proof) };
		const all = merged(noAnswers(), patch);
		await checkReferences({ ...ctx, db: tx }, all, patch);
		if (all.jurisdictionId && all.districtId !== actor.districtId) {
			throw new Refusal('place_invalid');
		}
		const by = { actor, basis, sawPaper };
		const number = await file(tx, ctx, { ...submission, answers: all, by });
		await useGrant(tx, ctx, grantId);
		return { number };
	});
}

const FILED_SHOWN = 100;

/** What the acting person filed in this post, newest first: number, state and day, nothing of the matter. */
export async function filedByMe(ctx: Context): Promise<FiledRow[]> {
	const { personId, postId } = requireActing(ctx);
	const rows = await ctx.db
		.select({ number: grievance.number, state: grievance.state, filedAt: grievance.filedAt })
		.from(grievance)
		.where(and(eq(grievance.filedByPersonId, personId), eq(grievance.filedByPostId, postId)))
		.orderBy(desc(grievance.filedAt), desc(grievance.id))
		.limit(FILED_SHOWN);
	return rows.map((row) => ({ ...row, stateText: stateText(row.state, ctx.locale) }));
}

/** The paper that the citizen takes home. */
export interface CounterReceipt {
	grievance: GrievanceView;
	/** Name and masked mobile. */
	complainant: string;
}

/**
 * The receipt of a grievance, for whoever filed it in this post; the look is logged.
 * @throws {Refusal} `forbidden`; `not_found`, also for what others filed
 */
export async function counterReceipt(ctx: Context, number: string): Promise<CounterReceipt> {
	const { personId, postId } = requireActing(ctx);
	const row = await findGrievance(ctx.db, number);
	if (row?.filedByPersonId !== personId || row.filedByPostId !== postId) {
		throw new Refusal('not_found');
	}
	await logAccess(ctx, [row.id], 'counter_receipt');
	const { name, maskedMobile } = await citizenView(ctx, row.citizenId);
	return {
		grievance: await viewOf(ctx, row, { publicOnly: true }),
		complainant: [name, maskedMobile].filter(Boolean).join(', '),
	};
}

/** The district in which the acting person files. @throws {Refusal} `forbidden` */
export async function counterDistrict(ctx: Context): Promise<{ id: string; name: string }> {
	const { districtId } = requireActing(ctx);
	const { id, name } = await place(ctx, districtId);
	return { id, name };
}
