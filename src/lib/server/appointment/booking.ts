import { and, eq, sql } from 'drizzle-orm';
import { isLiveBooking } from '#lib/domain/appointment/booking.ts';
import { quotasFor, type BookingChannel, type SeatGroup } from '#lib/domain/appointment/claim.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, type Tx } from '#lib/server/platform/db.ts';
import { tellCalendars } from './calendar-news.ts';
import { setBookingStatus } from './ending.ts';
import { once } from './idempotency.ts';
import { seatBooking, type Seating } from './placing.ts';
import { changerOf, requireClerk, requireGrievance, requireStaff } from './policy.ts';
import { bookingFacts, bookingView } from './queries.ts';
import { change, refuseConflict } from './retry.ts';
import { addExtraSeat } from './seats.ts';
import { tellBooked } from './telling.ts';
import type { BookingFacts, BookingView, BookSlot } from './types.ts';

/**
 * Gives a grievance of the clerk's district a seat: booking, parties, timeline, SMS and link in one
 * transaction. Idempotent by `key`: the same request again answers the same booking.
 * @throws {Refusal} `forbidden`, `not_found`, `key_reused`, `already_booked`, `slot_full`,
 * `slot_overlaps`, and why the slot cannot be had (`openPlace`)
 */
export async function bookSlot(ctx: Context, input: BookSlot): Promise<BookingView> {
	const clerk = requireClerk(ctx);
	const { grievanceNumber, key, slotId, channel = 'desk', group = null, postIds = [] } = input;
	const { id: grievanceId } = await requireGrievance(ctx, { number: grievanceNumber });
	const otherPostReason = cleanLine(input.otherPostReason ?? '') || null;
	const want = { grievanceId, slotId, channel, group, postIds, otherPostReason };
	const id = await change(ctx, (tx) =>
		once(tx, { actor: clerk, key, body: { command: 'bookSlot', ...want } }, async () => {
			const made = await placeBooking(tx, ctx, want);
			await tellBooked(tx, made);
			return made.id;
		}),
	);
	return bookingView(ctx, id);
}

/** Longest authority and reason of an urgent seat. */
const URGENT_TEXT = 300;

/**
 * An urgent case gets a seat of its own beyond the slot's capacity, labelled with whose word it is and
 * why, with the sitting's next token, booked at once. Neither lead time nor the day's limit hold it up.
 * @throws {Refusal} as `bookSlot`; `reason_needed` without authority or reason
 */
export async function addUrgentSeat(
	ctx: Context,
	input: {
		slotId: string;
		grievanceNumber: string;
		authority: string;
		reason: string;
		key: string;
	},
): Promise<BookingView> {
	const clerk = requireClerk(ctx);
	const { id: grievanceId } = await requireGrievance(ctx, { number: input.grievanceNumber });
	const { slotId } = input;
	const authority = cleanLine(input.authority).slice(0, URGENT_TEXT);
	const reason = cleanLine(input.reason).slice(0, URGENT_TEXT);
	if (!authority || !reason) throw new Refusal('reason_needed');
	const body = { command: 'addUrgentSeat', grievanceId, slotId, authority, reason };
	const id = await change(ctx, (tx) =>
		once(tx, { actor: clerk, key: input.key, body }, async () => {
			// The grievance first, as in every other command, then seats.
			await lockGrievance(tx, grievanceId);
			const seatId = await addExtraSeat(tx, { slotId, authority, reason });
			const made = await placeBooking(tx, ctx, {
				grievanceId,
				slotId,
				channel: 'desk',
				seat: { seatId },
				urgent: true,
			});
			await tellBooked(tx, made);
			return made.id;
		}),
	);
	return bookingView(ctx, id);
}

/**
 * The next date of a hearing that is adjourned or was not held, in the caller's transaction. The
 * booking before it ends as `fulfilled` unless the caller gave it another end already. The follow-up
 * is an appointment of its own with its own UID: the one that took place stays in the calendar. The
 * caller tells the citizen.
 * @throws {Refusal} as `bookSlot`; also `stale` when the booking before is of another grievance
 */
export async function bookFollowUp(
	tx: Tx,
	ctx: Context,
	{
		grievanceId,
		slotId,
		supersedesId,
	}: { grievanceId: string; slotId: string; supersedesId: string },
): Promise<BookingFacts> {
	requireStaff(ctx);
	const before = await bookingFacts(tx, supersedesId);
	if (before.grievanceId !== grievanceId) throw new Refusal('stale');
	if (isLiveBooking(before.status)) await setBookingStatus(tx, ctx, supersedesId, 'fulfilled');
	return placeBooking(tx, ctx, {
		grievanceId,
		slotId,
		channel: 'follow_up',
		supersedesId,
	}).catch(refuseConflict);
}

export interface PlaceBooking extends Partial<Omit<Seating, 'grievanceId' | 'slotId' | 'channel'>> {
	grievanceId: string;
	slotId: string;
	channel: BookingChannel;
	group?: SeatGroup | null;
}

/**
 * Seat, booking, parties and timeline entry, in the caller's transaction: confirmed, or proposed until
 * `answerBy`. The caller has asked the policy and tells the citizen. Conflicts come out as database
 * errors (`refuseConflict`).
 * @throws {Refusal} `slot_full`, `hold_expired`, and why the slot cannot be had (`openPlace`)
 */
export async function placeBooking(
	tx: Tx,
	ctx: Context,
	want: PlaceBooking,
): Promise<BookingFacts> {
	const { channel, group = null, status = 'confirmed', answerBy = null } = want;
	const byOffice = want.byOffice ?? ctx.actor.kind !== 'citizen';
	const quotas = want.quotas ?? quotasFor(channel, { byOffice, group });
	const made = await seatBooking(tx, ctx, { ...want, byOffice, quotas, status, answerBy });
	await appendEvent(tx, ctx, made.grievanceId, {
		type: status === 'proposed' ? 'hearing_proposed' : 'hearing_booked',
		public: true,
		data: {
			bookingId: made.id,
			sittingId: made.sittingId,
			postId: made.postId,
			startsAt: made.startsAt.toISOString(),
			tokenNo: made.tokenNo,
			...(answerBy && { answerByAt: answerBy.toISOString() }),
		},
	});
	return made;
}

/**
 * The citizen takes the proposed time, or a clerk of the district says so for them, before the answer
 * is due. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, `key_reused`, `stale`, `proposal_ended`
 */
export async function confirmProposal(
	ctx: Context,
	input: { bookingId: string; version: number; key: string },
): Promise<BookingView> {
	const { bookingId, version } = input;
	changerOf(ctx, await bookingFacts(ctx.db, bookingId));
	const body = { command: 'confirmProposal', bookingId, version };
	await change(ctx, (tx) =>
		once(tx, { actor: ctx.actor, key: input.key, body }, async () => {
			const { grievanceId } = await bookingFacts(tx, bookingId);
			await lockGrievance(tx, grievanceId);
			const before = await bookingFacts(tx, bookingId);
			if (before.status !== 'proposed') throw new Refusal('proposal_ended');
			if (before.version !== version) throw new Refusal('stale');
			const due = and(
				eq(booking.id, bookingId),
				eq(booking.version, version),
				eq(booking.status, 'proposed'),
				sql`${booking.answerBy} > app_now()`,
			);
			const [taken] = await tx
				.update(booking)
				.set({ status: 'confirmed', version: version + 1 })
				.where(due)
				.returning({ id: booking.id });
			if (!taken) throw new Refusal('proposal_ended');
			await appendEvent(tx, ctx, grievanceId, {
				type: 'hearing_booked',
				public: true,
				data: {
					bookingId,
					sittingId: before.sittingId,
					postId: before.postId,
					startsAt: before.startsAt.toISOString(),
					tokenNo: before.tokenNo,
				},
			});
			await announce(tx, 'sitting', before.sittingId);
			await tellBooked(tx, before);
			await tellCalendars(tx, bookingId);
			return bookingId;
		}),
	);
	return bookingView(ctx, bookingId);
}
