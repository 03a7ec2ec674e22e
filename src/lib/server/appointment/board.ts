import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { deskCase, findForDesk, hearingRequests } from './desk.ts';
import { hearingPosts, requireClerk } from './policy.ts';
import { bookingView, LIVE_SITTINGS, sittingsOfPosts, withSlots } from './queries.ts';
import type { BookingView, DeskCase, HearingPost, SittingDetail, SittingView } from './types.ts';

/** How far ahead the clerk leafs through sittings. */
const DAYS_AHEAD = 60;

/** What the clerk asks to see; ids that mean nothing are passed over. */
export interface DeskQuestion {
	text: string;
	caseNumber: string | null;
	postId: string | null;
	sittingId: string | null;
	/** The booking just made. */
	bookedId: string | null;
}

export interface DeskBoard {
	/** Found by the text, or without one those who wait, longest first. */
	rows: DeskCase[];
	/** How many there are in all: long lists show their beginning. */
	count: number;
	chosen: DeskCase | null;
	/** Hearing officers; not the one that the chosen grievance is against. */
	posts: HearingPost[];
	/** The hearing officer that the chosen grievance is against, and who is therefore left out. */
	accused: HearingPost | null;
	postId: string | null;
	sitting: SittingDetail | null;
	previousSittingId: string | null;
	nextSittingId: string | null;
	/** The first slot that can be booked. */
	firstFreeSlotId: string | null;
	booked: BookingView | null;
}

/**
 * The clerk's whole screen. A search that finds one case chooses it; without a wish the sitting
 * of its booking is shown, or the district head's next one that has room.
 * @throws {Refusal} `forbidden`, `not_found` for a case of another district
 */
export async function deskBoard(ctx: Context, asked: DeskQuestion): Promise<DeskBoard> {
	requireClerk(ctx);
	const list = asked.text ? findForDesk(ctx, asked.text) : hearingRequests(ctx);
	const { rows, count } = await list;
	const only = asked.text && rows.length === 1 ? rows[0]?.number : null;
	const number = asked.caseNumber === null ? only : parseGrievanceNumber(asked.caseNumber);
	const chosen = number ? await deskCase(ctx, number) : null;
	const all = await hearingPosts(ctx);
	const posts = all.filter((post) => post.id !== chosen?.againstPostId);
	const sittings = await comingSittings(ctx, posts);
	const wish = asked.sittingId ?? (asked.postId ? null : chosen?.booking?.sittingId);
	const wished = sittings.find((one) => one.id === wish);
	const postId =
		wished?.postId ?? posts.find((post) => post.id === asked.postId)?.id ?? posts[0]?.id ?? null;
	const ofPost = sittings.filter((one) => one.postId === postId);
	const shown = wished ?? ofPost.find((one) => one.free > 0) ?? ofPost[0];
	const place = ofPost.findIndex((one) => one.id === shown?.id);
	const sitting = shown ? await withSlots(ctx, shown) : null;
	return {
		rows,
		count,
		chosen,
		posts,
		accused: all.find((post) => post.id === chosen?.againstPostId) ?? null,
		postId,
		sitting,
		previousSittingId: ofPost[place - 1]?.id ?? null,
		nextSittingId: ofPost[place + 1]?.id ?? null,
		firstFreeSlotId: sitting?.slotList.find((slot) => slot.refusal === null)?.id ?? null,
		booked: asked.bookedId ? await bookingView(ctx, asked.bookedId) : null,
	};
}

async function comingSittings(ctx: Context, posts: readonly HearingPost[]): Promise<SittingView[]> {
	const now = ctx.clock.now();
	const today = istDate(now);
	const all = await sittingsOfPosts(ctx, posts, { from: today, to: addDays(today, DAYS_AHEAD) });
	return all.filter(
		(one) => one.endsAt > now && LIVE_SITTINGS.some((state) => state === one.state),
	);
}
