import { and, eq, inArray, sql } from 'drizzle-orm';
import {
	isCalledOff,
	isLiveBooking,
	transitionBooking,
	type BookingEvent,
	type BookingState,
} from '#lib/domain/appointment/booking.ts';
import { DEFAULT_NOTICE_HOURS, noticeEnds } from '#lib/domain/appointment/claim.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, bookingParty } from '#lib/server/db/schema/appointment.ts';
import { hearing } from '#lib/server/db/schema/hearing.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, found, written, type Tx } from '#lib/server/platform/db.ts';
import { tellCalendars } from './calendar-news.ts';
import { once } from './idempotency.ts';
import { freedIfComing } from './placing.ts';
import { changerOf } from './policy.ts';
import { bookingFacts, bookingView } from './queries.ts';
import { change } from './retry.ts';
import { releaseSeat } from './seats.ts';
import { tellCancelled } from './telling.ts';
import type { BookingFacts, BookingView } from './types.ts';

/** Longest reason for a move or a cancellation. */
const REASON_LENGTH = 500;

const EVENT_OF: Readonly<Record<BookingState, BookingEvent | null>> = {
	/** Only a new booking is a proposal. */
	proposed: null,
	confirmed: 'confirm',
	fulfilled: 'fulfil',
	excused: 'excuse',
	revoked: 'revoke',
	no_show: 'mark_no_show',
	superseded: 'supersede',
};

/**
 * Ends (or confirms) a booking, in the caller's transaction. Its parties may then be elsewhere at
 * that time; the seat is given back when the hearing does not take place. Writes no timeline entry
 * and tells nobody.
 * @throws {Refusal} `not_found`, `bad_transition`
 */
export async function setBookingStatus(
	tx: Tx,
	ctx: Context,
	bookingId: string,
	status: BookingState,
): Promise<void> {
	const ended = await endBooking(tx, bookingId, status);
	if (isCalledOff(status)) {
		await releaseSeat(tx, bookingId);
		await freedIfComing(tx, ctx, ended.slotId);
	}
	await announce(tx, 'sitting', ended.sittingId);
}

/**
 * The new state of a booking and its parties. The seat stays as it is: who calls it off gives it
 * back, last of all. Calendars count one on for what does not take place.
 * @throws {Refusal} `not_found`, `bad_transition`
 */
export async function endBooking(
	tx: Tx,
	bookingId: string,
	status: BookingState,
	{ reason = null }: { reason?: string | null } = {},
): Promise<typeof booking.$inferSelect> {
	const event = EVENT_OF[status];
	if (!event) throw new Refusal('bad_transition');
	const [row] = await tx.select().from(booking).where(eq(booking.id, bookingId)).for('update');
	const before = found(row);
	const next = transitionBooking(before.status, event);
	if ('refusal' in next) throw new Refusal(next.refusal);
	const live = isLiveBooking(next.state);
	// Moved: the calendar entry goes on with the new booking, which counts on from here.
	const calledOff = isCalledOff(next.state) && next.state !== 'superseded';
	written(
		await tx
			.update(booking)
			.set({
				status: next.state,
				version: before.version + 1,
				icsSequence: before.icsSequence + (calledOff ? 1 : 0),
				...(!live && { endedAt: sql`app_now()`, endReason: reason }),
			})
			.where(and(eq(booking.id, bookingId), eq(booking.version, before.version)))
			.returning({ id: booking.id }),
	);
	// Of a mere proposal no officer was told.
	if (calledOff && before.status === 'confirmed') await tellCalendars(tx, bookingId);
	if (!live) {
		await tx.update(bookingParty).set({ live: false }).where(eq(bookingParty.bookingId, bookingId));
	}
	return before;
}

/**
 * A booking that may be moved or called off now, its grievance locked: by the citizen until the
 * schedule's notice (a proposal, to which nobody agreed yet, at any time), by the office at any time
 * with a reason, by nobody once the conversation began.
 * @throws {Refusal} `forbidden`, `not_found`, `stale`, `bad_transition`, `notice_passed`,
 * `reason_needed`, `hearing_running`
 */
export async function lockForChange(
	tx: Tx,
	ctx: Context,
	{
		bookingId,
		version,
		reason,
	}: {
		bookingId: string;
		/** As the person saw it; null: whatever it is now. */
		version: number | null;
		reason?: string | null;
	},
): Promise<{ before: BookingFacts; by: 'citizen' | 'office'; reason: string | null }> {
	const { grievanceId } = await bookingFacts(tx, bookingId);
	await lockGrievance(tx, grievanceId);
	const before = await bookingFacts(tx, bookingId);
	const by = changerOf(ctx, before);
	if (version !== null && before.version !== version) throw new Refusal('stale');
	if (!isLiveBooking(before.status)) throw new Refusal('bad_transition');
	const text = maskAadhaarNumbers(cleanLine(reason ?? '')).text.slice(0, REASON_LENGTH) || null;
	if (by === 'office' && ctx.actor.kind === 'staff' && !text) throw new Refusal('reason_needed');
	if (by === 'citizen' && before.status === 'confirmed') {
		const [row] = await tx
			.select({ hours: schedule.noticeHours })
			.from(schedule)
			.where(eq(schedule.postId, before.postId));
		const hours = row?.hours ?? DEFAULT_NOTICE_HOURS;
		if (ctx.clock.now() > noticeEnds(before.startsAt, hours)) {
			throw new Refusal('notice_passed', { hours });
		}
	}
	const [running] = await tx
		.select({ id: hearing.id })
		.from(hearing)
		.where(and(eq(hearing.bookingId, bookingId), inArray(hearing.state, ['in_session', 'paused'])));
	if (running) throw new Refusal('hearing_running');
	return { before, by, reason: text };
}

export interface CancelBooking {
	bookingId: string;
	version: number;
	/** The office must say why; the citizen may. */
	reason?: string | null;
	key: string;
}

/**
 * Calls a hearing off: `excused` when its citizen does, `revoked` when the office does. The seat is
 * free again and the waiting list is asked; the citizen is told. Idempotent by `key`.
 * @throws {Refusal} as `lockForChange`; `key_reused`
 */
export async function cancelBooking(ctx: Context, input: CancelBooking): Promise<BookingView> {
	const { bookingId, version, reason = null } = input;
	changerOf(ctx, await bookingFacts(ctx.db, bookingId));
	const body = { command: 'cancelBooking', bookingId, version, reason };
	await change(ctx, (tx) =>
		once(tx, { actor: ctx.actor, key: input.key, body }, async () => {
			await cancelInTransaction(tx, ctx, { bookingId, version, reason });
			return bookingId;
		}),
	);
	return bookingView(ctx, bookingId);
}

/** The same in the caller's transaction; `tell: false` when the caller tells the citizen. */
export async function cancelInTransaction(
	tx: Tx,
	ctx: Context,
	{
		bookingId,
		version,
		reason: given = null,
		tell = true,
	}: { bookingId: string; version: number | null; reason?: string | null; tell?: boolean },
): Promise<BookingFacts> {
	const { before, by, reason } = await lockForChange(tx, ctx, {
		bookingId,
		version,
		reason: given,
	});
	const status = by === 'citizen' ? 'excused' : 'revoked';
	// A citizen's own words are sealed in the timeline; the office's stand for the office's record.
	await endBooking(tx, bookingId, status, { reason: by === 'office' ? reason : null });
	await appendEvent(tx, ctx, before.grievanceId, {
		type: 'hearing_cancelled',
		public: true,
		data: {
			bookingId,
			by,
			postId: before.postId,
			startsAt: before.startsAt.toISOString(),
		},
		...(reason && { note: reason }),
	});
	const ended = await bookingFacts(tx, bookingId);
	if (tell) await tellCancelled(tx, ended, by);
	await releaseSeat(tx, bookingId);
	await freedIfComing(tx, ctx, before.slotId);
	await announce(tx, 'sitting', before.sittingId);
	return ended;
}
