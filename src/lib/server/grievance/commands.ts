import { eq } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { attachment, filingDraft } from '#lib/server/db/schema/grievance.ts';
import { keepCitizen, requireCitizen } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import type { Answers } from './answers.ts';
import { lockDraft } from './drafts.ts';
import { permitted, writeEvents } from './events.ts';
import { findGrievance, lockGrievance, wishStandsFor } from './facts.ts';
import { file, filedNumber, HEARING_REQUESTED } from './filing.ts';
import { mayCitizenSee } from './policy.ts';

/** The review form: its key, and the answers that are given with it. */
export type Submission = { submissionKey: string } & Partial<
	Pick<Answers, 'hearingWanted' | 'noticeAgreed'>
>;

/**
 * Files the draft as a grievance: number, owner, deadline, timeline and messages in one transaction.
 * The same key again, also at the same moment, gives the same number.
 * @throws {Refusal} `draft_incomplete` {step}, `no_post_for_place`, `stale` (the form is of a draft
 * that is gone)
 */
export async function submitDraft(
	ctx: Context,
	{ submissionKey, ...last }: Submission,
): Promise<{ number: string }> {
	const { citizenId } = requireCitizen(ctx);
	if (!isUuid(submissionKey)) throw new Refusal('invalid_input');
	return inTransaction(ctx.db, async (tx) => {
		await keepCitizen(tx, citizenId);
		// The second of two taps waits for this lock and then finds the grievance, not the draft.
		const draft = await lockDraft(tx, citizenId);
		if (draft?.submissionKey !== submissionKey) {
			const number = await filedNumber(tx, { citizenId, submissionKey });
			if (number === null) throw new Refusal('stale');
			return { number };
		}
		const answers = { ...draft.answers, ...last };
		const along = (grievanceId: string) => [
			tx.delete(filingDraft).where(eq(filingDraft.citizenId, citizenId)),
			tx
				.update(attachment)
				.set({ grievanceId, draftOf: null })
				.where(eq(attachment.draftOf, citizenId)),
		];
		return { number: await file(tx, ctx, { citizenId, submissionKey, answers, along }) };
	});
}

/**
 * Asks for a hearing in one's own grievance. Asking again changes nothing until the hearing was held
 * or missed.
 * @throws {Refusal} `not_found` (also somebody else's), `bad_transition` once it is decided
 */
export async function requestHearing(ctx: Context, number: string): Promise<void> {
	const row = await findGrievance(ctx.db, number);
	if (!row || !mayCitizenSee(ctx, row)) throw new Refusal('not_found');
	await inTransaction(ctx.db, async (tx) => {
		const locked = await lockGrievance(tx, row.id);
		if (await wishStandsFor(tx, row.id)) return;
		const { ownerPostId } = locked;
		const state = permitted(locked.state, 'hearing_requested', { ownerPostId });
		await writeEvents(tx, ctx, locked, [HEARING_REQUESTED], {
			state,
			hearingRequestedAt: ctx.clock.now(),
		});
	});
}
