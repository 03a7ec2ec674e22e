import { eq, inArray, sql } from 'drizzle-orm';
import type { Adaptation } from '#lib/domain/appointment/adapt.ts';
import { seatsOf, type SittingPlan, type SlotPlan } from '#lib/domain/appointment/slots.ts';
import { istInstant, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { announce, type Tx } from '#lib/server/platform/db.ts';
import type { HearingMode } from './types.ts';

export interface PlannedSitting extends SittingPlan {
	postId: string;
	mode: HearingMode;
	kind?: 'office' | 'camp';
	place?: string | null;
	mapUrl?: string | null;
	/** Made by the post's schedule. */
	scheduled: boolean;
}

/** No rule makes a longer slot: how far back one that reaches into a time can have begun. */
const LONGEST_SLOT = '240 minutes';

/**
 * Writes sittings with their slots and seats in one statement; days that look alike travel once.
 * Tokens are fixed here once and for all, in the order of time. A sitting of the same post and start
 * that exists already is left as it is. `around`: slots in the way of others are left out, also of
 * closed ones; otherwise the database refuses them (`slot_no_overlap`). Answers the ids of the
 * sittings written.
 */
export async function writeSittings(
	tx: Tx,
	plans: readonly PlannedSitting[],
	{ around }: { around: boolean },
): Promise<string[]> {
	const shapes = new Map<string, { shape: number; slots: unknown }>();
	const wanted = plans.map(({ slots, ...plan }) => {
		const day = shapeOf(plan.date, slots);
		const text = JSON.stringify(day);
		const shape = shapes.get(text)?.shape ?? shapes.size;
		if (!shapes.has(text)) shapes.set(text, { shape, slots: day });
		return {
			post: plan.postId,
			date: plan.date,
			mode: plan.mode,
			kind: plan.kind ?? 'office',
			place: plan.place ?? null,
			map: plan.mapUrl ?? null,
			scheduled: plan.scheduled,
			shape,
		};
	});
	if (wanted.length === 0) return [];
	const free = around
		? sql`where not exists (select from slot s where s.post_id = candidate.post
				and s.starts_at < candidate.ends_at and s.ends_at > candidate.starts_at
				and s.starts_at > candidate.starts_at - interval '${sql.raw(LONGEST_SLOT)}')`
		: sql``;
	const made = await tx.execute<{ id: string }>(sql`
		with shape as materialized (
			select x.shape, (y.slot->>'from')::int as from_minute, (y.slot->>'to')::int as to_minute,
				y.slot->'seats' as seats
			from jsonb_to_recordset(${JSON.stringify([...shapes.values()])}::jsonb) as x(shape int, slots jsonb)
			cross join lateral jsonb_array_elements(x.slots) as y(slot)
		), wanted as (
			select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as x(post uuid, date date,
				mode hearing_mode, kind sitting_kind, place text, map text, scheduled boolean, shape int)
		), candidate as (
			select wanted.*, seats,
				(date + make_interval(mins => from_minute)) at time zone 'Asia/Kolkata' as starts_at,
				(date + make_interval(mins => to_minute)) at time zone 'Asia/Kolkata' as ends_at
			from wanted join shape using (shape)
		), free as materialized (
			select * from candidate ${free}
		), made as (
			insert into sitting (kind, post_id, date, starts_at, ends_at, mode, place, map_url, scheduled)
			select kind, post, date, min(starts_at), max(ends_at), mode, place, map, scheduled
			from free group by kind, post, date, mode, place, map, scheduled
			order by post, date
			on conflict (post_id, starts_at) do nothing
			returning id, post_id, date
		), slots as (
			insert into slot (sitting_id, post_id, starts_at, ends_at)
			select made.id, free.post, free.starts_at, free.ends_at
			from free join made on made.post_id = free.post and made.date = free.date
			order by free.post, free.starts_at
			returning id, sitting_id, post_id, starts_at
		), seats as (
			insert into seat (slot_id, sitting_id, seat_no, token_no, quota, general_from)
			select slots.id, slots.sitting_id, one.seat_no,
				row_number() over (partition by slots.sitting_id order by slots.starts_at, one.seat_no),
				(one.seat->>0)::seat_quota,
				slots.starts_at - make_interval(hours => (one.seat->>1)::int)
			from slots join free on free.post = slots.post_id and free.starts_at = slots.starts_at
			cross join lateral jsonb_array_elements(free.seats) with ordinality as one(seat, seat_no)
		)
		select id from made`);
	return made.map(({ id }) => id);
}

/** The slots of a day in minutes since midnight, their seats as `[label, hours before]`. */
function shapeOf(date: string, slots: readonly SlotPlan[]) {
	const midnight = istInstant(date).getTime();
	const minute = (at: Date) => (at.getTime() - midnight) / MINUTE_MS;
	return slots.map((plan) => ({
		from: minute(plan.startsAt),
		to: minute(plan.endsAt),
		seats: seatsOf(plan).map(({ quota, generalFrom }) => [
			quota,
			generalFrom && (plan.startsAt.getTime() - generalFrom.getTime()) / (60 * MINUTE_MS),
		]),
	}));
}

/**
 * Does what `adapt` found, for one post. The caller has locked the slots, so that nobody books
 * meanwhile. Answers the
 * open slots of the sittings that it changed, in order of time.
 */
export async function applyAdaptation(
	tx: Tx,
	{ postId, mode, now }: { postId: string; mode: HearingMode; now: Date },
	change: Adaptation,
): Promise<string[]> {
	const setState = async (state: 'closed' | 'closing', ids: string[]) => {
		if (ids.length > 0) await tx.update(slot).set({ state }).where(inArray(slot.id, ids));
	};
	await setState('closed', change.closes);
	await setState('closing', change.closing);
	if (change.reopens.length > 0) {
		const rows = change.reopens.map(({ id, endsAt }) => ({ id, ends_at: endsAt.toISOString() }));
		await tx.execute(sql`update slot set state = 'open', ends_at = x.ends_at
			from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, ends_at timestamptz)
			where slot.id = x.id`);
	}
	const added = change.adds.flatMap(({ sittingId, slots }) =>
		slots.map(({ startsAt, endsAt }) => ({
			sitting_id: sittingId,
			starts_at: startsAt.toISOString(),
			ends_at: endsAt.toISOString(),
		})),
	);
	if (added.length > 0) {
		await tx.execute(sql`insert into slot (sitting_id, post_id, starts_at, ends_at)
			select sitting_id, ${postId}::uuid, starts_at, ends_at
			from jsonb_to_recordset(${JSON.stringify(added)}::jsonb)
				as x(sitting_id uuid, starts_at timestamptz, ends_at timestamptz)`);
	}
	const reseated = change.reseats.map(({ sittingId }) => sittingId);
	if (reseated.length > 0) await reseat(tx, now, change.reseats);
	const made = await writeSittings(
		tx,
		change.sittings.map((plan) => ({ ...plan, postId, mode, scheduled: true })),
		{ around: false },
	);
	const changed = await tx
		.selectDistinct({ id: slot.sittingId })
		.from(slot)
		.where(inArray(slot.id, [...change.closes, ...change.closing, ...idsOf(change.reopens)]));
	const sittings = [...new Set([...reseated, ...changed.map(({ id }) => id)])];
	await tx.execute(sql`update sitting set starts_at = now.starts_at, ends_at = now.ends_at
		from (select sitting_id, min(starts_at) as starts_at, max(ends_at) as ends_at
			from slot where state <> 'closed' and sitting_id in ${[...sittings, NOBODY]} group by 1) as now
		where sitting.id = now.sitting_id and sitting.state = 'planned'
			and not exists (select from sitting other where other.post_id = sitting.post_id
				and other.starts_at = now.starts_at and other.id <> sitting.id)`);
	for (const id of sittings) await announce(tx, 'sitting', id);
	const open = await tx
		.select({ id: slot.id })
		.from(slot)
		.where(
			sql`${slot.sittingId} in ${[...sittings, ...made, NOBODY]} and ${slot.state} = 'open'
			and ${slot.startsAt} > ${now.toISOString()}`,
		)
		.orderBy(slot.startsAt);
	return idsOf(open);
}

/** Keeps a list of ids from being empty. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

/** The free seats of sittings go and come anew, with labels and tokens in the order of time. */
async function reseat(tx: Tx, now: Date, changes: Adaptation['reseats']): Promise<void> {
	const rows = changes.flatMap(({ sittingId, seats }) =>
		seats.map((one) => ({
			sitting_id: sittingId,
			starts_at: one.slotStart.toISOString(),
			seat_no: one.seatNo,
			token_no: one.tokenNo,
			quota: one.quota,
			general_from: one.generalFrom?.toISOString() ?? null,
		})),
	);
	const ids = changes.map(({ sittingId }) => sittingId);
	const at = now.toISOString();
	await tx.delete(seat).where(sql`${seat.sittingId} in ${ids} and ${seat.bookingId} is null
		and (${seat.heldUntil} is null or ${seat.heldUntil} <= ${at})
		and ${seat.extraAuthority} is null
		and exists (select from slot where slot.id = ${seat.slotId} and slot.starts_at > ${at})`);
	if (rows.length === 0) return;
	await tx.execute(sql`insert into seat (slot_id, sitting_id, seat_no, token_no, quota, general_from)
		select slot.id, slot.sitting_id, x.seat_no, x.token_no, x.quota, x.general_from
		from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(sitting_id uuid,
			starts_at timestamptz, seat_no int, token_no int, quota seat_quota, general_from timestamptz)
		join slot on slot.sitting_id = x.sitting_id and slot.starts_at = x.starts_at`);
}

/** Sets the mode of the post's planned sittings to come that its schedule made. */
export async function changeMode(
	tx: Tx,
	{ postId, mode, from }: { postId: string; mode: HearingMode; from: Date },
): Promise<void> {
	await tx
		.update(sitting)
		.set({ mode })
		.where(
			sql`${eq(sitting.postId, postId)} and ${sitting.scheduled} and ${sitting.state} = 'planned'
				and ${sitting.startsAt} > ${from.toISOString()} and not exists (
					select from booking where booking.sitting_id = ${sitting.id}
						and booking.status in ('proposed', 'confirmed'))`,
		);
}
