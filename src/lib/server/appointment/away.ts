import { awayProblem } from '#lib/domain/appointment/called-away.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction } from '#lib/server/platform/db.ts';
import { enterAbsence } from './absences.ts';
import { planInTransaction, tellClerks } from './bulk-move.ts';
import { moveOfAbsence } from './bulk-views.ts';
import { once } from './idempotency.ts';
import { requireSittingAccess } from './policy.ts';

export interface CallAway {
	postId: string;
	startsAt: Date;
	endsAt: Date;
	/** Seen by the office only. */
	reason: string;
	key: string;
}

/**
 * An officer must go: from this moment nothing more is booked in the time, and the move of those who
 * are is planned and waits to be looked at. By the officer, or by a clerk who books for the officer.
 * Answers the move; null when nobody was booked. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `away_past`, `away_order`, `away_too_long`, `key_reused`
 */
export async function callAway(
	ctx: Context,
	{ key, ...input }: CallAway,
): Promise<{ absenceId: string; moveId: string | null }> {
	const actor = await requireSittingAccess(ctx, input.postId);
	const now = ctx.clock.now();
	const problem = awayProblem(input, now);
	if (problem) throw new Refusal(problem);
	const startsAt = input.startsAt < now ? now : input.startsAt;
	const body = { command: 'callAway', ...input };
	const absenceId = await inTransaction(ctx.db, (tx) =>
		once(tx, { actor, key, body }, async () => {
			const entered = await enterAbsence(tx, ctx, { ...input, startsAt, kind: 'called_away' });
			const cause = { postId: input.postId, absenceId: entered.absenceId, sittingId: null };
			const made = await planInTransaction(tx, ctx, cause);
			if (made)
				await tellClerks(
					tx,
					ctx,
					{ moveId: made.id, ...cause, absenceId: entered.absenceId },
					made.leaving,
				);
			return entered.absenceId;
		}),
	);
	return { absenceId, moveId: await moveOfAbsence(ctx.db, absenceId) };
}
