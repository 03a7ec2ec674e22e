import { and, eq, inArray, sql } from 'drizzle-orm';
import { LIVE_BOOKING_STATES } from '#lib/domain/appointment/booking.ts';
import { HOLD_MINUTES, quotasFor, type SeatGroup } from '#lib/domain/appointment/claim.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, hold, seat } from '#lib/server/db/schema/appointment.ts';
import { lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, found, type Tx } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { once } from './idempotency.ts';
import { placeBooking } from './booking.ts';
import { freedIfComing, letGo, openPlace } from './placing.ts';
import { requireGrievance } from './policy.ts';
import { bookingView } from './queries.ts';
import { change } from './retry.ts';
import { claimSeat } from './seats.ts';
import { tellBooked } from './telling.ts';
import type { BookingFacts, BookingView } from './types.ts';

/** Times that one citizen may choose. */
const HOLDS_OF_CITIZEN = { limit: 30, windowSeconds: 600 };

export interface HoldView {
	holdId: string;
	slotId: string;
	heldUntil: Date;
}

/**
 * Keeps a seat of the slot for a grievance for five minutes, while somebody makes up their mind: a
 * citizen for an own grievance, a clerk for one of the district. A newer hold of the same grievance
 * lets the older go. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, `too_many_requests`, `key_reused`, `already_booked`,
 * `slot_full`, and why
 * the slot cannot be had (`openPlace`)
 */
export async function holdSeat(
	ctx: Context,
	input: { grievanceNumber: string; slotId: string; key: string; group?: SeatGroup },
): Promise<HoldView> {
	const { id: grievanceId, byOffice } = await requireGrievance(ctx, {
		number: input.grievanceNumber,
	});
	// Counted outside the transaction: a refused try counts too. One person needs a few.
	if (ctx.actor.kind === 'citizen') {
		const key = `hold:${ctx.actor.citizenId}`;
		await takeHit(ctx.db, key, { ...HOLDS_OF_CITIZEN, now: ctx.clock.now() });
	}
	const group = byOffice ? (input.group ?? null) : null;
	const channel = byOffice ? 'desk' : 'citizen';
	const body = { command: 'holdSeat', grievanceId, slotId: input.slotId, group };
	const holdId = await change(ctx, (tx) =>
		once(tx, { actor: ctx.actor, key: input.key, body }, async () => {
			const made = await holdInTransaction(tx, ctx, {
				grievanceId,
				slotId: input.slotId,
				kind: 'booking',
				minutes: HOLD_MINUTES,
				quotas: quotasFor(channel, { byOffice, group }),
				prefer: group,
			});
			return made.holdId;
		}),
	);
	return holdFacts(ctx.db, holdId);
}

/**
 * The same in the caller's transaction, also for an offer to somebody on the waiting list, which
 * stands longer. Conflicts come out as database errors.
 * @throws {Refusal} `already_booked`, `slot_full`, and as `openPlace`
 */
export async function holdInTransaction(
	tx: Tx,
	ctx: Context,
	{
		grievanceId,
		slotId,
		kind,
		minutes,
		quotas = quotasFor('waiting_list', { byOffice: true }),
		prefer = null,
	}: {
		grievanceId: string;
		slotId: string;
		kind: 'booking' | 'offer';
		minutes: number;
		quotas?: ReturnType<typeof quotasFor>;
		prefer?: SeatGroup | null;
	},
): Promise<HoldView> {
	const of = await lockGrievance(tx, grievanceId);
	const live = and(
		eq(booking.grievanceId, grievanceId),
		inArray(booking.status, [...LIVE_BOOKING_STATES]),
	);
	const [booked] = await tx.select({ id: booking.id }).from(booking).where(live).limit(1);
	if (booked) throw new Refusal('already_booked');
	const byOffice = ctx.actor.kind !== 'citizen';
	const channel = kind === 'offer' ? 'waiting_list' : byOffice ? 'desk' : 'citizen';
	const at = await openPlace(tx, ctx, of, slotId, { channel, byOffice });
	const holdId = await claimSeat(
		tx,
		{ slotId, quotas, prefer },
		{
			column: 'hold_id',
			minutes,
			insert: sql`
				insert into hold (id, kind, grievance_id, slot_id, held_until)
				select id, ${kind}::hold_kind, ${grievanceId}::uuid, ${slotId}::uuid, until from made`,
		},
	);
	if (!holdId) throw new Refusal('slot_full');
	await letGo(tx, ctx, grievanceId, { except: holdId });
	await announce(tx, 'sitting', at.sittingId);
	return holdFacts(tx, holdId);
}

async function holdFacts(db: Context['db'] | Tx, holdId: string): Promise<HoldView> {
	const [row] = await db
		.select({ holdId: hold.id, slotId: hold.slotId, heldUntil: hold.heldUntil })
		.from(hold)
		.where(eq(hold.id, holdId));
	return found(row);
}

/**
 * The hearing on the seat that the hold keeps, while it keeps it: booking, party, timeline and SMS in
 * one transaction. Only the server's clock counts. Idempotent by `key`.
 * @throws {Refusal} `forbidden`, `not_found`, `key_reused`, `hold_expired`, `already_booked`,
 * `slot_past`, `slot_closed`, `slot_overlaps`
 */
export async function confirmHold(
	ctx: Context,
	input: {
		holdId: string;
		/** Why another post hears than the rule says. */
		otherPostReason?: string | null;
		key: string;
	},
): Promise<BookingView> {
	await requireHold(ctx, input.holdId);
	const { holdId, otherPostReason = null } = input;
	const body = { command: 'confirmHold', holdId, otherPostReason };
	const id = await change(ctx, (tx) =>
		once(tx, { actor: ctx.actor, key: input.key, body }, async () => {
			const made = await confirmInTransaction(tx, ctx, { holdId, otherPostReason });
			await tellBooked(tx, made);
			return made.id;
		}),
	);
	return bookingView(ctx, id);
}

/** The same in the caller's transaction, who has asked the policy and tells the citizen. */
export async function confirmInTransaction(
	tx: Tx,
	ctx: Context,
	{ holdId, otherPostReason = null }: { holdId: string; otherPostReason?: string | null },
): Promise<BookingFacts> {
	const [row] = await tx.select().from(hold).where(eq(hold.id, holdId));
	const { kind, grievanceId, slotId } = found(row);
	const byOffice = ctx.actor.kind !== 'citizen';
	const channel = kind === 'offer' ? 'waiting_list' : byOffice ? 'desk' : 'citizen';
	return placeBooking(tx, ctx, {
		...{ grievanceId, slotId, channel, otherPostReason },
		seat: { holdId },
		kept: true,
	});
}

/**
 * Lets a held seat go before its time. A hold that has ended already is no matter.
 * @throws {Refusal} `forbidden`, `not_found`
 */
export async function dropHold(ctx: Context, { holdId }: { holdId: string }): Promise<void> {
	const { grievanceId } = await requireHold(ctx, holdId);
	await change(ctx, async (tx) => {
		await lockGrievance(tx, grievanceId);
		await dropInTransaction(tx, ctx, holdId);
	});
}

/** The same in the caller's transaction, who has locked the grievance. */
export async function dropInTransaction(tx: Tx, ctx: Context, holdId: string): Promise<void> {
	const dropped = await tx
		.update(seat)
		.set({ holdId: null, heldUntil: null })
		.where(eq(seat.holdId, holdId))
		.returning({ slotId: seat.slotId, sittingId: seat.sittingId });
	for (const { slotId, sittingId } of dropped) {
		await freedIfComing(tx, ctx, slotId);
		await announce(tx, 'sitting', sittingId);
	}
}

/** The hold's grievance, when the actor may act for it. @throws {Refusal} `forbidden`, `not_found` */
async function requireHold(ctx: Context, holdId: string): Promise<{ grievanceId: string }> {
	const [row] = await ctx.db
		.select({ grievanceId: hold.grievanceId })
		.from(hold)
		.where(eq(hold.id, holdId));
	const { grievanceId } = found(row);
	await requireGrievance(ctx, { id: grievanceId });
	return { grievanceId };
}
