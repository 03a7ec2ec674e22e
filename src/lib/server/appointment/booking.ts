import { and, eq, sql } from 'drizzle-orm';
import {
	isBookable,
	isCalledOff,
	isLiveBooking,
	transitionBooking,
	type BookingEvent,
	type BookingState,
} from '#lib/domain/appointment/booking.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, bookingParty, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { randomCode } from '#lib/server/platform/crypto.ts';
import {
	announce,
	found,
	inTransaction,
	sqlState,
	violatedConstraint,
	written,
	type Tx,
} from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { once } from './idempotency.ts';
import { requireClerk, requireStaff, servesDistrict } from './policy.ts';
import { bookingFacts, bookingView, LIVE_SITTINGS } from './queries.ts';
import type { BookingFacts, BookingView, BookSlot } from './types.ts';

/** Characters of a link's code, 5 bits each: 60 bits, found by nobody who guesses. */
const LINK_CODE_LENGTH = 12;

/** Which seats the desk may give away. */
const DESK_QUOTAS = ['general', 'desk'];

/** How long a claim waits for rivals who may still roll back, before it calls a slot full. */
const RIVALS_WAIT = '3s';

interface Claimant {
	grievanceId: string;
	slotId: string;
	supersedesId: string | null;
}

/**
 * Gives a grievance of the clerk's district a seat: booking, party, timeline, SMS and link in one
 * transaction. Idempotent by `key`: the same request again answers the same booking.
 * @throws {Refusal} `forbidden`, `not_found`, `key_reused`, `already_booked`, `slot_full`,
 * `slot_past`, `slot_closed`, `slot_overlaps`, `hearing_by_accused`, `bad_transition`
 */
export async function bookSlot(ctx: Context, input: BookSlot): Promise<BookingView> {
	const clerk = requireClerk(ctx);
	const [row] = await ctx.db
		.select({ id: grievance.id, districtId: grievance.districtId })
		.from(grievance)
		.where(eq(grievance.number, input.grievanceNumber));
	const { id: grievanceId, districtId } = found(row);
	if (districtId !== clerk.districtId) throw new Refusal('forbidden');

	const body = { command: 'bookSlot', grievanceId, slotId: input.slotId };
	const id = await inTransaction(ctx.db, (tx) =>
		once(tx, { actor: clerk, key: input.key, body }, async () => {
			const made = await placeBooking(tx, ctx, {
				grievanceId,
				slotId: input.slotId,
				supersedesId: null,
			});
			await notify(tx, {
				template: 'hearing_booked',
				to: { kind: 'citizen', id: made.citizenId },
				grievanceId,
				facts: {
					number: made.grievanceNumber,
					startsAt: made.startsAt.toISOString(),
					officerPostId: made.postId,
					token: made.tokenNo,
					linkPath: `/h/${made.linkCode}`,
				},
				key: `hearing_booked:${made.id}`,
			});
			return made.id;
		}),
	).catch(refuseConflict);
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
	return placeBooking(tx, ctx, { grievanceId, slotId, supersedesId }).catch(refuseConflict);
}

/** Seat, booking, party and timeline entry. Conflicts come out as database errors. */
async function placeBooking(tx: Tx, ctx: Context, claimant: Claimant): Promise<BookingFacts> {
	const { citizenId, districtId, againstPostId } = await lockGrievance(tx, claimant.grievanceId);
	const [place] = await tx
		.select({ slot, sittingState: sitting.state })
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.where(eq(slot.id, claimant.slotId));
	const { slot: at, sittingState } = found(place);
	const bookable = isBookable(at, ctx.clock.now());
	if (bookable !== true) throw new Refusal(bookable);
	if (!LIVE_SITTINGS.some((live) => live === sittingState)) throw new Refusal('slot_closed');
	if (at.postId === againstPostId) throw new Refusal('hearing_by_accused');
	if (!(await servesDistrict(tx, at.postId, districtId))) throw new Refusal('forbidden');

	const during = rangeOf(at.startsAt, at.endsAt);
	const id = await claimSeat(tx, ctx, claimant, { sittingId: at.sittingId, during });
	await tx.insert(bookingParty).values({
		bookingId: id,
		kind: 'citizen',
		partyId: citizenId,
		sittingId: at.sittingId,
		during,
	});
	const made = await bookingFacts(tx, id);
	await appendEvent(tx, ctx, claimant.grievanceId, {
		type: 'hearing_booked',
		public: true,
		data: {
			bookingId: id,
			sittingId: at.sittingId,
			postId: at.postId,
			startsAt: at.startsAt.toISOString(),
			tokenNo: made.tokenNo,
		},
	});
	await announce(tx, 'sitting', at.sittingId);
	return made;
}

/**
 * Claims the first free seat of a slot and writes the booking on it, in one statement. Clerks who
 * come at the same time skip each other's rows and never wait. When nothing is left but rivals have
 * rows locked, they may yet roll back: then, once, it waits for them before it says full.
 * @throws {Refusal} `slot_full`
 */
async function claimSeat(
	tx: Tx,
	ctx: Context,
	{ grievanceId, slotId, supersedesId }: Claimant,
	{ sittingId, during }: { sittingId: string; during: string },
): Promise<string> {
	const staff = requireStaff(ctx);
	const host = new URL(ctx.origin).hostname;
	const claim = (rivals: 'skip locked' | 'wait') =>
		tx.execute<{ id: string }>(sql`
		with free as (
			select id, token_no from seat
			where slot_id = ${slotId} and booking_id is null
				and (held_until is null or held_until <= app_now())
				and quota::text in ${DESK_QUOTAS}
			order by seat_no limit 1
			for update ${rivals === 'skip locked' ? sql`skip locked` : sql``}
		), made as (
			select uuidv7() as id, free.id as seat_id, token_no from free
		), booked as (
			insert into booking (id, grievance_id, sitting_id, slot_id, during, token_no, status,
				link_code, ics_uid, booked_by_person_id, booked_by_post_id, supersedes_id)
			select id, ${grievanceId}::uuid, ${sittingId}::uuid, ${slotId}::uuid, ${during}::tstzrange,
				token_no, 'confirmed', ${randomCode(LINK_CODE_LENGTH)}::text,
				id::text || ${`@${host}`}::text, ${staff.personId}::uuid, ${staff.postId}::uuid,
				${supersedesId}::uuid
			from made
		)
		update seat set booking_id = made.id, hold_id = null, held_until = null
		from made where seat.id = made.seat_id
		returning made.id`);

	const [first] = await claim('skip locked');
	if (first) return first.id;
	await tx.execute(sql.raw(`set local lock_timeout = '${RIVALS_WAIT}'`));
	const [second] = await claim('wait');
	await tx.execute(sql`set local lock_timeout to default`);
	if (second) return second.id;
	throw new Refusal('slot_full');
}

/** What the database's own constraints say no to, as refusals; everything else as it came. */
function refuseConflict(error: unknown): never {
	switch (violatedConstraint(error)) {
		case 'booking_one_live':
			throw new Refusal('already_booked');
		case 'booking_party_one_place':
			throw new Refusal('slot_overlaps');
	}
	// Rivals hold every free seat for longer than anybody waits.
	if (sqlState(error) === '55P03') throw new Refusal('slot_full');
	throw error;
}

const EVENT_OF: Readonly<Record<BookingState, BookingEvent | null>> = {
	/** Only a new booking is a proposal. */
	proposed: null,
	confirmed: 'confirm',
	fulfilled: 'fulfil',
	excused: 'excuse',
	revoked: 'revoke',
	no_show: 'mark_no_show',
	superseded: 'supersede',
};

/**
 * Ends (or confirms) a booking, in the caller's transaction. Its parties may then be elsewhere at
 * that time; the seat is given back when the hearing does not take place.
 * @throws {Refusal} `not_found`, `bad_transition`
 */
export async function setBookingStatus(
	tx: Tx,
	_ctx: Context,
	bookingId: string,
	status: BookingState,
): Promise<void> {
	const event = EVENT_OF[status];
	if (!event) throw new Refusal('bad_transition');
	const [row] = await tx.select().from(booking).where(eq(booking.id, bookingId)).for('update');
	const before = found(row);
	const next = transitionBooking(before.status, event);
	if ('refusal' in next) throw new Refusal(next.refusal);
	// Calendars are told, the seat is free again.
	const calledOff = isCalledOff(next.state);
	written(
		await tx
			.update(booking)
			.set({
				status: next.state,
				version: before.version + 1,
				icsSequence: before.icsSequence + (calledOff ? 1 : 0),
			})
			.where(and(eq(booking.id, bookingId), eq(booking.version, before.version)))
			.returning({ id: booking.id }),
	);
	if (!isLiveBooking(next.state)) {
		await tx.update(bookingParty).set({ live: false }).where(eq(bookingParty.bookingId, bookingId));
	}
	if (calledOff) {
		await tx.update(seat).set({ bookingId: null }).where(eq(seat.bookingId, bookingId));
	}
	await announce(tx, 'sitting', before.sittingId);
}
