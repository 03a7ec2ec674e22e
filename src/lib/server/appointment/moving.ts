import { and, eq } from 'drizzle-orm';
import { quotasFor } from '#lib/domain/appointment/claim.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { bookingParty, seat } from '#lib/server/db/schema/appointment.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, found, type Tx } from '#lib/server/platform/db.ts';
import { endBooking, lockForChange } from './ending.ts';
import { once } from './idempotency.ts';
import { freedIfComing, seatBooking } from './placing.ts';
import { changerOf, requireClerk } from './policy.ts';
import { bookingFacts, bookingView } from './queries.ts';
import { change } from './retry.ts';
import { releaseSeat, type SeatWish } from './seats.ts';
import { tellMoved } from './telling.ts';
import type { BookingFacts, BookingView } from './types.ts';

export interface MoveBooking {
	bookingId: string;
	slotId: string;
	/** As the person saw it. */
	version: number;
	/** The office must say why; the citizen may. */
	reason?: string | null;
	key: string;
}

/**
 * Gives a booking another slot: the new seat is taken before the old one is given back, in one
 * transaction, so that whoever finds the new slot full still has the old one. It stays the same entry
 * in calendars (`icsUid`), with the next sequence. Idempotent by `key`; answers the new booking.
 * @throws {Refusal} as `lockForChange`; `key_reused`, `slot_full`, `slot_overlaps`, `invalid_input`
 * for the slot that it has, and why the slot cannot be had (`openPlace`)
 */
export async function moveBooking(ctx: Context, input: MoveBooking): Promise<BookingView> {
	const { bookingId, slotId, version, reason = null } = input;
	changerOf(ctx, await bookingFacts(ctx.db, bookingId));
	const body = { command: 'moveBooking', bookingId, slotId, version, reason };
	const id = await change(ctx, (tx) =>
		once(tx, { actor: ctx.actor, key: input.key, body }, async () => {
			const made = await moveInTransaction(tx, ctx, { bookingId, slotId, version, reason });
			await tellMoved(tx, made);
			return made.id;
		}),
	);
	return bookingView(ctx, id);
}

/**
 * The same in the caller's transaction, who tells the citizen. Without a version the booking is moved
 * as it is now, if it is still live. Conflicts come out as database errors (`refuseConflict`).
 */
export async function moveInTransaction(
	tx: Tx,
	ctx: Context,
	input: {
		bookingId: string;
		slotId: string;
		version: number | null;
		reason?: string | null;
		/** Who is written down as having moved it, when a job does it for them. */
		by?: { personId: string; postId: string };
	},
): Promise<BookingFacts> {
	const { bookingId, slotId } = input;
	const { before, by, reason } = await lockForChange(tx, ctx, input);
	if (before.slotId === slotId) throw new Refusal('invalid_input');
	const [sits] = await tx
		.select({ quota: seat.quota })
		.from(seat)
		.where(eq(seat.bookingId, bookingId));
	const byOffice = by === 'office';
	return replace(tx, ctx, {
		before,
		slotId,
		by: input.by,
		byOffice,
		reason,
		// Who belongs to a group on one day belongs to it on another.
		quotas: quotasFor('move', { byOffice, group: found(sits).quota }),
	});
}

interface Replacement {
	before: BookingFacts;
	slotId: string;
	byOffice: boolean;
	reason: string | null;
	quotas: ReturnType<typeof quotasFor>;
	seat?: SeatWish;
	kept?: boolean;
	by?: { personId: string; postId: string } | undefined;
}

/** Takes the new seat, then gives back the old one. The old booking ends first: a grievance has one. */
async function replace(tx: Tx, ctx: Context, want: Replacement): Promise<BookingFacts> {
	const { before, reason } = want;
	await endBooking(tx, before.id, 'superseded', { reason: want.byOffice ? reason : null });
	const made = await reseat(tx, ctx, want);
	await releaseSeat(tx, before.id);
	await freedIfComing(tx, ctx, before.slotId);
	await announce(tx, 'sitting', before.sittingId);
	return made;
}

/** The booking that goes on where another one was: people, calendar entry and answer still due. */
async function reseat(tx: Tx, ctx: Context, want: Replacement): Promise<BookingFacts> {
	const { before, slotId, quotas, byOffice, reason } = want;
	const posts = await tx
		.select({ id: bookingParty.partyId })
		.from(bookingParty)
		.where(and(eq(bookingParty.bookingId, before.id), eq(bookingParty.kind, 'post')));
	const made = await seatBooking(tx, ctx, {
		grievanceId: before.grievanceId,
		slotId,
		channel: 'move',
		byOffice,
		// The desk may have chosen another post than the rule: it stays open to the citizen.
		ofPostId: before.postId,
		quotas,
		// Who chooses a time has agreed to it; what the office moves waits as long as it did.
		status: byOffice && before.status === 'proposed' ? 'proposed' : 'confirmed',
		answerBy: byOffice && before.status === 'proposed' ? before.answerBy : null,
		supersedesId: before.id,
		postIds: posts.map((post) => post.id),
		ics: { uid: before.icsUid, sequence: before.icsSequence + 1 },
		...(want.seat && { seat: want.seat }),
		...(want.kept && { kept: true }),
		...(want.by && { by: want.by }),
	});
	await appendEvent(tx, ctx, before.grievanceId, {
		type: 'hearing_moved',
		public: true,
		data: {
			bookingId: made.id,
			sittingId: made.sittingId,
			fromPostId: before.postId,
			fromAt: before.startsAt.toISOString(),
			postId: made.postId,
			startsAt: made.startsAt.toISOString(),
			tokenNo: made.tokenNo,
		},
		...(reason && { note: reason }),
	});
	return made;
}

export interface SwapBookings {
	bookingId: string;
	version: number;
	otherBookingId: string;
	otherVersion: number;
	reason: string;
	key: string;
}

/**
 * Two hearings change places: each gets the seat and token of the other, in one transaction, and no
 * seat is free in between. A clerk of the district does it. Idempotent by `key`; answers the first
 * booking at its new place.
 * @throws {Refusal} as `moveBooking`, for either of the two
 */
export async function swapBookings(ctx: Context, input: SwapBookings): Promise<BookingView> {
	const clerk = requireClerk(ctx);
	const { key, ...body } = input;
	if (input.bookingId === input.otherBookingId) throw new Refusal('invalid_input');
	for (const id of [input.bookingId, input.otherBookingId]) {
		changerOf(ctx, await bookingFacts(ctx.db, id));
	}
	const id = await change(ctx, (tx) =>
		once(tx, { actor: clerk, key, body: { command: 'swapBookings', ...body } }, async () => {
			const [first, other] = await lockBoth(tx, ctx, input);
			const made = await exchange(tx, ctx, first, other);
			return made.id;
		}),
	);
	return bookingView(ctx, id);
}

interface Locked {
	before: BookingFacts;
	reason: string | null;
}

/** Both, locked in one order everywhere, so that two swaps cannot wait for each other. */
async function lockBoth(tx: Tx, ctx: Context, input: SwapBookings): Promise<[Locked, Locked]> {
	const { bookingId, otherBookingId, reason } = input;
	const facts = [await bookingFacts(tx, bookingId), await bookingFacts(tx, otherBookingId)];
	for (const id of facts.map((one) => one.grievanceId).sort()) await lockGrievance(tx, id);
	const first = await lockForChange(tx, ctx, { bookingId, version: input.version, reason });
	const other = await lockForChange(tx, ctx, {
		bookingId: otherBookingId,
		version: input.otherVersion,
		reason,
	});
	return [first, other];
}

async function exchange(tx: Tx, ctx: Context, first: Locked, other: Locked): Promise<BookingFacts> {
	// Both end before either begins: the two may share a citizen.
	for (const { before, reason } of [first, other]) {
		await endBooking(tx, before.id, 'superseded', { reason });
	}
	const place = (of: Locked, at: Locked) =>
		reseat(tx, ctx, {
			before: of.before,
			slotId: at.before.slotId,
			byOffice: true,
			reason: of.reason,
			quotas: [],
			seat: { bookingId: at.before.id },
			// Nobody is added to either day.
			kept: true,
		});
	const made = await place(first, other);
	const counterpart = await place(other, first);
	await tellMoved(tx, made);
	await tellMoved(tx, counterpart);
	return made;
}
