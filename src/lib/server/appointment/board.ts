import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { deskCase, findForDesk, hearingRequests, recipientOf, type Recipient } from './desk.ts';
import { hearingPostFor } from './hearing-rules.ts';
import { hearingPosts, requireClerk } from './policy.ts';
import { bookingView, DAYS_AHEAD, LIVE_SITTINGS, sittingsOfPosts, withSlots } from './queries.ts';
import type { BookingView, DeskCase, HearingPost, SittingDetail, SittingView } from './types.ts';

/** What the clerk asks to see; ids that mean nothing are passed over. */
export interface DeskQuestion {
	text: string;
	caseNumber: string | null;
	postId: string | null;
	sittingId: string | null;
	/** The booking just made or moved. */
	bookedId: string | null;
	/** The chosen case has a booking, and another time is looked for. */
	moving?: boolean;
}

/** Who gets the message about a booking, and what its officer is called in it. */
export interface MessageTo {
	/** Null when the citizen had everything erased: nothing is sent. */
	maskedMobile: string | null;
	locale: Locale;
	officer: string;
}

export interface DeskBoard {
	/** Found by the text, or without one those who wait, longest first. */
	rows: DeskCase[];
	/** How many there are in all: long lists show their beginning. */
	count: number;
	chosen: DeskCase | null;
	/** A time is chosen now: for a first booking, or for another time of the one there is. */
	task: 'book' | 'move' | null;
	/** Hearing officers; not the one that the chosen grievance is against. */
	posts: HearingPost[];
	/** The hearing officer that the chosen grievance is against, and who is therefore left out. */
	accused: HearingPost | null;
	postId: string | null;
	/** Who hears the chosen grievance by rule; another one needs a reason. Null: the clerk chooses. */
	rulePost: HearingPost | null;
	sitting: SittingDetail | null;
	previousSittingId: string | null;
	nextSittingId: string | null;
	/** The first slot that can be booked. */
	firstFreeSlotId: string | null;
	/** Of the message that the task will send. */
	message: MessageTo | null;
	booked: (BookingView & { message: MessageTo }) | null;
}

/**
 * The clerk's whole screen. A search that finds one case chooses it; without a wish the sitting of its
 * booking is shown, or the next one that has room of the officer who hears it by rule.
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
	const ruleId = chosen?.bookable ? await hearingPostFor(ctx, chosen.grievanceId) : null;
	const rulePost = posts.find((post) => post.id === ruleId) ?? null;
	const shown = await sittingToShow(ctx, { asked, posts, rulePost, chosen });
	const sitting = shown.sitting
		? await withSlots(ctx, shown.sitting, { heldFor: chosen?.grievanceId })
		: null;
	const task = taskOf(chosen, asked.moving === true);
	return {
		rows,
		count,
		chosen,
		task,
		posts,
		accused: all.find((post) => post.id === chosen?.againstPostId) ?? null,
		rulePost,
		...shown,
		sitting,
		firstFreeSlotId: sitting?.slotList.find((slot) => slot.refusal === null)?.id ?? null,
		message:
			task && chosen && shown.postId
				? await messageTo(ctx, { ...chosen, locale: chosen.citizenLocale }, shown.postId)
				: null,
		booked: asked.bookedId ? await bookedView(ctx, asked.bookedId) : null,
	};
}

function taskOf(chosen: DeskCase | null, moving: boolean): DeskBoard['task'] {
	if (!chosen?.bookable) return null;
	if (!chosen.booking) return 'book';
	return moving ? 'move' : null;
}

interface Wish {
	asked: DeskQuestion;
	posts: readonly HearingPost[];
	rulePost: HearingPost | null;
	chosen: DeskCase | null;
}

async function sittingToShow(ctx: Context, { asked, posts, rulePost, chosen }: Wish) {
	const sittings = await comingSittings(ctx, posts);
	const wish = asked.sittingId ?? (asked.postId ? null : chosen?.booking?.sittingId);
	const wished = sittings.find((one) => one.id === wish);
	const postId =
		wished?.postId ??
		posts.find((post) => post.id === asked.postId)?.id ??
		rulePost?.id ??
		posts[0]?.id ??
		null;
	const ofPost = sittings.filter((one) => one.postId === postId);
	const sitting = wished ?? ofPost.find((one) => one.free > 0) ?? ofPost[0] ?? null;
	const place = ofPost.findIndex((one) => one.id === sitting?.id);
	return {
		postId,
		sitting,
		previousSittingId: ofPost[place - 1]?.id ?? null,
		nextSittingId: ofPost[place + 1]?.id ?? null,
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

/** In the words of who reads the message, not of who sends it. */
export async function messageTo(
	ctx: Context,
	{ maskedMobile, locale }: Recipient,
	postId: string,
): Promise<MessageTo> {
	const names = await namesOfPosts(ctx.db, [postId], locale);
	return { maskedMobile, locale, officer: names.get(postId) ?? '' };
}

async function bookedView(ctx: Context, id: string): Promise<DeskBoard['booked']> {
	const booking = await bookingView(ctx, id);
	const recipient = await recipientOf(ctx, booking.grievanceId);
	return { ...booking, message: await messageTo(ctx, recipient, booking.postId) };
}
