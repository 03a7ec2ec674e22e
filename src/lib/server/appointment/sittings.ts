import { and, asc, eq, gt, inArray, lt } from 'drizzle-orm';
import type { SlotState } from '#lib/domain/appointment/booking.ts';
import { tokenNumber } from '#lib/domain/appointment/slots.ts';
import {
	transitionSitting,
	type SittingEvent,
	type SittingState,
} from '#lib/domain/appointment/sitting.ts';
import { DAY_MS, istDate, istTime, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import {
	announce,
	found,
	inTransaction,
	violatedConstraint,
	written,
	type Db,
	type Tx,
} from '#lib/server/platform/db.ts';
import { hearingPosts, requireClerk, requireSittingAccess } from './policy.ts';
import { sittingFacts } from './queries.ts';
import type { CreateSitting, HearingMode, SittingFacts } from './types.ts';

/** Slots whose times keep others of the same post out. */
const LIVE_SLOTS = ['open', 'closing'] as const;

/** Nobody plans a hearing further ahead; a later date is a slip of the pen. */
const DAYS_AHEAD = 180;

/** Rows a statement: far below PostgreSQL's limit of parameters. */
const BATCH = 2_000;

export interface PlannedSitting {
	postId: string;
	date: string;
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	place: string | null;
	slots: { startsAt: Date; endsAt: Date; capacity: number }[];
}

function batches<T>(rows: readonly T[]): T[][] {
	return Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, index) =>
		rows.slice(index * BATCH, (index + 1) * BATCH),
	);
}

/**
 * Writes sittings with their slots and seats; tokens are fixed here once and for all. A sitting of
 * the same post and start that exists already is left as it is. Answers the ids of those written.
 */
export async function writeSittings(tx: Tx, plans: readonly PlannedSitting[]): Promise<string[]> {
	const planOf = new Map(plans.map((plan) => [startKey(plan.postId, plan.startsAt), plan]));
	const ids: string[] = [];
	for (const batch of batches([...planOf.values()])) {
		const sittings = await tx
			.insert(sitting)
			.values(batch.map(({ slots: _, ...row }) => row))
			.onConflictDoNothing({ target: [sitting.postId, sitting.startsAt] })
			.returning({ id: sitting.id, postId: sitting.postId, startsAt: sitting.startsAt });
		const planOfSitting = new Map(
			sittings.map((row) => [row.id, found(planOf.get(startKey(row.postId, row.startsAt)))]),
		);
		ids.push(...planOfSitting.keys());
		await writeSlots(tx, planOfSitting);
	}
	return ids;
}

const startKey = (postId: string, startsAt: Date) => `${postId} ${startsAt.getTime()}`;

async function writeSlots(tx: Tx, planOf: ReadonlyMap<string, PlannedSitting>): Promise<void> {
	const planned = [...planOf].flatMap(([sittingId, plan]) => {
		const widest = Math.max(...plan.slots.map((one) => one.capacity));
		return plan.slots.map(({ startsAt, endsAt, capacity }, index) => ({
			row: { sittingId, postId: plan.postId, startsAt, endsAt },
			seats: Array.from({ length: capacity }, (_, seat) => ({
				seatNo: seat + 1,
				tokenNo: tokenNumber(index, seat + 1, widest),
			})),
		}));
	});
	const seatsOf = new Map(
		planned.map((one) => [startKey(one.row.sittingId, one.row.startsAt), one.seats]),
	);
	for (const batch of batches(planned)) {
		const slots = await tx
			.insert(slot)
			.values(batch.map((one) => one.row))
			.returning({ id: slot.id, sittingId: slot.sittingId, startsAt: slot.startsAt });
		const seats = slots.flatMap((one) =>
			found(seatsOf.get(startKey(one.sittingId, one.startsAt))).map((place) => ({
				...place,
				slotId: one.id,
				sittingId: one.sittingId,
			})),
		);
		for (const some of batches(seats)) await tx.insert(seat).values(some);
	}
}

/** The post's slots of those states that overlap the time, in order of time. */
export function slotsBetween(
	db: Db | Tx,
	postId: string,
	{ from, to, states }: { from: Date; to: Date; states: readonly SlotState[] },
): Promise<{ startsAt: Date; endsAt: Date }[]> {
	return db
		.select({ startsAt: slot.startsAt, endsAt: slot.endsAt })
		.from(slot)
		.where(
			and(
				eq(slot.postId, postId),
				inArray(slot.state, [...states]),
				lt(slot.startsAt, to),
				gt(slot.endsAt, from),
			),
		)
		.orderBy(asc(slot.startsAt));
}

/**
 * An extra sitting besides the schedule. It lies within one IST day and begins in the future,
 * at most 180 days ahead.
 * @throws {Refusal} `forbidden`, `invalid_input`, `slot_past`, `sitting_too_far`, `sitting_overlaps`
 * with the times of the slots in the way
 */
export async function createSitting(ctx: Context, input: CreateSitting): Promise<SittingFacts> {
	requireClerk(ctx);
	const posts = await hearingPosts(ctx);
	if (!posts.some((post) => post.id === input.postId)) throw new Refusal('forbidden');
	const { postId, startsAt, slotMinutes, slots: count, capacity, mode } = input;
	const length = slotMinutes * MINUTE_MS;
	const endsAt = new Date(startsAt.getTime() + count * length);
	if (!(slotMinutes > 0 && count > 0 && capacity > 0)) throw new Refusal('invalid_input');
	const now = ctx.clock.now();
	if (startsAt <= now) throw new Refusal('slot_past');
	if (startsAt.getTime() > now.getTime() + DAYS_AHEAD * DAY_MS) {
		throw new Refusal('sitting_too_far', { days: DAYS_AHEAD });
	}
	if (istDate(startsAt) !== istDate(new Date(endsAt.getTime() - 1))) {
		throw new Refusal('invalid_input');
	}
	const plan: PlannedSitting = {
		postId,
		date: istDate(startsAt),
		startsAt,
		endsAt,
		mode,
		place: input.place ?? null,
		slots: Array.from({ length: count }, (_, index) => ({
			startsAt: new Date(startsAt.getTime() + index * length),
			endsAt: new Date(startsAt.getTime() + (index + 1) * length),
			capacity,
		})),
	};
	try {
		const [id] = await inTransaction(ctx.db, (tx) => writeSittings(tx, [plan]));
		// A sitting that was cancelled at this very minute keeps its place in the books.
		if (!id)
			throw new Refusal('sitting_overlaps', { from: istTime(startsAt), to: istTime(endsAt) });
		return await sittingFacts(ctx.db, id);
	} catch (error) {
		if (violatedConstraint(error) !== 'slot_no_overlap') throw error;
		const taken = await slotsBetween(ctx.db, postId, {
			from: startsAt,
			to: endsAt,
			states: LIVE_SLOTS,
		});
		throw new Refusal('sitting_overlaps', {
			from: istTime(taken.at(0)?.startsAt ?? startsAt),
			to: istTime(taken.at(-1)?.endsAt ?? endsAt),
		});
	}
}

/**
 * Moves a sitting on, in the caller's transaction. One that has ended takes no more bookings and
 * its times are free for another.
 * @throws {Refusal} `forbidden`, `not_found`, `bad_transition` (also: cancelled with bookings on it)
 */
export async function setSittingState(
	tx: Tx,
	ctx: Context,
	sittingId: string,
	event: SittingEvent,
): Promise<{ state: SittingState }> {
	const [row] = await tx.select().from(sitting).where(eq(sitting.id, sittingId)).for('update');
	const before = found(row);
	await requireSittingAccess(ctx, before.postId);
	const next = transitionSitting(before.state, event);
	if ('refusal' in next) throw new Refusal(next.refusal);
	if (event === 'cancel' && (await hasLiveBookings(tx, sittingId))) {
		throw new Refusal('bad_transition');
	}
	const now = ctx.clock.now();
	const ended = next.state === 'closed' || next.state === 'cancelled';
	written(
		await tx
			.update(sitting)
			.set({
				state: next.state,
				version: before.version + 1,
				openedAt: event === 'open' ? now : before.openedAt,
				closedAt: ended ? now : before.closedAt,
			})
			.where(and(eq(sitting.id, sittingId), eq(sitting.version, before.version)))
			.returning({ id: sitting.id }),
	);
	if (ended) await tx.update(slot).set({ state: 'closed' }).where(eq(slot.sittingId, sittingId));
	await announce(tx, 'sitting', sittingId);
	return next;
}

async function hasLiveBookings(tx: Tx, sittingId: string): Promise<boolean> {
	const live = and(
		eq(booking.sittingId, sittingId),
		inArray(booking.status, ['proposed', 'confirmed']),
	);
	return (await tx.select({ id: booking.id }).from(booking).where(live).limit(1)).length > 0;
}
