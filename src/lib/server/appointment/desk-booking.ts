import { and, eq, inArray } from 'drizzle-orm';
import { LIVE_BOOKING_STATES } from '#lib/domain/appointment/booking.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, hold, slot } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { messageTo, type MessageTo } from './board.ts';
import { bookSlot } from './booking.ts';
import { recipientOf } from './desk.ts';
import { hearingPostFor } from './hearing-rules.ts';
import { confirmHold } from './holds.ts';
import { requireClerk, requireGrievance } from './policy.ts';
import { bookingView, freeSlotsAfter } from './queries.ts';
import type { BookingView, FreeSlot } from './types.ts';

export interface BookAtDesk {
	grievanceNumber: string;
	slotId: string;
	/** The hold that the clerk's choice took; without a script there is none. */
	holdId?: string | null;
	/** Needed when another post hears than the rule says. */
	otherPostReason?: string | null;
	/** The citizen stands at the counter. */
	walkIn?: boolean;
	key: string;
}

/**
 * The clerk's booking: on the seat that the choice kept, or on any free one of the slot.
 * @throws {Refusal} `desk_hold_expired`, `other_post_reason`, and as `bookSlot` and `confirmHold`
 */
export async function bookAtDesk(ctx: Context, input: BookAtDesk): Promise<BookingView> {
	requireClerk(ctx);
	const { grievanceNumber, slotId, holdId = null, key } = input;
	const { id: grievanceId } = await requireGrievance(ctx, { number: grievanceNumber });
	const [at] = await ctx.db.select({ postId: slot.postId }).from(slot).where(eq(slot.id, slotId));
	const rule = await hearingPostFor(ctx, grievanceId);
	const byRule = rule === null || found(at).postId === rule;
	const otherPostReason = byRule ? null : cleanLine(input.otherPostReason ?? '') || null;
	if (!byRule && otherPostReason === null) throw new Refusal('other_post_reason');
	if (holdId !== null && (await keeps(ctx, holdId, { grievanceId, slotId }))) {
		return confirmHold(ctx, { holdId, key, otherPostReason }).catch((problem: unknown) => {
			const expired = problem instanceof Refusal && problem.code === 'hold_expired';
			throw expired ? new Refusal('desk_hold_expired') : problem;
		});
	}
	const channel = input.walkIn ? 'walk_in' : 'desk';
	return bookSlot(ctx, { grievanceNumber, slotId, key, channel, otherPostReason });
}

/** Whether the hold is of this grievance and slot; whether it still stands says the confirmation. */
async function keeps(
	ctx: Context,
	holdId: string,
	of: { grievanceId: string; slotId: string },
): Promise<boolean> {
	const [row] = await ctx.db
		.select({ grievanceId: hold.grievanceId, slotId: hold.slotId })
		.from(hold)
		.where(eq(hold.id, holdId));
	return row?.grievanceId === of.grievanceId && row.slotId === of.slotId;
}

/** More than fit a counter's list; who wants another day goes to the desk. */
const WALK_IN_CHOICES = 6;

export interface WalkIn {
	/** Null when no officer hears it by rule: then the desk chooses one. */
	officer: string | null;
	slots: FreeSlot[];
	message: MessageTo | null;
	/** The hearing that it has already. */
	booked: BookingView | null;
}

/**
 * The next times of the officer who hears the grievance by rule, for a citizen at the counter: today's
 * or, when those are gone, the next sitting's. @throws {Refusal} `forbidden`, `not_found`
 */
export async function walkIn(ctx: Context, grievanceNumber: string): Promise<WalkIn> {
	requireClerk(ctx);
	const { id } = await requireGrievance(ctx, { number: grievanceNumber });
	const [live] = await ctx.db
		.select({ id: booking.id })
		.from(booking)
		.where(and(eq(booking.grievanceId, id), inArray(booking.status, [...LIVE_BOOKING_STATES])));
	const booked = live ? await bookingView(ctx, live.id) : null;
	const postId = booked?.postId ?? (await hearingPostFor(ctx, id));
	if (postId === null) return { officer: null, slots: [], message: null, booked };
	const names = await namesOfPosts(ctx.db, [postId], ctx.locale);
	return {
		officer: names.get(postId) ?? null,
		slots: booked ? [] : await freeSlotsAfter(ctx, postId, ctx.clock.now(), WALK_IN_CHOICES),
		message: await messageTo(ctx, await recipientOf(ctx, id), postId),
		booked,
	};
}
