import { and, eq, inArray, sql } from 'drizzle-orm';
import { LIVE_BOOKING_STATES } from '#lib/domain/appointment/booking.ts';
import { DEFAULT_NOTICE_HOURS, noticeEnds } from '#lib/domain/appointment/claim.ts';
import { addDays, DAY_MS, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { OPEN_STATES, transition } from '#lib/domain/grievance/states.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	booking,
	hold,
	seat,
	sitting,
	slot,
	waitingEntry,
} from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import { wishStands } from '#lib/server/grievance/index.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { openSlots, type OpenSlot } from './free-slots.ts';
import { hearingPostFor } from './hearing-rules.ts';
import { bookingView } from './queries.ts';
import type { BookingView, HearingMode } from './types.ts';
import { liveEntry, placeInList, type WaitingEntry } from './waiting.ts';

/** A wish gets a date, or a place on the waiting list, within so long. */
const PROPOSAL_MS = DAY_MS;

/** More free slots than anybody looks through; later ones come into view as days go by. */
const SLOTS_SHOWN = 2000;

interface Seat {
	startsAt: Date;
	mode: HearingMode;
	place: string | null;
}

/** What stands about the hearing of one grievance, and what happens next by itself. */
export type HearingStanding =
	| {
			/** A time waits for the citizen's word until `answerBy`; then it goes to others. */
			kind: 'proposed';
			booking: BookingView;
			answerBy: Date;
	  }
	| {
			kind: 'booked';
			booking: BookingView;
			/** Until when the citizen may move it or call it off. */
			changeUntil: Date;
			mayChange: boolean;
			/** Hours before the hearing after which only the office may change it. */
			noticeHours: number;
	  }
	| { kind: 'offered'; seat: Seat; postName: string; until: Date; holdId: string }
	| {
			kind: 'waiting';
			postName: string;
			/** 1 for the first. */
			place: number;
			/** IST date from which the citizen can come. */
			notBefore: string | null;
	  }
	/** Asked for; a date or a place on the list comes by then. */
	| { kind: 'asked'; askedAt: Date; by: Date }
	/** Offers came to nothing, or nobody is fit to hear it by rule: the desk calls. */
	| { kind: 'desk'; askedAt: Date }
	/** No hearing was asked for, or it was held. */
	| { kind: 'none'; mayAsk: boolean };

interface OwnCase {
	id: string;
	number: string;
	state: (typeof grievance.$inferSelect)['state'];
	ownerPostId: string | null;
	requestedAt: Date | null;
	wishes: boolean;
}

/** The citizen's own grievance. @throws {Refusal} `not_found` also for somebody else's */
export async function ownCase(ctx: Context, number: string): Promise<OwnCase> {
	if (ctx.actor.kind !== 'citizen') throw new Refusal('forbidden');
	const [row] = await ctx.db
		.select({
			id: grievance.id,
			number: grievance.number,
			state: grievance.state,
			ownerPostId: grievance.ownerPostId,
			requestedAt: grievance.hearingRequestedAt,
			wishes: wishStands,
		})
		.from(grievance)
		.where(and(eq(grievance.number, number), eq(grievance.citizenId, ctx.actor.citizenId)));
	return found(row);
}

/**
 * How it stands with the hearing of an own grievance.
 * @throws {Refusal} `forbidden`, `not_found` also for somebody else's
 */
export async function hearingStanding(ctx: Context, number: string): Promise<HearingStanding> {
	const of = await ownCase(ctx, number);
	const booked = await bookedStanding(ctx, of.id);
	if (booked) return booked;
	const entry = await liveEntry(ctx.db, of.id);
	if (entry) return waitingStanding(ctx, entry);
	if (of.requestedAt && of.wishes && mayBeHeard(of)) {
		return (await deskCalls(ctx, of.id, of.requestedAt))
			? { kind: 'desk', askedAt: of.requestedAt }
			: {
					kind: 'asked',
					askedAt: of.requestedAt,
					by: new Date(of.requestedAt.getTime() + PROPOSAL_MS),
				};
	}
	const asked = transition(of.state, 'hearing_requested', { ownerPostId: of.ownerPostId });
	return { kind: 'none', mayAsk: !('refusal' in asked) };
}

const mayBeHeard = ({ state }: OwnCase) =>
	[...OPEN_STATES, 'resolved'].some((open) => open === state);

async function bookedStanding(ctx: Context, grievanceId: string): Promise<HearingStanding | null> {
	const [row] = await ctx.db
		.select({ id: booking.id, answerBy: booking.answerBy, notice: schedule.noticeHours })
		.from(booking)
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.leftJoin(schedule, eq(schedule.postId, sitting.postId))
		.where(
			and(eq(booking.grievanceId, grievanceId), inArray(booking.status, [...LIVE_BOOKING_STATES])),
		);
	if (!row) return null;
	const view = await bookingView(ctx, row.id);
	if (view.status === 'proposed') {
		return { kind: 'proposed', booking: view, answerBy: row.answerBy ?? view.startsAt };
	}
	const noticeHours = row.notice ?? DEFAULT_NOTICE_HOURS;
	const changeUntil = noticeEnds(view.startsAt, noticeHours);
	const mayChange = ctx.clock.now() <= changeUntil;
	return { kind: 'booked', booking: view, changeUntil, mayChange, noticeHours };
}

async function waitingStanding(ctx: Context, entry: WaitingEntry): Promise<HearingStanding> {
	const names = await namesOfPosts(ctx.db, [entry.postId], ctx.locale);
	const postName = names.get(entry.postId) ?? '';
	const offered = await offeredSeat(ctx, entry);
	if (offered) return { kind: 'offered', postName, ...offered };
	const place = await placeInList(ctx.db, entry);
	return { kind: 'waiting', postName, place, notBefore: entry.notBefore };
}

/** The seat that an offer keeps, as long as it keeps it. */
async function offeredSeat(ctx: Context, { state, holdId }: WaitingEntry) {
	if (state !== 'offered' || !holdId) return null;
	const [row] = await ctx.db
		.select({
			startsAt: slot.startsAt,
			mode: sitting.mode,
			place: sitting.place,
			until: hold.heldUntil,
		})
		.from(hold)
		.innerJoin(seat, eq(seat.holdId, hold.id))
		.innerJoin(slot, eq(slot.id, hold.slotId))
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.where(and(eq(hold.id, holdId), sql`${seat.heldUntil} > app_now()`));
	if (!row) return null;
	const { until, ...at } = row;
	return { seat: at, until, holdId };
}

async function deskCalls(ctx: Context, grievanceId: string, requestedAt: Date): Promise<boolean> {
	const [left] = await ctx.db
		.select({ id: waitingEntry.id })
		.from(waitingEntry)
		.where(
			and(
				eq(waitingEntry.grievanceId, grievanceId),
				eq(waitingEntry.state, 'left'),
				sql`${waitingEntry.endedAt} >= ${requestedAt.toISOString()}`,
			),
		)
		.limit(1);
	return left !== undefined || (await hearingPostFor(ctx, grievanceId)) === null;
}

export interface FreeDay {
	/** IST date. */
	date: string;
	/** Noon of it, for words. */
	at: Date;
	times: number;
}

export interface HearingChoice {
	grievanceId: string;
	postName: string;
	/** The booking that the choice replaces; null when there is none. */
	replaces: BookingView | null;
	days: FreeDay[];
	/** Of the asked date. */
	times: OpenSlot[];
}

/**
 * What the citizen may choose from: the post of the standing booking, else of the waiting list, else
 * by rule. Empty when nobody is fit to hear it: then the desk calls.
 * @throws {Refusal} `forbidden`, `not_found`; `notice_passed` for a hearing that may not be moved any more
 */
export async function hearingChoice(
	ctx: Context,
	number: string,
	date: string | null,
): Promise<HearingChoice> {
	const of = await ownCase(ctx, number);
	const booked = await bookedStanding(ctx, of.id);
	const replaces = booked && 'booking' in booked ? booked.booking : null;
	if (booked?.kind === 'booked' && !booked.mayChange) {
		throw new Refusal('notice_passed', { hours: booked.noticeHours });
	}
	const entry = replaces ? null : await liveEntry(ctx.db, of.id);
	const postId = replaces?.postId ?? entry?.postId ?? (await hearingPostFor(ctx, of.id));
	if (!postId || !mayBeHeard(of)) {
		return { grievanceId: of.id, postName: '', replaces, days: [], times: [] };
	}
	const all = (await openSlots(ctx, { postId, from: ctx.clock.now(), limit: SLOTS_SHOWN })).filter(
		({ slotId }) => slotId !== replaces?.slotId,
	);
	const counts = new Map<string, number>();
	for (const one of all) counts.set(one.date, (counts.get(one.date) ?? 0) + 1);
	const names = await namesOfPosts(ctx.db, [postId], ctx.locale);
	return {
		grievanceId: of.id,
		postName: names.get(postId) ?? '',
		replaces,
		days: [...counts].map(([day, times]) => ({ date: day, at: istInstant(day, '12:00'), times })),
		times: all.filter((one) => one.date === date),
	};
}

export interface ChosenSeat extends Seat {
	holdId: string;
	postName: string;
	until: Date;
}

/** The seat that is kept for the citizen; null once it is not. @throws {Refusal} as `hearingChoice` */
export async function chosenSeat(
	ctx: Context,
	number: string,
	holdId: string,
): Promise<ChosenSeat | null> {
	const of = await ownCase(ctx, number);
	const [row] = await ctx.db
		.select({
			startsAt: slot.startsAt,
			mode: sitting.mode,
			place: sitting.place,
			postId: slot.postId,
			until: hold.heldUntil,
		})
		.from(hold)
		.innerJoin(seat, eq(seat.holdId, hold.id))
		.innerJoin(slot, eq(slot.id, hold.slotId))
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.where(
			and(eq(hold.id, holdId), eq(hold.grievanceId, of.id), sql`${seat.heldUntil} > app_now()`),
		);
	if (!row) return null;
	const { postId, ...rest } = row;
	const names = await namesOfPosts(ctx.db, [postId], ctx.locale);
	return { ...rest, holdId, postName: names.get(postId) ?? '' };
}

/** The first and last IST date that a citizen may name for another day. */
export function otherDays(now: Date, proposedAt: Date): { first: string; last: string } {
	return { first: addDays(istDate(proposedAt), 1), last: addDays(istDate(now), 180) };
}
