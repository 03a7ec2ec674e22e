import { and, eq, inArray } from 'drizzle-orm';
import { mayArrive } from '#lib/domain/appointment/arrival.ts';
import { isLiveBooking, LIVE_BOOKING_STATES } from '#lib/domain/appointment/booking.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { messageTo, type MessageTo } from './board.ts';
import { deskCase } from './desk.ts';
import { requireClerk } from './policy.ts';
import { bookingView } from './queries.ts';
import type { BookingView, DeskCase } from './types.ts';

export interface DeskBooking {
	booking: BookingView;
	/** The grievance as it stands now; its live booking may be another one. */
	one: DeskCase;
	/** Of the message when this booking is called off. */
	message: MessageTo;
	endReason: string | null;
	otherPostReason: string | null;
	/** It can still be moved, called off or swapped. */
	live: boolean;
	mayArrive: boolean;
}

/** The other side of a swap, and who hears each of the two afterwards. */
export interface SwapPartner {
	booking: BookingView;
	one: DeskCase;
	/** Of the message to this one's citizen about the other's place, and to the other's about this. */
	message: MessageTo;
	otherMessage: MessageTo;
}

/**
 * One booking at the desk, live or ended; the look is logged.
 * @throws {Refusal} `forbidden`, `not_found`
 */
export async function deskBooking(ctx: Context, id: string): Promise<DeskBooking> {
	requireClerk(ctx);
	const view = await bookingView(ctx, id);
	const one = await deskCase(ctx, view.grievanceNumber);
	const [row] = await ctx.db
		.select({ endReason: booking.endReason, otherPostReason: booking.otherPostReason })
		.from(booking)
		.where(eq(booking.id, id));
	return {
		booking: view,
		one,
		message: await messageTo(ctx, { ...one, locale: one.citizenLocale }, view.postId),
		...found(row),
		live: isLiveBooking(view.status),
		mayArrive: mayArrive(view, ctx.clock.now()) === true,
	};
}

/**
 * The live booking of another grievance of the district, to swap places with.
 * @throws {Refusal} `not_found` without such a booking, `forbidden`
 */
export async function swapPartner(
	ctx: Context,
	{ booking: first, one }: DeskBooking,
	typed: string,
): Promise<SwapPartner> {
	const number = parseGrievanceNumber(typed);
	if (!number || number === one.number) throw new Refusal('swap_unknown');
	const [row] = await ctx.db
		.select({ id: booking.id })
		.from(booking)
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(
			and(
				eq(grievance.number, number),
				eq(grievance.districtId, requireClerk(ctx).districtId),
				inArray(booking.status, [...LIVE_BOOKING_STATES]),
			),
		);
	if (!row) throw new Refusal('swap_unknown');
	const other = await deskBooking(ctx, row.id);
	return {
		booking: other.booking,
		one: other.one,
		message: await messageTo(ctx, { ...one, locale: one.citizenLocale }, other.booking.postId),
		otherMessage: await messageTo(
			ctx,
			{ ...other.one, locale: other.one.citizenLocale },
			first.postId,
		),
	};
}
