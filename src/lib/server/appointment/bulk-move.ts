import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { bulkMove, bulkMoveItem, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { absence } from '#lib/server/db/schema/schedule.ts';
import { listPostsInDistrict } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import {
	found,
	inTransaction,
	violatedConstraint,
	written,
	type Tx,
} from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { withdrawAbsence } from './absences.ts';
import { leavingBookings, planFor, type LeavingRow, type MoveCause } from './bulk-plan.ts';
import { requireSittingAccess } from './policy.ts';

export type BulkMoveRow = typeof bulkMove.$inferSelect;

/**
 * Writes down who is to go where, for everybody whose time the cause takes away. Nothing moves yet.
 * Null when nobody is booked there. Asks no policy.
 * @throws {Refusal} `bulk_move_exists` while another move for the same cause is not finished
 */
export async function planInTransaction(
	tx: Tx,
	ctx: Context,
	cause: MoveCause,
): Promise<{ id: string; leaving: LeavingRow[] } | null> {
	const leaving = await leavingBookings({ db: tx, clock: ctx.clock }, cause);
	if (leaving.length === 0) return null;
	const by = ctx.actor.kind === 'staff' ? ctx.actor : null;
	const [row] = await tx
		.insert(bulkMove)
		.values({ ...cause, startedByPersonId: by?.personId, startedByPostId: by?.postId })
		.onConflictDoNothing()
		.returning({ id: bulkMove.id });
	if (!row) throw new Refusal('bulk_move_exists');
	await writeItems(tx, ctx, { id: row.id, postId: cause.postId }, leaving);
	return { id: row.id, leaving };
}

async function writeItems(
	tx: Tx,
	ctx: Context,
	of: Pick<BulkMoveRow, 'id' | 'postId'>,
	leaving: readonly LeavingRow[],
): Promise<void> {
	if (leaving.length === 0) return;
	const plan = await planFor({ db: tx, clock: ctx.clock }, of.postId, leaving);
	await tx.insert(bulkMoveItem).values(
		plan.map(({ bookingId, slotId }) => ({
			bulkMoveId: of.id,
			bookingId,
			targetSlotId: slotId,
		})),
	);
}

/**
 * Plans the move of the bookings that a change of the schedule has left without a slot. Answers the
 * move's id; that of the one that waits already when there is one.
 * @throws {Refusal} `forbidden`, `bulk_move_nothing`
 */
export async function planScheduleMove(ctx: Context, postId: string): Promise<string> {
	await requireSittingAccess(ctx, postId);
	const cause = { postId, absenceId: null, sittingId: null };
	const made = await inTransaction(ctx.db, (tx) => planInTransaction(tx, ctx, cause));
	if (!made) throw new Refusal('bulk_move_nothing');
	return made.id;
}

/** Holds the move still. @throws {Refusal} `not_found`, `forbidden`, `bulk_move_over` */
async function lockPlanned(tx: Tx, ctx: Context, id: string): Promise<BulkMoveRow> {
	const [row] = await tx.select().from(bulkMove).where(eq(bulkMove.id, id)).for('update');
	const of = found(row);
	await requireSittingAccess(ctx, of.postId);
	if (of.state !== 'planned') throw new Refusal('bulk_move_over');
	return of;
}

/**
 * Starts a planned move: the worker moves one booking after the other. Who lost the time since the
 * plan was shown goes along. Pressed twice it starts once.
 * @throws {Refusal} `not_found`, `forbidden`, `bulk_move_over`
 */
export async function startBulkMove(ctx: Context, id: string): Promise<void> {
	await inTransaction(ctx.db, async (tx) => {
		const of = await lockPlanned(tx, ctx, id);
		await writeItems(tx, ctx, of, await leavingBookings({ db: tx, clock: ctx.clock }, of));
		await setRunning(tx, ctx, id);
	});
}

async function setRunning(tx: Tx, ctx: Context, id: string): Promise<void> {
	const by = ctx.actor.kind === 'staff' ? ctx.actor : null;
	written(
		await tx
			.update(bulkMove)
			.set({
				state: 'running',
				...(by && { startedByPersonId: by.personId, startedByPostId: by.postId }),
			})
			.where(and(eq(bulkMove.id, id), eq(bulkMove.state, 'planned')))
			.returning({ id: bulkMove.id }),
	);
	await queueJob(tx, 'bulk_move.run', { bulkMoveId: id }, { jobKey: `bulk_move.run:${id}` });
}

/**
 * Gives a planned move up before anything moved. With the absence that was its cause: the officer is
 * there after all, and the slots take bookings again.
 * @throws {Refusal} `not_found`, `forbidden`, `bulk_move_over`
 */
export async function dropBulkMove(ctx: Context, id: string): Promise<void> {
	await inTransaction(ctx.db, async (tx) => {
		const of = await lockPlanned(tx, ctx, id);
		await tx
			.update(bulkMove)
			.set({ state: 'dropped', finishedAt: ctx.clock.now() })
			.where(eq(bulkMove.id, id));
		if (of.absenceId) {
			await withdrawAbsence(tx, ctx, { postId: of.postId, absenceId: of.absenceId });
		}
	});
}

/** Tells the clerks of every district whose people are touched that a plan waits for them. */
export async function tellClerks(
	tx: Tx,
	ctx: Context,
	of: { moveId: string; postId: string; absenceId: string },
	leaving: readonly LeavingRow[],
): Promise<void> {
	const [row] = await tx.select().from(absence).where(eq(absence.id, of.absenceId));
	const { startsAt, endsAt } = found(row);
	for (const postId of await clerksOf(ctx, leaving)) {
		await notify(tx, {
			template: 'moves_planned',
			to: { kind: 'post', id: postId },
			grievanceId: null,
			facts: {
				officerPostId: of.postId,
				fromAt: startsAt.toISOString(),
				toAt: endsAt.toISOString(),
				count: leaving.length,
				linkPath: `/officer/moves/${of.moveId}`,
			},
			key: `moves_planned:${of.moveId}:${postId}`,
		});
	}
}

async function clerksOf(ctx: Context, leaving: readonly LeavingRow[]): Promise<string[]> {
	const ids = new Set<string>();
	for (const districtId of new Set(leaving.map((one) => one.districtId))) {
		const posts = await listPostsInDistrict(ctx, districtId, { functions: ['clerk'] });
		for (const { id } of posts) ids.add(id);
	}
	return [...ids];
}

/**
 * Job `sittings.unopened`: sittings of past days that nobody opened. Their people were not heard
 * through no fault of theirs: the sitting is called off, its bookings go elsewhere at once, officer and
 * clerks are told. Safe to run again and in two workers.
 */
export async function sweepUnopened(ctx: Context): Promise<{ sittings: number }> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const today = istDate(ctx.clock.now());
	const rows = await ctx.db
		.select({ id: sitting.id })
		.from(sitting)
		.where(
			and(
				eq(sitting.state, 'planned'),
				sql`${sitting.date} < ${today}`,
				sql`${sitting.endsAt} <= ${istInstant(today).toISOString()}`,
				sql`exists (select from booking where booking.sitting_id = ${sitting.id}
					and booking.status in ('proposed', 'confirmed'))`,
			),
		)
		.orderBy(asc(sitting.startsAt));
	let ended = 0;
	for (const { id } of rows) {
		ended += (await inTransaction(ctx.db, (tx) => endUnopened(tx, ctx, id)).catch(notTwice))
			? 1
			: 0;
	}
	return { sittings: ended };
}

/** Another worker was faster. */
function notTwice(problem: unknown): false {
	if (problem instanceof Refusal || violatedConstraint(problem) === 'bulk_move_one_live') {
		return false;
	}
	throw problem;
}

async function endUnopened(tx: Tx, ctx: Context, sittingId: string): Promise<boolean> {
	const [row] = await tx
		.update(sitting)
		.set({
			state: 'cancelled',
			closedAt: ctx.clock.now(),
			version: sql`${sitting.version} + 1`,
		})
		// The officer may open it at this moment: then it is not ours.
		.where(and(eq(sitting.id, sittingId), inArray(sitting.state, ['planned'])))
		.returning();
	if (!row) return false;
	await tx.update(slot).set({ state: 'closed' }).where(eq(slot.sittingId, sittingId));
	const cause = { postId: row.postId, absenceId: null, sittingId };
	const made = await planInTransaction(tx, ctx, cause);
	if (!made) return true;
	await setRunning(tx, ctx, made.id);
	for (const postId of [row.postId, ...(await clerksOf(ctx, made.leaving))]) {
		await notify(tx, {
			template: 'sitting_unopened',
			to: { kind: 'post', id: postId },
			grievanceId: null,
			facts: {
				officerPostId: row.postId,
				startsAt: row.startsAt.toISOString(),
				count: made.leaving.length,
			},
			key: `sitting_unopened:${sittingId}:${postId}`,
		});
	}
	return true;
}
