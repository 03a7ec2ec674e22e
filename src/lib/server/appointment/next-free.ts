import { sql } from 'drizzle-orm';
import { quotasFor } from '#lib/domain/appointment/claim.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { hearingPosts, requireClerk } from './policy.ts';

export interface NextFreeSlot {
	slotId: string;
	sittingId: string;
	postId: string;
	startsAt: string;
	endsAt: string;
	free: number;
	/** Token that the next booking gets. */
	tokenNo: number;
}

/** More than anybody reads at once. */
const MOST = 50;

/**
 * The earliest slots with a seat that the desk may give, over several hearing officers (none named:
 * all for whom the acting clerk books). One walk along each officer's index of times, which stops as
 * soon as it has found enough.
 * @throws {Refusal} `forbidden`, also for an officer for whom the clerk does not book
 */
export async function nextFreeSlots(
	ctx: Context,
	postIds: readonly string[],
	after: Date,
	limit: number,
): Promise<NextFreeSlot[]> {
	requireClerk(ctx);
	const known = new Set((await hearingPosts(ctx)).map((post) => post.id));
	const posts = postIds.length > 0 ? postIds : [...known];
	if (posts.some((id) => !known.has(id))) throw new Refusal('forbidden');
	const count = Math.min(Math.max(Math.trunc(limit) || 1, 1), MOST);
	const now = ctx.clock.now();
	const from = (after > now ? after : now).toISOString();
	const rows = await ctx.db.execute<{
		id: string;
		sitting_id: string;
		post_id: string;
		starts_at: string;
		ends_at: string;
		free: number;
		token_no: number;
	}>(sql`
		select found.*
		from unnest(${sql.param([...posts])}::uuid[]) as asked (post_id)
		cross join lateral (
			select slot.id, slot.sitting_id, slot.post_id, slot.starts_at, slot.ends_at, seats.free,
				seats.token_no
			from slot
			join sitting on sitting.id = slot.sitting_id
			cross join lateral (
				select count(*)::int as free, min(seat.token_no)::int as token_no
				from seat
				where seat.slot_id = slot.id and seat.booking_id is null
					and (seat.held_until is null or seat.held_until <= app_now())
					and (seat.quota::text in ${[...quotasFor('desk', { byOffice: true })]}
						or seat.general_from <= app_now())
			) as seats
			where slot.post_id = asked.post_id and slot.state = 'open' and slot.starts_at > ${from}
				and sitting.state in ('planned', 'open', 'paused') and seats.free > 0
				and not exists (
					select 1 from absence
					where absence.post_id = slot.post_id and absence.withdrawn_at is null
						and absence.starts_at < slot.ends_at and absence.ends_at > slot.starts_at)
			order by slot.starts_at
			limit ${count}
		) as found
		order by found.starts_at, found.id
		limit ${count}`);
	return rows.map((row) => ({
		slotId: row.id,
		sittingId: row.sitting_id,
		postId: row.post_id,
		startsAt: new Date(row.starts_at).toISOString(),
		endsAt: new Date(row.ends_at).toISOString(),
		free: row.free,
		tokenNo: row.token_no,
	}));
}
