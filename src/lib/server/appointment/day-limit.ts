import { and, eq, sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { written } from '#lib/server/platform/db.ts';
import { requireStaff } from './policy.ts';

export interface DayLimit {
	/** Citizens a day at the most; null: as many as there are seats. */
	maxPerDay: number | null;
	version: number;
}

/** The acting officer's own limit a day; null for a post without a schedule. */
export async function dayLimit(ctx: Context): Promise<DayLimit | null> {
	const { postId } = requireStaff(ctx);
	const [row] = await ctx.db
		.select({ maxPerDay: schedule.maxPerDay, version: schedule.version })
		.from(schedule)
		.where(eq(schedule.postId, postId));
	return row ?? null;
}

/**
 * How many citizens a day the acting officer hears at the most. Who is booked already stays: the limit
 * is asked at each new booking.
 * @throws {Refusal} `forbidden`, `no_schedule`, `stale` when the schedule was changed meanwhile
 */
export async function setDayLimit(ctx: Context, { maxPerDay, version }: DayLimit): Promise<void> {
	const { postId, functions } = requireStaff(ctx);
	if (!functions.includes('hearing')) throw new Refusal('forbidden');
	if (!(await dayLimit(ctx))) throw new Refusal('no_schedule');
	written(
		await ctx.db
			.update(schedule)
			.set({ maxPerDay, version: sql`${schedule.version} + 1` })
			.where(and(eq(schedule.postId, postId), eq(schedule.version, version)))
			.returning({ id: schedule.id }),
	);
}
