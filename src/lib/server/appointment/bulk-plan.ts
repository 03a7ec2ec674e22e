import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import {
	earliestTarget,
	planMoves,
	type Engagement,
	type PlannedMove,
	type TargetSlot,
} from '#lib/domain/appointment/bulk-move.ts';
import { quotasFor } from '#lib/domain/appointment/claim.ts';
import { addDays, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { booking, bookingParty, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { absence, schedule } from '#lib/server/db/schema/schedule.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';

/** Why bookings of a post lose their time: an absence, a sitting nobody opened, else the schedule. */
export interface MoveCause {
	postId: string;
	absenceId: string | null;
	sittingId: string | null;
}

type Reading = Pick<Context, 'clock'> & { db: Db | Tx };

/** A booking whose time is taken away, and the district whose clerks care for it. */
export interface LeavingRow {
	bookingId: string;
	districtId: string;
	startsAt: Date;
	endsAt: Date;
	tokenNo: number;
	sittingId: string;
	quota: typeof seat.$inferSelect.quota;
	parties: string[];
}

/** Free slots looked at for one booking that leaves: the full ones are not among them. */
const SLOTS_EACH = 2;
const SLOTS_MORE = 100;

/** Nobody is taken out of a conversation, or out of a call that is being answered. */
const notInRoom = (now: string) => sql`not exists (
	select from hearing h where h.booking_id = ${booking.id}
		and (h.state in ('in_session', 'paused') or (h.state = 'lobby_open' and h.call_until > ${now})))`;

async function whereOf(db: Db | Tx, cause: MoveCause, now: Date): Promise<SQL | undefined> {
	if (cause.sittingId) return eq(booking.sittingId, cause.sittingId);
	if (!cause.absenceId) {
		return sql`${slot.postId} = ${cause.postId} and ${slot.state} <> 'open'
			and ${slot.startsAt} > ${now.toISOString()}
			and ${sitting.state} in ('planned', 'open', 'paused')`;
	}
	const [row] = await db.select().from(absence).where(eq(absence.id, cause.absenceId));
	const { startsAt, endsAt } = found(row);
	// Who still waits in the sitting that the officer now leaves has a time that is over already.
	const left =
		startsAt <= now
			? sql`or (${sitting.state} in ('open', 'paused') and ${sitting.date} = ${istDate(startsAt)})`
			: sql``;
	return sql`${slot.postId} = ${cause.postId} and ${slot.startsAt} < ${endsAt.toISOString()}
		and ${slot.startsAt} >= ${istInstant(istDate(startsAt)).toISOString()}
		and (${slot.endsAt} > ${startsAt.toISOString()} ${left})`;
}

/** The live bookings that a cause takes away and no move that is under way has, in order of time. */
export async function leavingBookings(ctx: Reading, cause: MoveCause): Promise<LeavingRow[]> {
	const now = ctx.clock.now();
	return leavingRows(
		ctx.db,
		and(
			await whereOf(ctx.db, cause, now),
			notInRoom(now.toISOString()),
			sql`not exists (select from bulk_move_item item join bulk_move of_item
				on of_item.id = item.bulk_move_id and of_item.state in ('planned', 'running')
				where item.booking_id = ${booking.id} and item.state = 'planned')`,
		),
	);
}

/** The same of the bookings named, those that are still live. */
export function leavingOf(ctx: Reading, bookingIds: readonly string[]): Promise<LeavingRow[]> {
	return leavingRows(ctx.db, inArray(booking.id, [...bookingIds]));
}

function leavingRows(db: Db | Tx, where: SQL | undefined): Promise<LeavingRow[]> {
	return db
		.select({
			bookingId: booking.id,
			districtId: grievance.districtId,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			tokenNo: booking.tokenNo,
			sittingId: booking.sittingId,
			quota: seat.quota,
			parties: sql<string[]>`array(select party_id::text from ${bookingParty}
				where booking_id = ${booking.id})`,
		})
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.innerJoin(seat, eq(seat.bookingId, booking.id))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(and(where, inArray(booking.status, ['proposed', 'confirmed'])))
		.orderBy(asc(slot.startsAt), asc(booking.tokenNo));
}

/** Who goes where, as the calendar stands. Writes nothing. */
export async function planFor(
	ctx: Reading,
	postId: string,
	leaving: readonly LeavingRow[],
): Promise<PlannedMove[]> {
	const [first] = leaving;
	if (!first) return [];
	const [limits] = await ctx.db.select().from(schedule).where(eq(schedule.postId, postId));
	const from = earliestTarget(ctx.clock.now(), limits?.leadMinutes ?? 0);
	const slots = await freeTargets(ctx, postId, from, leaving.length * SLOTS_EACH + SLOTS_MORE);
	const until = slots.at(-1)?.endsAt ?? from;
	const begin = first.startsAt < from ? first.startsAt : from;
	return planMoves({
		bookings: leaving.map((one) => ({
			...one,
			quotas: quotasFor('move', { byOffice: true, group: one.quota }),
		})),
		slots,
		engagements: await engagementsOf(ctx.db, leaving, from, until),
		maxPerDay: limits?.maxPerDay ?? null,
		bookedOn: limits?.maxPerDay ? await takenByDay(ctx.db, postId, begin, until) : new Map(),
	});
}

async function freeTargets(
	{ db, clock }: Reading,
	postId: string,
	from: Date,
	limit: number,
): Promise<TargetSlot[]> {
	const now = clock.now().toISOString();
	const label = sql<string>`case when ${seat.generalFrom} <= ${now} then 'general' else ${seat.quota}::text end`;
	return db
		.select({
			id: slot.id,
			sittingId: slot.sittingId,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			freeSeats: sql<string[]>`array_agg(${label} order by ${seat.seatNo})`,
		})
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.innerJoin(seat, eq(seat.slotId, slot.id))
		.where(
			and(
				eq(slot.postId, postId),
				eq(slot.state, 'open'),
				sql`${slot.startsAt} >= ${from.toISOString()}`,
				inArray(sitting.state, ['planned', 'open', 'paused']),
				isNull(seat.bookingId),
				sql`(${seat.heldUntil} is null or ${seat.heldUntil} <= ${now})`,
				sql`not exists (select from ${absence} where ${absence.postId} = ${slot.postId}
					and ${absence.withdrawnAt} is null and ${absence.startsAt} < ${slot.endsAt}
					and ${absence.endsAt} > ${slot.startsAt})`,
			),
		)
		.groupBy(slot.id)
		.orderBy(asc(slot.startsAt), asc(slot.id))
		.limit(limit);
}

/** Where the people of the leaving bookings must be besides. */
async function engagementsOf(
	db: Db | Tx,
	leaving: readonly LeavingRow[],
	from: Date,
	until: Date,
): Promise<Engagement[]> {
	const parties = [...new Set(leaving.flatMap((one) => one.parties))];
	const own = leaving.map((one) => one.bookingId);
	if (until <= from) return [];
	return db
		.select({
			partyId: bookingParty.partyId,
			sittingId: bookingParty.sittingId,
			startsAt: sql<Date>`lower(${bookingParty.during})`.mapWith(slot.startsAt),
			endsAt: sql<Date>`upper(${bookingParty.during})`.mapWith(slot.endsAt),
		})
		.from(bookingParty)
		.where(
			and(
				sql`${bookingParty.partyId} in (select unnest(${sql.param(pgArray(parties))}::uuid[]))`,
				eq(bookingParty.live, true),
				sql`${bookingParty.during} && ${rangeOf(from, until)}::tstzrange`,
				sql`${bookingParty.bookingId} <> all(${sql.param(pgArray(own))}::uuid[])`,
			),
		);
}

/** An array of ids as PostgreSQL writes it: one parameter, however many. */
const pgArray = (ids: readonly string[]) => `{${ids.join(',')}}`;

/** How many are booked or held for on each IST date of the post. */
async function takenByDay(
	db: Db | Tx,
	postId: string,
	from: Date,
	until: Date,
): Promise<Map<string, number>> {
	const day = sql<string>`(${slot.startsAt} at time zone 'Asia/Kolkata')::date::text`;
	const rows = await db
		.select({ date: day, taken: sql<number>`count(*)::int` })
		.from(slot)
		.innerJoin(seat, eq(seat.slotId, slot.id))
		.where(
			and(
				eq(slot.postId, postId),
				sql`${slot.startsAt} >= ${istInstant(istDate(from)).toISOString()}`,
				sql`${slot.startsAt} < ${istInstant(addDays(istDate(until), 1)).toISOString()}`,
				sql`(${seat.bookingId} is not null or ${seat.heldUntil} > app_now())`,
			),
		)
		.groupBy(day);
	return new Map(rows.map((row) => [row.date, row.taken]));
}
