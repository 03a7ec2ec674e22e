import { and, asc, desc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { BookingState } from '#lib/domain/appointment/booking.ts';
import {
	booking,
	bulkMove,
	bulkMoveItem,
	sitting,
	slot,
} from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { absence } from '#lib/server/db/schema/schedule.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { hearingPosts, requireSittingAccess } from './policy.ts';

export type MoveState = 'planned' | 'running' | 'done' | 'dropped';

/** What becomes of one booking. Number and token say which; nothing personal is in it. */
export interface MoveLine {
	id: string;
	number: string;
	tokenNo: number;
	startsAt: Date;
	state: 'planned' | 'moved' | 'waiting' | 'skipped';
	/** Start of the planned or the new slot; null: the waiting list. */
	toAt: Date | null;
	toToken: number | null;
	/** What the booking is now; says why it was skipped. */
	status: BookingState;
}

export interface MoveCounts {
	all: number;
	/** Planned for a new time, or moved there. */
	placed: number;
	/** For the waiting list, or on it. */
	waiting: number;
	skipped: number;
	/** Already dealt with. */
	done: number;
}

export interface MoveSummary {
	id: string;
	postId: string;
	officer: string;
	state: MoveState;
	cause: 'away' | 'unopened' | 'schedule';
	/** Of the absence or the sitting; null for a change of the schedule. */
	from: Date | null;
	to: Date | null;
	createdAt: Date;
	finishedAt: Date | null;
	counts: MoveCounts;
}

export interface MoveView extends MoveSummary {
	/** In the order of their times. A clerk sees those of the own district. */
	lines: MoveLine[];
}

const counts = {
	all: sql<number>`count(${bulkMoveItem.id})::int`,
	placed: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'moved'
		or (${bulkMoveItem.state} = 'planned' and ${bulkMoveItem.targetSlotId} is not null)))::int`,
	waiting: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'waiting'
		or (${bulkMoveItem.state} = 'planned' and ${bulkMoveItem.id} is not null and ${bulkMoveItem.targetSlotId} is null)))::int`,
	skipped: sql<number>`(count(*) filter (where ${bulkMoveItem.state} = 'skipped'))::int`,
	done: sql<number>`(count(*) filter (where ${bulkMoveItem.state} <> 'planned'))::int`,
};

async function summaries(ctx: Context, where: ReturnType<typeof and>): Promise<MoveSummary[]> {
	const rows = await ctx.db
		.select({
			move: bulkMove,
			from: sql<Date | null>`coalesce(${absence.startsAt}, ${sitting.startsAt})`.mapWith(
				absence.startsAt,
			),
			to: sql<Date | null>`coalesce(${absence.endsAt}, ${sitting.endsAt})`.mapWith(absence.endsAt),
			counts,
		})
		.from(bulkMove)
		.leftJoin(bulkMoveItem, eq(bulkMoveItem.bulkMoveId, bulkMove.id))
		.leftJoin(absence, eq(absence.id, bulkMove.absenceId))
		.leftJoin(sitting, eq(sitting.id, bulkMove.sittingId))
		.where(where)
		.groupBy(bulkMove.id, absence.id, sitting.id)
		.orderBy(desc(bulkMove.createdAt))
		.limit(50);
	const names = await namesOfPosts(
		ctx.db,
		rows.map(({ move }) => move.postId),
		ctx.locale,
	);
	return rows.map(({ move, ...row }) => ({
		...row,
		id: move.id,
		postId: move.postId,
		officer: names.get(move.postId) ?? '',
		state: move.state,
		cause: move.absenceId ? 'away' : move.sittingId ? 'unopened' : 'schedule',
		createdAt: move.createdAt,
		finishedAt: move.finishedAt,
	}));
}

const target = alias(slot, 'target_slot');
const made = alias(booking, 'new_booking');

/**
 * The dry run, the progress and the report of a bulk move: who goes where.
 * @throws {Refusal} `not_found`, `forbidden`
 */
export async function bulkMoveView(ctx: Context, id: string): Promise<MoveView> {
	const summary = found((await summaries(ctx, eq(bulkMove.id, id)))[0]);
	const actor = await requireSittingAccess(ctx, summary.postId);
	const own = actor.postId === summary.postId;
	const lines = await ctx.db
		.select({
			id: bulkMoveItem.id,
			number: grievance.number,
			tokenNo: booking.tokenNo,
			startsAt: slot.startsAt,
			state: bulkMoveItem.state,
			toAt: target.startsAt,
			toToken: made.tokenNo,
			status: booking.status,
		})
		.from(bulkMoveItem)
		.innerJoin(booking, eq(booking.id, bulkMoveItem.bookingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.leftJoin(target, eq(target.id, bulkMoveItem.targetSlotId))
		.leftJoin(made, eq(made.id, bulkMoveItem.newBookingId))
		.where(
			and(
				eq(bulkMoveItem.bulkMoveId, id),
				...(own || !actor.districtId ? [] : [eq(grievance.districtId, actor.districtId)]),
			),
		)
		.orderBy(asc(slot.startsAt), asc(booking.tokenNo));
	return { ...summary, lines };
}

/** The newest move of an absence that was not given up. */
export async function moveOfAbsence(db: Db | Tx, absenceId: string): Promise<string | null> {
	const [row] = await db
		.select({ id: bulkMove.id })
		.from(bulkMove)
		.where(and(eq(bulkMove.absenceId, absenceId), ne(bulkMove.state, 'dropped')))
		.orderBy(desc(bulkMove.createdAt))
		.limit(1);
	return row?.id ?? null;
}

/** Moves of the acting officer's own post, the newest first. @throws {Refusal} `forbidden` */
export async function myBulkMoves(ctx: Context, postId: string): Promise<MoveSummary[]> {
	await requireSittingAccess(ctx, postId);
	return summaries(ctx, and(eq(bulkMove.postId, postId), ne(bulkMove.state, 'dropped')));
}

export interface MovesAtDesk {
	moves: MoveSummary[];
	posts: { id: string; name: string }[];
	/** Officers of whom bookings have lost their slot by a change of the schedule. */
	touched: { postId: string; officer: string; count: number }[];
}

/** What a clerk sees of moves: those of the officers booked for. @throws {Refusal} `forbidden` */
export async function movesAtDesk(ctx: Context): Promise<MovesAtDesk> {
	const posts = await hearingPosts(ctx);
	const ids = posts.map(({ id }) => id);
	if (ids.length === 0) return { moves: [], posts, touched: [] };
	const moves = await summaries(
		ctx,
		and(inArray(bulkMove.postId, ids), ne(bulkMove.state, 'dropped')),
	);
	const rows = await ctx.db
		.select({ postId: slot.postId, count: sql<number>`count(*)::int` })
		.from(slot)
		.innerJoin(booking, eq(booking.slotId, slot.id))
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.where(
			and(
				inArray(slot.postId, ids),
				ne(slot.state, 'open'),
				gt(slot.startsAt, ctx.clock.now()),
				inArray(booking.status, ['proposed', 'confirmed']),
				inArray(sitting.state, ['planned', 'open', 'paused']),
				sql`not exists (select from bulk_move_item item join bulk_move of_item
					on of_item.id = item.bulk_move_id and of_item.state in ('planned', 'running')
					where item.booking_id = ${booking.id})`,
			),
		)
		.groupBy(slot.postId);
	const names = new Map(posts.map(({ id, name }) => [id, name]));
	return {
		moves,
		posts,
		touched: rows.map((row) => ({ ...row, officer: names.get(row.postId) ?? '' })),
	};
}
