import { changeSetup, isProblem, type ScheduleChange } from '#lib/domain/appointment/schedule.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Tx } from '#lib/server/platform/db.ts';
import { requireScheduleAccess } from './policy.ts';
import { carryOut, lockPosts, workOut } from './schedules.ts';
import { loadSetups, loadStanding } from './setups.ts';
import { writeSetupChange } from './setup-change.ts';

export interface EnterAbsence {
	postId: string;
	kind: 'leave' | 'called_away';
	startsAt: Date;
	endsAt: Date;
	reason: string;
}

/**
 * Enters that the holder of a post hears nobody for a time, in the caller's transaction: its free
 * slots are shut, those with bookings take nothing new. The officer may do it for the own post.
 * Answers the bookings that must move.
 * @throws {Refusal} `forbidden`, `not_found`, `rule_hours`, `date_past`, `date_too_far`
 */
export async function enterAbsence(
	tx: Tx,
	ctx: Context,
	{ postId, ...absence }: EnterAbsence,
): Promise<{ absenceId: string; touched: string[] }> {
	const { id, touched } = await change(tx, ctx, postId, { kind: 'enter_absence', absence });
	return { absenceId: id, touched };
}

/**
 * It came to nothing: the slots of that time are open again, as far as nothing else stands against it.
 * @throws {Refusal} `forbidden`, `not_found` also when it is over or was withdrawn
 */
export async function withdrawAbsence(
	tx: Tx,
	ctx: Context,
	{ postId, absenceId }: { postId: string; absenceId: string },
): Promise<void> {
	await change(tx, ctx, postId, { kind: 'withdraw_absence', absenceId });
}

async function change(tx: Tx, ctx: Context, postId: string, what: ScheduleChange) {
	const actor = await requireScheduleAccess(ctx, postId, what);
	await lockPosts(tx, [postId]);
	const now = ctx.clock.now();
	const setup = found((await loadSetups(tx, now, [postId]))[0]);
	const next = changeSetup(setup, what, now);
	if (isProblem(next)) throw new Refusal(next.code, next.facts);
	const standing = await loadStanding(tx, now, { postIds: [postId], lock: true });
	const consequence = workOut(now, setup, next, standing.get(postId) ?? []);
	const id = await writeSetupChange(tx, setup, what, actor);
	await carryOut(tx, ctx, consequence);
	return { id, touched: consequence.touched };
}
