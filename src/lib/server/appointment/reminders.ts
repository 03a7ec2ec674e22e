import { and, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import {
	FIRST_REMINDER_HOURS,
	reminderDue,
	type Reminder,
} from '#lib/domain/appointment/reminder.ts';
import { MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	booking,
	bookingParty,
	bookingReminder,
	sitting,
	slot,
} from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Tx } from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { bookingFacts, LIVE_SITTINGS } from './queries.ts';

/** Bookings that are looked at in one transaction. */
const BATCH = 200;

/**
 * Job `reminders.send`, each minute: three days, one day and one hour before a confirmed hearing its
 * citizen and the posts summoned to it get a message. Each kind once for a booking as its calendar
 * entry stands, however many workers run; what was moved or called off gets none. Answers how many
 * hearings were reminded of.
 */
export async function sendReminders(ctx: Context): Promise<{ hearings: number }> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const now = ctx.clock.now();
	const last = new Date(now.getTime() + FIRST_REMINDER_HOURS * 60 * MINUTE_MS);
	const rows = await ctx.db
		.select({ id: booking.id, startsAt: slot.startsAt, bookedAt: booking.createdAt })
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.where(
			and(
				eq(booking.status, 'confirmed'),
				inArray(sitting.state, [...LIVE_SITTINGS]),
				gt(slot.startsAt, now),
				lte(slot.startsAt, last),
			),
		)
		.orderBy(slot.startsAt, booking.id);
	const due = rows.flatMap((row) => {
		const kind = reminderDue(row, now);
		return kind ? [{ id: row.id, kind }] : [];
	});
	const sent = new Set(await sentAlready(ctx, due));
	const open = due.filter(({ id, kind }) => !sent.has(`${id} ${kind}`));
	let hearings = 0;
	for (let at = 0; at < open.length; at += BATCH) {
		hearings += await inTransaction(ctx.db, async (tx) => {
			let count = 0;
			for (const one of open.slice(at, at + BATCH)) count += await remind(tx, one);
			return count;
		});
	}
	return { hearings };
}

async function sentAlready(
	ctx: Context,
	due: readonly { id: string; kind: Reminder }[],
): Promise<string[]> {
	if (due.length === 0) return [];
	const rows = await ctx.db
		.select({ id: bookingReminder.bookingId, kind: bookingReminder.kind })
		.from(bookingReminder)
		.innerJoin(booking, eq(booking.id, bookingReminder.bookingId))
		.where(
			and(
				inArray(
					bookingReminder.bookingId,
					due.map(({ id }) => id),
				),
				eq(bookingReminder.icsSequence, booking.icsSequence),
			),
		);
	return rows.map(({ id, kind }) => `${id} ${kind}`);
}

/** One hearing's reminder, if it still stands and nobody was faster. */
async function remind(tx: Tx, { id, kind }: { id: string; kind: Reminder }): Promise<0 | 1> {
	// Whoever moves or cancels it waits for this, or is waited for.
	const [marked] = await tx.execute<{ ics_sequence: number }>(sql`
		with standing as (
			select id, ics_sequence from booking where id = ${id} and status = 'confirmed' for share
		)
		insert into booking_reminder (booking_id, ics_sequence, kind)
		select id, ics_sequence, ${kind}::booking_reminder_kind from standing
		on conflict do nothing
		returning ics_sequence`);
	if (!marked) return 0;
	const one = await bookingFacts(tx, id);
	const parties = await tx
		.select({ kind: bookingParty.kind, id: bookingParty.partyId })
		.from(bookingParty)
		.where(and(eq(bookingParty.bookingId, id), bookingParty.live));
	for (const to of parties) {
		const ofPost = to.kind === 'post';
		await notify(tx, {
			template: ofPost ? 'hearing_reminder_post' : `hearing_reminder_${kind}`,
			to,
			grievanceId: one.grievanceId,
			facts: {
				number: one.grievanceNumber,
				startsAt: one.startsAt.toISOString(),
				officerPostId: one.postId,
				token: one.tokenNo,
				linkPath: ofPost ? `/department/grievances/${one.grievanceNumber}` : `/h/${one.linkCode}`,
			},
			key: `hearing_reminder:${id}:${marked.ics_sequence}:${kind}:${to.id}`,
		});
	}
	return 1;
}
