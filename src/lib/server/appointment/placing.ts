import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { slotRefusal, type BookingChannel, type SeatGroup } from '#lib/domain/appointment/claim.ts';
import { addDays, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { transition } from '#lib/domain/grievance/states.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { bookingParty, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { absence, schedule } from '#lib/server/db/schema/schedule.ts';
import { lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { randomCode } from '#lib/server/platform/crypto.ts';
import { announce, found, type Tx } from '#lib/server/platform/db.ts';
import { tellCalendars } from './calendar-news.ts';
import { hearingPostFor } from './hearing-rules.ts';
import { servesDistrict } from './policy.ts';
import { bookingFacts, LIVE_SITTINGS } from './queries.ts';
import { claimSeat, freed, releaseHolds, type SeatWish } from './seats.ts';
import type { BookingFacts } from './types.ts';

/** Characters of a link's code, 5 bits each: 60 bits, found by nobody who guesses. */
const LINK_CODE_LENGTH = 12;

type GrievanceRow = Awaited<ReturnType<typeof lockGrievance>>;
type SlotRow = typeof slot.$inferSelect;

interface Question {
	channel: BookingChannel;
	/** By the office or by its system, not by the citizen. */
	byOffice: boolean;
	/** On higher word: neither the lead time nor the day's limit hold it up. */
	urgent?: boolean;
	/** The post before which a citizen may choose besides the one that hears by rule. */
	ofPostId?: string;
	/** A kept seat is confirmed: lead time and limits were asked when it was taken. */
	kept?: boolean;
}

/**
 * The slot, when this grievance may be heard in it: in the future and open, within the schedule's
 * window, its officer there, not the accused, serving the district, and the day not full. Keeps slot
 * and sitting from being closed or emptied until the transaction ends; who empties them waits for
 * bookings under way and sees them.
 * @throws {Refusal} `not_found`, `slot_past`, `slot_closed`, `slot_too_soon`, `slot_too_far`,
 * `hearing_by_accused`, `forbidden`, `slot_other_office`, `day_full`, `bad_transition`
 */
export async function openPlace(
	tx: Tx,
	ctx: Context,
	of: GrievanceRow,
	slotId: string,
	{ channel, byOffice, ofPostId, urgent = false, kept = false }: Question,
): Promise<SlotRow> {
	const allowed = transition(of.state, 'hearing_booked', { ownerPostId: of.ownerPostId });
	if ('refusal' in allowed) throw new Refusal(allowed.refusal);
	const [row] = await tx
		.select({
			at: slot,
			sittingState: sitting.state,
			window: { leadMinutes: schedule.leadMinutes, horizonDays: schedule.horizonDays },
			maxPerDay: schedule.maxPerDay,
			away: sql<boolean>`exists (${tx
				.select({ one: sql`1` })
				.from(absence)
				.where(
					and(
						eq(absence.postId, slot.postId),
						isNull(absence.withdrawnAt),
						lt(absence.startsAt, slot.endsAt),
						gt(absence.endsAt, slot.startsAt),
					),
				)})`,
		})
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.leftJoin(schedule, eq(schedule.postId, slot.postId))
		.where(eq(slot.id, slotId))
		.for('share', { of: [slot, sitting] });
	const { at, sittingState, window, maxPerDay, away } = found(row);
	const refusal = slotRefusal(at, {
		now: ctx.clock.now(),
		window: kept ? null : window,
		channel: urgent ? 'walk_in' : channel,
		byOffice,
	});
	if (refusal) throw new Refusal(refusal.code, refusal.facts);
	if (away || !LIVE_SITTINGS.some((live) => live === sittingState)) {
		throw new Refusal('slot_closed');
	}
	if (at.postId === of.againstPostId) throw new Refusal('hearing_by_accused');
	if (!(await servesDistrict(tx, at.postId, of.districtId))) throw new Refusal('forbidden');
	if (!byOffice && !kept && at.postId !== ofPostId) {
		const byRule = await hearingPostFor({ db: tx, clock: ctx.clock }, of.id);
		if (at.postId !== byRule) throw new Refusal('slot_other_office');
	}
	if (maxPerDay !== null && !urgent && !kept) await roomInDay(tx, at, of.id, maxPerDay);
	return at;
}

/**
 * Counts who is booked or held for on the officer's day, one claim after the other.
 * @throws {Refusal} `day_full`
 */
async function roomInDay(tx: Tx, at: SlotRow, grievanceId: string, max: number): Promise<void> {
	const date = istDate(at.startsAt);
	await tx.execute(
		sql`select pg_advisory_xact_lock(hashtextextended(${`${at.postId} ${date}`}, 0))`,
	);
	const [row] = await tx.execute<{ taken: number }>(sql`
		select count(*)::int as taken
		from slot
		join seat on seat.slot_id = slot.id
		left join booking on booking.id = seat.booking_id
		left join hold on hold.id = seat.hold_id and seat.held_until > app_now()
		where slot.post_id = ${at.postId}
			and slot.starts_at >= ${istInstant(date).toISOString()}
			and slot.starts_at < ${istInstant(addDays(date, 1)).toISOString()}
			and coalesce(booking.grievance_id, hold.grievance_id) <> ${grievanceId}`);
	if (found(row).taken >= max) throw new Refusal('day_full', { max });
}

export interface Seating extends Question {
	grievanceId: string;
	slotId: string;
	/** Without one: any free seat that the channel may claim. */
	seat?: SeatWish;
	/** A label of seats kept for some people, to which the citizen belongs. */
	group?: SeatGroup | null;
	quotas: Extract<SeatWish, { slotId: string }>['quotas'];
	status: 'proposed' | 'confirmed';
	answerBy?: Date | null;
	supersedesId?: string | null;
	otherPostReason?: string | null;
	/** Posts that must be there too. */
	postIds?: readonly string[];
	/** The calendar entry that it goes on with; a new one otherwise. */
	ics?: { uid: string; sequence: number };
	/** Who is written down as having booked it; the acting member of staff otherwise. */
	by?: { personId: string; postId: string };
}

/**
 * Seat, booking and parties, in the caller's transaction. Conflicts come out as database errors. What
 * was held for the grievance is let go and its place on the waiting list ends.
 * @throws {Refusal} as `openPlace`; `slot_full`, `hold_expired`
 */
export async function seatBooking(tx: Tx, ctx: Context, want: Seating): Promise<BookingFacts> {
	const of = await lockGrievance(tx, want.grievanceId);
	const at = await openPlace(tx, ctx, of, want.slotId, want);
	const during = rangeOf(at.startsAt, at.endsAt);
	const by = want.by ?? (ctx.actor.kind === 'staff' ? ctx.actor : null);
	const host = new URL(ctx.origin).hostname;
	const wish = want.seat ?? { slotId: at.id, quotas: want.quotas, prefer: want.group ?? null };
	const id = await claimSeat(tx, wish, {
		column: 'booking_id',
		insert: sql`
			insert into booking (id, grievance_id, sitting_id, slot_id, during, token_no, status, channel,
				answer_by, other_post_reason, link_code, ics_uid, ics_sequence, booked_by_person_id,
				booked_by_post_id, supersedes_id)
			select id, ${of.id}::uuid, ${at.sittingId}::uuid, ${at.id}::uuid, ${during}::tstzrange,
				token_no, ${want.status}::booking_status, ${want.channel}::booking_channel,
				${want.answerBy?.toISOString() ?? null}::timestamptz, ${want.otherPostReason ?? null}::text,
				${randomCode(LINK_CODE_LENGTH)}::text,
				coalesce(${want.ics?.uid ?? null}::text, id::text || ${`@${host}`}::text),
				${want.ics?.sequence ?? 0}::int, ${by?.personId ?? null}::uuid, ${by?.postId ?? null}::uuid,
				${want.supersedesId ?? null}::uuid
			from made`,
	});
	if (!id) throw new Refusal('holdId' in wish ? 'hold_expired' : 'slot_full');
	// In one order everywhere, so that two bookings that share people cannot wait for each other.
	const parties = [
		{ kind: 'citizen' as const, partyId: of.citizenId },
		...(want.postIds ?? []).map((partyId) => ({ kind: 'post' as const, partyId })),
	].sort((a, b) => (a.partyId < b.partyId ? -1 : 1));
	await tx
		.insert(bookingParty)
		.values(parties.map((one) => ({ ...one, bookingId: id, sittingId: at.sittingId, during })));
	await settled(tx, ctx, of.id);
	if (want.status === 'confirmed') await tellCalendars(tx, id);
	await announce(tx, 'sitting', at.sittingId);
	return bookingFacts(tx, id);
}

/** Who has a seat waits for none: other holds go, and so does the place on the waiting list. */
async function settled(tx: Tx, ctx: Context, grievanceId: string): Promise<void> {
	await letGo(tx, ctx, grievanceId);
	await tx.execute(sql`
		update waiting_entry set state = 'placed', offered_until = null, ended_at = app_now(),
			version = version + 1
		where grievance_id = ${grievanceId} and state in ('waiting', 'offered')`);
}

/** Lets go what is held for a grievance, but for one hold; the waiting list is asked about each. */
export async function letGo(
	tx: Tx,
	ctx: Context,
	grievanceId: string,
	{ except = null }: { except?: string | null } = {},
): Promise<void> {
	for (const slotId of await releaseHolds(tx, grievanceId, { except })) {
		await freedIfComing(tx, ctx, slotId);
	}
}

/** Asks the waiting list about a seat of a slot that has not begun. */
export async function freedIfComing(tx: Tx, ctx: Context, slotId: string): Promise<void> {
	const [row] = await tx
		.select({ postId: slot.postId, startsAt: slot.startsAt })
		.from(slot)
		.where(eq(slot.id, slotId));
	const { postId, startsAt } = found(row);
	if (startsAt > ctx.clock.now()) await freed(tx, postId, slotId);
}
