import { and, asc, eq, gt, gte, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { StandingSitting, StandingSlot } from '#lib/domain/appointment/adapt.ts';
import type { Setup } from '#lib/domain/appointment/schedule.ts';
import type { KeptQuota, ScheduleException } from '#lib/domain/appointment/slots.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import {
	absence,
	availabilityBreak,
	availabilityQuota,
	availabilityRule,
	schedule,
	scheduleException,
} from '#lib/server/db/schema/schedule.ts';
import { holidaysOfAreas } from '#lib/server/masters/index.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';

/** All that says when one post hears people, from now on. */
export interface PostSetup extends Setup<string> {
	postId: string;
	jurisdictionId: string;
	/** Null when the post has no schedule yet. */
	scheduleId: string | null;
	/** 0 when the post has no schedule yet. */
	version: number;
}

/** 'HH:MM' of a database time. */
const clockTime = (text: string | null) => (text ?? '00:00').slice(0, 5);

const groupBy = <Row>(rows: readonly Row[], key: (row: Row) => string) => Map.groupBy(rows, key);

/**
 * The setups of the posts that have a schedule, or of the posts named, also without one. A handful of
 * queries however many posts there are.
 */
export async function loadSetups(
	db: Db | Tx,
	now: Date,
	postIds?: readonly string[],
): Promise<PostSetup[]> {
	if (postIds?.length === 0) return [];
	const today = istDate(now);
	const ofPosts = postIds && inArray(post.id, [...postIds]);
	const rows = await db
		.select({ schedule, postId: post.id, jurisdictionId: post.jurisdictionId })
		.from(post)
		.leftJoin(schedule, eq(schedule.postId, post.id))
		.where(ofPosts ?? sql`${schedule.id} is not null`)
		.orderBy(asc(post.id));
	const wanted = postIds && inArray(schedule.postId, [...postIds]);
	const rules = groupBy(
		await db
			.select({ rule: availabilityRule })
			.from(availabilityRule)
			.innerJoin(schedule, eq(schedule.id, availabilityRule.scheduleId))
			.where(wanted)
			.orderBy(asc(availabilityRule.id)),
		({ rule }) => rule.scheduleId,
	);
	const inRules = (column: typeof availabilityBreak.ruleId | typeof availabilityQuota.ruleId) =>
		postIds
			? inArray(
					column,
					[...rules.values()].flat().map(({ rule }) => rule.id),
				)
			: sql`true`;
	const breaks = groupBy(
		await db
			.select()
			.from(availabilityBreak)
			.where(inRules(availabilityBreak.ruleId))
			.orderBy(asc(availabilityBreak.from)),
		({ ruleId }) => ruleId,
	);
	const quotas = groupBy(
		await db.select().from(availabilityQuota).where(inRules(availabilityQuota.ruleId)),
		({ ruleId }) => ruleId,
	);
	const exceptions = groupBy(
		await db
			.select({ exception: scheduleException })
			.from(scheduleException)
			.innerJoin(schedule, eq(schedule.id, scheduleException.scheduleId))
			.where(and(wanted, gte(scheduleException.date, today)))
			.orderBy(asc(scheduleException.date), asc(scheduleException.from)),
		({ exception }) => exception.scheduleId,
	);
	const absences = groupBy(
		await db
			.select()
			.from(absence)
			.where(
				and(
					postIds && inArray(absence.postId, [...postIds]),
					isNull(absence.withdrawnAt),
					gt(absence.endsAt, now),
				),
			)
			.orderBy(asc(absence.startsAt)),
		({ postId }) => postId,
	);
	const holidays = await holidaysOfAreas(
		db,
		rows.map((row) => row.jurisdictionId),
	);
	return rows.map(({ schedule: own, postId, jurisdictionId }) => ({
		postId,
		jurisdictionId,
		scheduleId: own?.id ?? null,
		version: own?.version ?? 0,
		settings: own,
		rules: (rules.get(own?.id ?? '') ?? []).map(({ rule }) => ({
			id: rule.id,
			weekdays: rule.weekdays,
			from: clockTime(rule.from),
			to: clockTime(rule.to),
			slotMinutes: rule.slotMinutes,
			capacity: rule.capacity,
			validFrom: rule.validFrom,
			validTo: rule.validTo,
			breaks: (breaks.get(rule.id) ?? []).map(({ from, to }) => ({
				from: clockTime(from),
				to: clockTime(to),
			})),
			quotas: (quotas.get(rule.id) ?? []).flatMap(({ quota, seats, releaseHours }) =>
				isKept(quota) ? [{ quota, seats, releaseHours }] : [],
			),
		})),
		exceptions: (exceptions.get(own?.id ?? '') ?? []).map(({ exception }) => ({
			...exceptionOf(exception),
			id: exception.id,
			reason: exception.reason,
		})),
		absences: absences.get(postId) ?? [],
		holidays: holidays.get(jurisdictionId) ?? new Set<string>(),
	}));
}

const isKept = (quota: KeptQuota | 'general'): quota is KeptQuota => quota !== 'general';

function exceptionOf(row: typeof scheduleException.$inferSelect): ScheduleException {
	const { date, kind } = row;
	if (kind === 'closed') return { date, kind };
	const times = { from: clockTime(row.from), to: clockTime(row.to) };
	if (kind === 'closed_between') return { date, kind, ...times };
	const { slotMinutes, capacity } = row;
	// A check constraint keeps both there.
	return {
		date,
		kind,
		...times,
		slotMinutes: slotMinutes ?? 10,
		capacity: capacity ?? 1,
		breaks: [],
	};
}

/**
 * The sittings of posts with those of their slots that begin after now, on the dates. `lock` makes
 * bookings of these slots wait, and waits for those that are under way.
 */
export async function loadStanding(
	db: Db | Tx,
	now: Date,
	{
		postIds,
		dates,
		lock = false,
	}: { postIds: readonly string[]; dates?: { from: string; to: string }; lock?: boolean },
): Promise<Map<string, StandingSitting[]>> {
	const at = now.toISOString();
	const chosen = sql`(select s.id from slot s join sitting t on t.id = s.sitting_id
		where s.post_id in ${[...postIds]} and s.starts_at > ${at}
			${dates ? sql`and t.date between ${dates.from} and ${dates.to}` : sql``})`;
	if (lock) {
		await db.execute(sql`select id from slot where id in ${chosen} order by id for update`);
	}
	const rows = await db
		.select({
			sitting: {
				id: sitting.id,
				postId: sitting.postId,
				date: sitting.date,
				startsAt: sitting.startsAt,
				scheduled: sitting.scheduled,
				state: sitting.state,
			},
			slot: { id: slot.id, startsAt: slot.startsAt, endsAt: slot.endsAt, state: slot.state },
			seat: {
				seatNo: seat.seatNo,
				tokenNo: seat.tokenNo,
				quota: seat.quota,
				generalFrom: seat.generalFrom,
				bookingId: seat.bookingId,
				extra: sql<boolean>`${seat.extraAuthority} is not null`,
				held: sql<boolean>`coalesce(${seat.heldUntil} > ${at}::timestamptz, false)`,
			},
		})
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.leftJoin(seat, eq(seat.slotId, slot.id))
		.where(sql`${slot.id} in ${chosen}`)
		.orderBy(asc(slot.startsAt), asc(slot.id), asc(seat.seatNo));
	const begun = await db
		.select({ id: seat.sittingId, token: sql<number>`max(${seat.tokenNo})::int` })
		.from(seat)
		.innerJoin(slot, eq(slot.id, seat.slotId))
		.innerJoin(sitting, eq(sitting.id, seat.sittingId))
		.where(
			and(
				inArray(slot.postId, [...postIds]),
				eq(sitting.date, istDate(now)),
				lte(slot.startsAt, now),
			),
		)
		.groupBy(seat.sittingId);
	const tokens = new Map(begun.map(({ id, token }) => [id, token]));
	const posts = new Map<string, StandingSitting[]>();
	const sittings = new Map<string, StandingSitting & { slots: StandingSlot[] }>();
	const slots = new Map<string, StandingSlot & { seats: StandingSlot['seats'][number][] }>();
	for (const row of rows) {
		const { id, postId, state, ...rest } = row.sitting;
		const one = sittings.get(id) ?? {
			...{ id, ...rest, tokensBefore: tokens.get(id) ?? 0, slots: [] },
			live: state !== 'closed' && state !== 'cancelled',
		};
		if (!sittings.has(id)) {
			sittings.set(id, one);
			posts.set(postId, [...(posts.get(postId) ?? []), one]);
		}
		const place = slots.get(row.slot.id) ?? { ...row.slot, seats: [] };
		if (!slots.has(row.slot.id)) {
			slots.set(row.slot.id, place);
			one.slots.push(place);
		}
		if (row.seat) place.seats.push(row.seat);
	}
	return posts;
}
