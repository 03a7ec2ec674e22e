import { and, asc, eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { quotasFor } from '#lib/domain/appointment/claim.ts';
import { isLiveBooking } from '#lib/domain/appointment/booking.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { bulkMove, bulkMoveItem, seat, sitting } from '#lib/server/db/schema/appointment.ts';
import { appendEvent } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, found, type Tx } from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { words } from '#lib/server/platform/words.ts';
import { leavingOf, planFor } from './bulk-plan.ts';
import type { BulkMoveRow } from './bulk-move.ts';
import { cancelInTransaction } from './ending.ts';
import { moveInTransaction } from './moving.ts';
import { seatBooking } from './placing.ts';
import { bookingFacts } from './queries.ts';
import { change } from './retry.ts';
import { settleSchedule } from './schedules.ts';
import { summonedPosts, tellSummoned } from './summons.ts';
import { tellMoved } from './telling.ts';
import type { BookingFacts } from './types.ts';
import { joinWaitingList } from './waiting.ts';

const payloadSchema = v.object({ bulkMoveId: v.pipe(v.string(), v.uuid()) });

type Item = typeof bulkMoveItem.$inferSelect;

/** Transactions at a time. Each is short; more would only wait for each other on two cores. */
const AT_ONCE = 4;

/** How often those whose planned slot was taken meanwhile get another, before they must wait. */
const ROUNDS = 3;

/** The planned slot cannot be had any more; another may. */
const ELSEWHERE: readonly RefusalCode[] = [
	'day_full',
	'forbidden',
	'hearing_by_accused',
	'slot_closed',
	'slot_full',
	'slot_overlaps',
	'slot_past',
	'slot_too_far',
	'slot_too_soon',
];

/** Nothing is left to do for the booking: it ended, was moved, or the conversation goes on. */
const LET_BE: readonly RefusalCode[] = ['bad_transition', 'hearing_running', 'stale'];

/**
 * Job `bulk_move.run`: moves what is planned, one short transaction a booking, each with its timeline,
 * its message and its line in the report. It goes on where it was, however it ended: what is done is
 * written with the move itself.
 */
export async function runBulkMove(ctx: Context, payload: unknown): Promise<void> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const { bulkMoveId } = v.parse(payloadSchema, payload);
	const [row] = await ctx.db.select().from(bulkMove).where(eq(bulkMove.id, bulkMoveId));
	const of = found(row);
	for (let round = 1; of.state === 'running' && round <= ROUNDS + 1; round += 1) {
		const items = await openItems(ctx, bulkMoveId);
		if (items.length === 0) break;
		// The last time nobody is left to hope: who finds no slot waits at the head of the list.
		await eachOf(items, (item) => settleItem(ctx, of, item, round > ROUNDS));
		await planAgain(ctx, of);
	}
	await finish(ctx, of);
}

function openItems(ctx: Pick<Context, 'db'>, bulkMoveId: string): Promise<Item[]> {
	return ctx.db
		.select()
		.from(bulkMoveItem)
		.where(and(eq(bulkMoveItem.bulkMoveId, bulkMoveId), eq(bulkMoveItem.state, 'planned')))
		.orderBy(asc(bulkMoveItem.id));
}

/** In order, some at a time. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
	const rest = items.values();
	const line = async () => {
		for (const item of rest) await work(item);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, line));
}

async function settleItem(ctx: Context, of: BulkMoveRow, item: Item, last: boolean): Promise<void> {
	const outcome = async (targetSlotId: string | null) =>
		change(ctx, (tx) => settleIn(tx, ctx, of, { ...item, targetSlotId }));
	try {
		await outcome(item.targetSlotId);
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		if (LET_BE.includes(problem.code)) return skip(ctx, item);
		if (!ELSEWHERE.includes(problem.code)) throw problem;
		if (last) await outcome(null).catch((other) => skipOr(ctx, item, other));
	}
}

async function skipOr(ctx: Context, item: Item, problem: unknown): Promise<void> {
	if (!(problem instanceof Refusal) || !LET_BE.includes(problem.code)) throw problem;
	await skip(ctx, item);
}

async function skip(ctx: Pick<Context, 'db'>, item: Item): Promise<void> {
	await ctx.db
		.update(bulkMoveItem)
		.set({ state: 'skipped' })
		.where(and(eq(bulkMoveItem.id, item.id), eq(bulkMoveItem.state, 'planned')));
}

/** One booking: to its new slot, or to the head of the waiting list. */
async function settleIn(tx: Tx, ctx: Context, of: BulkMoveRow, item: Item): Promise<void> {
	const [mine] = await tx
		.select({ id: bulkMoveItem.id })
		.from(bulkMoveItem)
		.where(and(eq(bulkMoveItem.id, item.id), eq(bulkMoveItem.state, 'planned')))
		.for('update');
	if (!mine) return;
	const before = await bookingFacts(tx, item.bookingId);
	if (!isLiveBooking(before.status)) throw new Refusal('bad_transition');
	await holdOpenSitting(tx, before);
	const newBookingId = item.targetSlotId
		? await moveTo(tx, ctx, of, { before, slotId: item.targetSlotId })
		: await sendToWaiting(tx, ctx, of, before);
	await tx
		.update(bulkMoveItem)
		.set({
			state: newBookingId ? 'moved' : 'waiting',
			newBookingId,
			targetSlotId: item.targetSlotId,
		})
		.where(eq(bulkMoveItem.id, item.id));
}

/** In a sitting that is open the officer may call this citizen now; one comes after the other. */
async function holdOpenSitting(tx: Tx, before: BookingFacts): Promise<void> {
	if (before.sittingState !== 'open' && before.sittingState !== 'paused') return;
	await tx
		.select({ id: sitting.id })
		.from(sitting)
		.where(eq(sitting.id, before.sittingId))
		.for('update');
	const [called] = await tx.execute(sql`
		select 1 from hearing where booking_id = ${before.id}
			and state = 'lobby_open' and call_until > app_now()`);
	if (called) throw new Refusal('hearing_running');
}

const startedBy = (of: BulkMoveRow) =>
	of.startedByPersonId && of.startedByPostId
		? { by: { personId: of.startedByPersonId, postId: of.startedByPostId } }
		: {};

/** Why, as the timeline says it; the product's first language, as all that is written there. */
const reasonOf = (of: BulkMoveRow) =>
	words(
		of.absenceId
			? 'moves_reason_away'
			: of.sittingId
				? 'moves_reason_unopened'
				: 'moves_reason_schedule',
		'hi',
	);

async function moveTo(
	tx: Tx,
	ctx: Context,
	of: BulkMoveRow,
	{ before, slotId }: { before: BookingFacts; slotId: string },
): Promise<string> {
	const made = of.sittingId
		? await placeAnew(tx, ctx, of, { before, slotId })
		: await moveInTransaction(tx, ctx, {
				bookingId: before.id,
				slotId,
				version: null,
				reason: reasonOf(of),
				...startedBy(of),
			});
	await tellMoved(tx, made);
	return made.id;
}

/**
 * The hearing should have been and was not: its booking ends as the office's failure, not as a move,
 * and the next one goes on with its calendar entry and its people.
 */
async function placeAnew(
	tx: Tx,
	ctx: Context,
	of: BulkMoveRow,
	{ before, slotId }: { before: BookingFacts; slotId: string },
): Promise<BookingFacts> {
	const [sits] = await tx.select().from(seat).where(eq(seat.bookingId, before.id));
	const quotas = quotasFor('move', { byOffice: true, group: sits?.quota ?? null });
	const ended = await revoke(tx, ctx, of, before);
	const made = await seatBooking(tx, ctx, {
		grievanceId: before.grievanceId,
		slotId,
		channel: 'move',
		byOffice: true,
		quotas,
		status: 'confirmed',
		supersedesId: before.id,
		postIds: await summonedPosts(tx, before.id),
		ics: { uid: ended.icsUid, sequence: ended.icsSequence + 1 },
		...startedBy(of),
	});
	await appendEvent(tx, ctx, before.grievanceId, {
		type: 'hearing_booked',
		public: true,
		data: {
			bookingId: made.id,
			sittingId: made.sittingId,
			postId: made.postId,
			startsAt: made.startsAt.toISOString(),
			tokenNo: made.tokenNo,
		},
	});
	return made;
}

const revoke = (tx: Tx, ctx: Context, of: BulkMoveRow, before: BookingFacts) =>
	cancelInTransaction(tx, ctx, {
		bookingId: before.id,
		version: null,
		reason: reasonOf(of),
		tell: false,
	});

async function sendToWaiting(
	tx: Tx,
	ctx: Context,
	of: BulkMoveRow,
	before: BookingFacts,
): Promise<null> {
	await revoke(tx, ctx, of, before);
	const { grievanceId, postId } = before;
	await joinWaitingList(tx, ctx, { grievanceId, postId, atHead: true });
	await notify(tx, {
		template: 'hearing_waits',
		to: { kind: 'citizen', id: before.citizenId },
		grievanceId: before.grievanceId,
		facts: {
			number: before.grievanceNumber,
			startsAt: before.startsAt.toISOString(),
			officerPostId: before.postId,
		},
		key: `hearing_waits:${before.id}`,
	});
	await tellSummoned(tx, before.id, 'summons_off');
	return null;
}

/** New targets for those whose slot went to somebody else meanwhile. */
async function planAgain(ctx: Context, of: BulkMoveRow): Promise<void> {
	const items = await openItems(ctx, of.id);
	if (items.length === 0) return;
	const leaving = await leavingOf(
		ctx,
		items.map((item) => item.bookingId),
	);
	const plan = await planFor(ctx, of.postId, leaving);
	const target = new Map(plan.map((one) => [one.bookingId, one.slotId]));
	for (const item of items) {
		await ctx.db
			.update(bulkMoveItem)
			.set({ targetSlotId: target.get(item.bookingId) ?? null })
			.where(and(eq(bulkMoveItem.id, item.id), eq(bulkMoveItem.state, 'planned')));
	}
}

/** All is done: the emptied slots are shut, and who started it is told how it went. */
async function finish(ctx: Context, of: BulkMoveRow): Promise<void> {
	await change(ctx, async (tx) => {
		const [done] = await tx
			.update(bulkMove)
			.set({ state: 'done', finishedAt: ctx.clock.now() })
			.where(and(eq(bulkMove.id, of.id), eq(bulkMove.state, 'running')))
			.returning({ id: bulkMove.id });
		if (!done) return;
		await settleSchedule(tx, ctx, of.postId);
		const [row] = await tx
			.select({
				moved: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'moved'))::int`,
				waiting: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'waiting'))::int`,
				skipped: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'skipped'))::int`,
			})
			.from(bulkMoveItem)
			.where(eq(bulkMoveItem.bulkMoveId, of.id));
		await notify(tx, {
			template: 'moves_done',
			to: { kind: 'post', id: of.startedByPostId ?? of.postId },
			grievanceId: null,
			facts: { officerPostId: of.postId, ...found(row) },
			key: `moves_done:${of.id}`,
		});
		await announce(tx, 'sitting', of.id);
	});
}
