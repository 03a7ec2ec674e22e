import { and, asc, eq, gte, inArray, isNull, lt, notInArray, sql } from 'drizzle-orm';
import { horizonEnd, type SeatGroup } from '#lib/domain/appointment/claim.ts';
import { MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { absence, schedule } from '#lib/server/db/schema/schedule.ts';
import { seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import { LIVE_SITTINGS, seatIsFree } from './queries.ts';
import type { HearingMode } from './types.ts';

/** What is said when a post has sittings but no schedule of its own. */
const DEFAULT_HORIZON_DAYS = 60;

export interface OpenSlot {
	slotId: string;
	startsAt: Date;
	endsAt: Date;
	/** IST date, 'YYYY-MM-DD'. */
	date: string;
	mode: HearingMode;
	place: string | null;
}

export interface SlotSearch {
	postId: string;
	/** Earliest beginning; the schedule's lead time counts besides. */
	from: Date;
	to?: Date;
	group?: SeatGroup | null;
	slotId?: string;
	limit: number;
}

/**
 * Slots of a post that citizens may have now, the earliest first: open, with a general seat (or one of
 * the group's) free, within lead time and horizon, its officer there, its day not full. Whether a seat
 * is still free when it is taken, only the claim can say.
 */
export async function openSlots(
	{ db, clock }: Pick<Context, 'clock'> & { db: Db | Tx },
	{ postId, from, to, group = null, slotId, limit }: SlotSearch,
): Promise<OpenSlot[]> {
	const now = clock.now();
	const [window] = await db.select().from(schedule).where(eq(schedule.postId, postId));
	const lead = new Date(now.getTime() + (window?.leadMinutes ?? 0) * MINUTE_MS);
	const end = horizonEnd(now, window?.horizonDays ?? DEFAULT_HORIZON_DAYS);
	const full = window?.maxPerDay == null ? [] : await fullDays(db, postId, window.maxPerDay, now);
	const quotas = group ? ['general', group] : ['general'];
	const rows = await db
		.select({
			slotId: slot.id,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			date: sitting.date,
			mode: sitting.mode,
			place: sitting.place,
		})
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.where(
			and(
				eq(slot.postId, postId),
				eq(slot.state, 'open'),
				gte(slot.startsAt, new Date(Math.max(from.getTime(), lead.getTime(), now.getTime() + 1))),
				lt(slot.startsAt, to && to < end ? to : end),
				...(slotId ? [eq(slot.id, slotId)] : []),
				inArray(sitting.state, [...LIVE_SITTINGS]),
				...(full.length > 0 ? [notInArray(sitting.date, full)] : []),
				sql`exists (select 1 from ${seat} where ${seat.slotId} = ${slot.id} and ${seatIsFree}
					and (${seat.quota}::text in ${quotas} or ${seat.generalFrom} <= app_now()))`,
				sql`not exists (${db
					.select({ one: sql`1` })
					.from(absence)
					.where(
						and(
							eq(absence.postId, slot.postId),
							isNull(absence.withdrawnAt),
							sql`${absence.startsAt} < ${slot.endsAt} and ${absence.endsAt} > ${slot.startsAt}`,
						),
					)})`,
			),
		)
		.orderBy(asc(slot.startsAt))
		.limit(limit);
	return rows;
}

/** Coming days of the post on which as many people are booked or held for as it hears in a day. */
async function fullDays(db: Db | Tx, postId: string, max: number, now: Date): Promise<string[]> {
	const rows = await db.execute<{ date: string }>(sql`
		select to_char(sitting.date, 'YYYY-MM-DD') as date
		from slot
		join sitting on sitting.id = slot.sitting_id
		join seat on seat.slot_id = slot.id
		where slot.post_id = ${postId} and slot.starts_at > ${now.toISOString()}
			and (seat.booking_id is not null or seat.held_until > app_now())
		group by sitting.date having count(*) >= ${max}`);
	return rows.map((row) => row.date);
}
