import { and, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, slot } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { schedulePosts } from './policy.ts';
import { bookingsTouched, type TouchedBooking } from './schedules.ts';
import { loadSetups, type PostSetup } from './setups.ts';

export interface ScheduleView extends Pick<
	PostSetup,
	'postId' | 'version' | 'settings' | 'rules' | 'exceptions' | 'absences'
> {
	name: string;
}

export interface ScheduleRow extends ScheduleView {
	/** Bookings that must move. */
	touched: number;
}

/** The hearing posts whose schedules the actor keeps. @throws {Refusal} `forbidden` */
export async function scheduleList(ctx: Context): Promise<ScheduleRow[]> {
	const posts = await schedulePosts(ctx);
	const ids = posts.map(({ id }) => id);
	if (ids.length === 0) return [];
	const now = ctx.clock.now();
	const setups = new Map((await loadSetups(ctx.db, now, ids)).map((one) => [one.postId, one]));
	const counts = await ctx.db
		.select({ postId: slot.postId, count: sql<number>`count(*)::int` })
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.where(
			and(
				inArray(slot.postId, ids),
				ne(slot.state, 'open'),
				gt(slot.startsAt, now),
				inArray(booking.status, ['proposed', 'confirmed']),
			),
		)
		.groupBy(slot.postId);
	const touched = new Map(counts.map(({ postId, count }) => [postId, count]));
	return posts.map(({ id, name }) => ({
		...viewOf(found(setups.get(id)), name),
		touched: touched.get(id) ?? 0,
	}));
}

/** One post's schedule with the bookings that must move. @throws {Refusal} `not_found`, `forbidden` */
export async function scheduleView(
	ctx: Context,
	postId: string,
): Promise<ScheduleView & { touched: TouchedBooking[] }> {
	if (!isUuid(postId)) throw new Refusal('not_found');
	const post = (await schedulePosts(ctx)).find(({ id }) => id === postId);
	if (!post) throw new Refusal('forbidden');
	const setup = found((await loadSetups(ctx.db, ctx.clock.now(), [postId]))[0]);
	return { ...viewOf(setup, post.name), touched: await bookingsTouched(ctx, postId) };
}

function viewOf(setup: PostSetup, name: string): ScheduleView {
	const { postId, version, settings, rules, exceptions, absences } = setup;
	return { postId, version, settings, rules, exceptions, absences, name };
}
