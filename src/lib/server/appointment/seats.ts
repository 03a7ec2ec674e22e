import { sql, type SQL } from 'drizzle-orm';
import type { SeatQuota } from '#lib/domain/appointment/claim.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';

/** How long a claim waits for rivals who may still roll back, before it calls a slot full. */
const RIVALS_WAIT = '3s';

/** Which seat is wanted. */
export type SeatWish =
	/** Any free one of the slot that the quotas allow, in order of numbers; `prefer` before others. */
	| { slotId: string; quotas: readonly SeatQuota[]; prefer?: SeatQuota | null }
	/** The one that a hold keeps, as long as it is kept. */
	| { holdId: string }
	/** One that was made for the purpose. */
	| { seatId: string }
	/** The one on which another booking sits: for a swap. */
	| { bookingId: string };

/** What is written on the seat; `insert` writes its row from `made(id, token_no, until)`. */
export type SeatUse =
	{ column: 'booking_id'; insert: SQL } | { column: 'hold_id'; insert: SQL; minutes: number };

/**
 * Claims a seat and writes the booking or hold that sits on it, in one statement; answers its id, or
 * null when there is no such seat. Those who come at the same time skip each other's rows and never
 * wait. When nothing is left but rivals have rows locked, they may yet roll back: then, once, it waits
 * for them before it says full. Expiry of holds and release of quotas are in the predicate: no
 * sweeper is waited for.
 */
export async function claimSeat(tx: Tx, wish: SeatWish, use: SeatUse): Promise<string | null> {
	if (!('slotId' in wish)) return written(tx, chosen(wish), use);
	const first = await written(tx, free(wish, sql`for update skip locked`), use);
	if (first) return first;
	await tx.execute(sql.raw(`set local lock_timeout = '${RIVALS_WAIT}'`));
	const second = await written(tx, free(wish, sql`for update`), use);
	await tx.execute(sql`set local lock_timeout to default`);
	return second;
}

async function written(tx: Tx, seats: SQL, use: SeatUse): Promise<string | null> {
	const held = use.column === 'hold_id';
	const [row] = await tx.execute<{ id: string }>(sql`
		with free as (${seats}), made as materialized (
			select uuidv7() as id, free.id as seat_id, token_no,
				app_now() + make_interval(mins => ${held ? use.minutes : 0}::int) as until
			from free
		), sits as (${use.insert})
		update seat set
			booking_id = ${held ? sql`null` : sql`made.id`},
			hold_id = ${held ? sql`made.id` : sql`null`},
			held_until = ${held ? sql`made.until` : sql`null`}
		from made where seat.id = made.seat_id
		returning made.id`);
	return row?.id ?? null;
}

function free({ slotId, quotas, prefer }: Extract<SeatWish, { slotId: string }>, lock: SQL): SQL {
	const released = quotas.includes('general') ? sql`or general_from <= app_now()` : sql``;
	return sql`
		select id, token_no from seat
		where slot_id = ${slotId} and booking_id is null
			and (held_until is null or held_until <= app_now())
			and (quota::text in ${quotas} ${released})
		order by (quota::text = ${prefer ?? ''}) desc, seat_no limit 1
		${lock}`;
}

function chosen(wish: Exclude<SeatWish, { slotId: string }>): SQL {
	const which =
		'holdId' in wish
			? sql`hold_id = ${wish.holdId} and held_until > app_now()`
			: 'seatId' in wish
				? sql`id = ${wish.seatId} and booking_id is null`
				: sql`booking_id = ${wish.bookingId}`;
	return sql`select id, token_no from seat where ${which} for update`;
}

/** Gives back the seat of a booking. Call `freed` afterwards when its time is still to come. */
export async function releaseSeat(tx: Tx, bookingId: string): Promise<void> {
	await tx.execute(sql`update seat set booking_id = null where booking_id = ${bookingId}`);
}

/** Lets go what is held for a grievance, but for one hold; answers the slots that have room again. */
export async function releaseHolds(
	tx: Tx,
	grievanceId: string,
	{ except = null }: { except?: string | null } = {},
): Promise<string[]> {
	const rows = await tx.execute<{ slot_id: string }>(sql`
		update seat set hold_id = null, held_until = null
		from hold
		where hold.grievance_id = ${grievanceId} and seat.hold_id = hold.id
			and hold.id is distinct from ${except}::uuid
		returning seat.slot_id`);
	return rows.map((row) => row.slot_id);
}

/**
 * A seat of the slot came free: the waiting list is asked, after this transaction, who takes it.
 * Asked once however many came free.
 */
export async function freed(tx: Tx, postId: string, slotId: string): Promise<void> {
	await queueJob(tx, 'waiting.offer', { postId, slotId }, { jobKey: `waiting.offer:${slotId}` });
}

/**
 * Adds a seat beyond the slot's capacity, with the sitting's next token; answers its id. Others who
 * add one to the same sitting wait their turn.
 * @throws {Refusal} `not_found`
 */
export async function addExtraSeat(
	tx: Tx,
	{ slotId, authority, reason }: { slotId: string; authority: string; reason: string },
): Promise<string> {
	await tx.execute(sql`
		select 1 from sitting where id = (select sitting_id from slot where id = ${slotId})
		for no key update`);
	const [row] = await tx.execute<{ id: string }>(sql`
		insert into seat (slot_id, sitting_id, seat_no, token_no, quota, extra_authority, extra_reason)
		select slot.id, slot.sitting_id,
			(select coalesce(max(seat_no), 0) + 1 from seat where slot_id = slot.id),
			(select coalesce(max(token_no), 0) + 1 from seat where sitting_id = slot.sitting_id),
			'urgent', ${authority}::text, ${reason}::text
		from slot where slot.id = ${slotId}
		returning id`);
	if (!row) throw new Refusal('not_found');
	return row.id;
}
