import { and, between, count, inArray } from 'drizzle-orm';
import { dateRange } from '#lib/domain/appointment/slots.ts';
import { addDays, istDate, weekday } from '#lib/domain/calendar/ist.ts';
import { sitting, waitingEntry } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { hearingPosts } from './policy.ts';
import { DAYS_AHEAD, sittingsOfPosts } from './queries.ts';
import type { SittingView } from './types.ts';

export interface DeskWeek {
	/** Monday to Sunday, 'YYYY-MM-DD' in IST. */
	days: string[];
	today: string;
	/** A line for each hearing officer; those without a sitting and without a queue are left out. */
	lines: {
		postId: string;
		postName: string;
		/** Grievances on the officer's waiting list. */
		waiting: number;
		/** For each of the days its sittings in order of time. */
		days: SittingView[][];
	}[];
}

/** The Monday of the date's week. */
const mondayOf = (date: string) => addDays(date, -((weekday(date) + 6) % 7));

/**
 * The week of a date over all hearing officers for whom the clerk books. @throws {Refusal} `forbidden`
 */
export async function deskWeek(ctx: Context, date: string | null): Promise<DeskWeek> {
	const today = istDate(ctx.clock.now());
	const days = dateRange(mondayOf(date ?? today), 7);
	const posts = await hearingPosts(ctx);
	const ids = posts.map((post) => post.id);
	const [from = today] = days;
	const [sittings, queues] = await Promise.all([
		sittingsOfPosts(ctx, posts, { from, to: addDays(from, 6) }),
		ids.length === 0
			? []
			: ctx.db
					.select({ postId: waitingEntry.postId, waiting: count() })
					.from(waitingEntry)
					.where(
						and(
							inArray(waitingEntry.postId, ids),
							inArray(waitingEntry.state, ['waiting', 'offered']),
						),
					)
					.groupBy(waitingEntry.postId),
	]);
	const waitingOf = new Map(queues.map((row) => [row.postId, row.waiting]));
	const lines = posts
		.map(({ id, name }) => ({
			postId: id,
			postName: name,
			waiting: waitingOf.get(id) ?? 0,
			days: days.map((day) => sittings.filter((one) => one.postId === id && one.date === day)),
		}))
		.filter((line) => line.waiting > 0 || line.days.some((day) => day.length > 0));
	return { days, today, lines };
}

/**
 * The sittings of today and the coming weeks that the clerk's desk shows, for following what happens
 * to them. @throws {Refusal} `forbidden`
 */
export async function deskSittingIds(ctx: Context): Promise<string[]> {
	const today = istDate(ctx.clock.now());
	const posts = (await hearingPosts(ctx)).map((post) => post.id);
	if (posts.length === 0) return [];
	const rows = await ctx.db
		.select({ id: sitting.id })
		.from(sitting)
		.where(
			and(inArray(sitting.postId, posts), between(sitting.date, today, addDays(today, DAYS_AHEAD))),
		);
	return rows.map((row) => row.id);
}
