import { and, asc, eq, gt, gte, isNull, lt, lte, sql } from 'drizzle-orm';
import type { BookingState } from '#lib/domain/appointment/booking.ts';
import type { SittingState } from '#lib/domain/appointment/sitting.ts';
import { dateRange } from '#lib/domain/appointment/slots.ts';
import { addDays, daysBetween, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { booking, bookingParty, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import { absence } from '#lib/server/db/schema/schedule.ts';
import { holidayNames, namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { dayLimit, type DayLimit } from './day-limit.ts';
import { requireStaff } from './policy.ts';
import { comingSummons, type Summons } from './summons.ts';
import type { HearingMode } from './types.ts';

export interface CalendarSitting {
	id: string;
	kind: 'office' | 'camp';
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	place: string | null;
	state: SittingState;
	seats: number;
	booked: number;
	/** Seats that can still be booked. */
	free: number;
}

export interface CalendarAbsence {
	id: string;
	kind: 'leave' | 'called_away';
	startsAt: Date;
	endsAt: Date;
}

export interface CalendarDay {
	/** IST date. */
	date: string;
	/** Name of the holiday in the reader's language. */
	holiday: string | null;
	sittings: CalendarSitting[];
	absences: CalendarAbsence[];
	/** Hearings of others to which the post is called. */
	summons: Summons[];
	/** Citizens who are booked on the day. */
	booked: number;
}

export interface OfficerCalendar {
	days: CalendarDay[];
	/** The limit a day; null for a post without a schedule. */
	limit: DayLimit | null;
}

/** No calendar page shows more. */
const MOST_DAYS = 45;

/**
 * The acting post's own calendar from one IST date to another (both included, 45 days at most): one
 * indexed read of its sittings, whatever the size of the tables, and four small ones beside it.
 * @throws {Refusal} `forbidden`
 */
export async function officerCalendar(
	ctx: Context,
	asked: { from: string; to: string },
): Promise<OfficerCalendar> {
	const { postId, jurisdictionId } = requireStaff(ctx);
	const { from } = asked;
	const to = asked.to > addDays(from, MOST_DAYS) ? addDays(from, MOST_DAYS) : asked.to;
	const [start, end] = [istInstant(from), istInstant(addDays(to, 1))];
	const [sittings, absences, holidays, summons, limit] = await Promise.all([
		sittingsBetween(ctx, postId, { from, to }),
		absencesBetween(ctx, postId, start, end),
		holidayNames(ctx.db, jurisdictionId, { from, to }, ctx.locale),
		comingSummons(ctx, postId, start, end),
		dayLimit(ctx),
	]);
	const days = dateRange(from, daysBetween(from, to) + 1).map((date): CalendarDay => {
		const [begins, ends] = [istInstant(date), istInstant(addDays(date, 1))];
		const here = sittings.filter((one) => istDate(one.startsAt) === date);
		return {
			date,
			holiday: holidays.get(date) ?? null,
			sittings: here,
			absences: absences.filter((one) => one.startsAt < ends && one.endsAt > begins),
			summons: summons.filter((one) => istDate(one.startsAt) === date),
			booked: here.reduce((sum, one) => sum + one.booked, 0),
		};
	});
	return { days, limit };
}

/** One walk along the index of the post's days; seats are counted by their sitting. */
async function sittingsBetween(
	ctx: Pick<Context, 'db' | 'clock'>,
	postId: string,
	{ from, to }: { from: string; to: string },
): Promise<CalendarSitting[]> {
	const counted = sql`lateral (
		select count(*)::int as seats, count(seat.booking_id)::int as booked,
			(count(*) filter (where seat.booking_id is null and slot.state = 'open'
				and slot.starts_at > ${ctx.clock.now().toISOString()}::timestamptz
				and (seat.held_until is null or seat.held_until <= app_now())))::int as free
		from seat join slot on slot.id = seat.slot_id
		where seat.sitting_id = ${sitting.id}
	) as counted`;
	return ctx.db
		.select({
			id: sitting.id,
			kind: sitting.kind,
			startsAt: sitting.startsAt,
			endsAt: sitting.endsAt,
			mode: sitting.mode,
			place: sitting.place,
			state: sitting.state,
			seats: sql<number>`counted.seats`,
			booked: sql<number>`counted.booked`,
			free: sql<number>`case when ${sitting.state} in ('closed', 'cancelled') then 0 else counted.free end`,
		})
		.from(sitting)
		.innerJoin(counted, sql`true`)
		.where(and(eq(sitting.postId, postId), gte(sitting.date, from), lte(sitting.date, to)))
		.orderBy(asc(sitting.startsAt));
}

function absencesBetween(
	ctx: Pick<Context, 'db'>,
	postId: string,
	start: Date,
	end: Date,
): Promise<CalendarAbsence[]> {
	return ctx.db
		.select({
			id: absence.id,
			kind: absence.kind,
			startsAt: absence.startsAt,
			endsAt: absence.endsAt,
		})
		.from(absence)
		.where(
			and(
				eq(absence.postId, postId),
				isNull(absence.withdrawnAt),
				lt(absence.startsAt, end),
				gt(absence.endsAt, start),
			),
		)
		.orderBy(asc(absence.startsAt));
}

export interface CalendarHearing {
	bookingId: string;
	sittingId: string;
	startsAt: Date;
	endsAt: Date;
	tokenNo: number;
	number: string;
	/** Matter and place. */
	title: string;
	status: BookingState;
	/** Posts that must be there too. */
	summoned: string[];
}

/** The acting post's own hearings on one IST date, by time and token; those called off are left out. */
export async function hearingsOfDay(ctx: Context, date: string): Promise<CalendarHearing[]> {
	const { postId } = requireStaff(ctx);
	const name = ctx.locale === 'en' ? ('nameEn' as const) : ('nameHi' as const);
	const rows = await ctx.db
		.select({
			bookingId: booking.id,
			sittingId: booking.sittingId,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			tokenNo: booking.tokenNo,
			number: grievance.number,
			category: category[name],
			place: jurisdiction[name],
			status: booking.status,
			summoned: sql<string[]>`array(select party_id::text from ${bookingParty}
				where booking_id = ${booking.id} and kind = 'post' order by id)`,
		})
		.from(sitting)
		.innerJoin(booking, eq(booking.sittingId, sitting.id))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, grievance.jurisdictionId))
		.where(
			and(
				eq(sitting.postId, postId),
				eq(sitting.date, date),
				sql`${booking.status} in ('proposed', 'confirmed', 'fulfilled', 'no_show')`,
			),
		)
		.orderBy(asc(slot.startsAt), asc(booking.tokenNo));
	const names = await namesOfPosts(
		ctx.db,
		rows.flatMap((row) => row.summoned),
		ctx.locale,
	);
	return rows.map(({ category: matter, place, summoned, ...row }) => ({
		...row,
		title: `${matter}, ${place}`,
		summoned: summoned.map((id) => names.get(id) ?? ''),
	}));
}
