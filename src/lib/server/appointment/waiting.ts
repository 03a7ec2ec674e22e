import { and, asc, count, desc, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { afterMissedOffer, OFFER_GAP_HOURS, offerUntil } from '#lib/domain/appointment/waiting.ts';
import { MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { OPEN_STATES } from '#lib/domain/grievance/states.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { waitingEntry } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { notify, type Template } from '#lib/server/platform/notify.ts';
import { openSlots, type OpenSlot } from './free-slots.ts';
import { dropInTransaction, holdInTransaction } from './holds.ts';
import { change } from './retry.ts';

export type WaitingEntry = typeof waitingEntry.$inferSelect;

export const LIVE_ENTRIES = ['waiting', 'offered'] as const;

/** Free seats of one post that are offered in one run; the next minute has a run of its own. */
const SLOTS_A_RUN = 50;
const ENTRIES_A_RUN = 200;

/** Where the citizen reads and answers; nothing there happens by opening it. */
export const hearingPath = (number: string) => `/citizen/grievances/${number}/hearing`;

export interface JoinWaitingList {
	grievanceId: string;
	/** Who is to hear it. */
	postId: string;
	/** The office took a date away: before all others. */
	atHead?: boolean;
	/** The citizen cannot come before this IST date. */
	notBefore?: string | null;
	/** False when another timeline entry of the caller says it already. */
	event?: boolean;
}

/**
 * Puts a grievance without a date on the waiting list, in the caller's transaction; seats that come
 * free are then offered to it. Who waits already keeps the place, and moves to the head when the
 * office is the cause. The caller tells the citizen. Answers the entry's id.
 */
export async function joinWaitingList(
	tx: Tx,
	ctx: Context,
	{ grievanceId, postId, atHead = false, notBefore = null, event = true }: JoinWaitingList,
): Promise<string> {
	await lockGrievance(tx, grievanceId);
	const before = await liveEntry(tx, grievanceId);
	if (before) {
		await tx
			.update(waitingEntry)
			.set({
				atHead: before.atHead || atHead,
				notBefore: notBefore ?? before.notBefore,
				version: before.version + 1,
			})
			.where(eq(waitingEntry.id, before.id));
		return before.id;
	}
	const made = await tx
		.insert(waitingEntry)
		.values({ grievanceId, postId, atHead, notBefore, since: ctx.clock.now() })
		.returning({ id: waitingEntry.id });
	if (event) {
		await appendEvent(tx, ctx, grievanceId, {
			type: 'hearing_waiting',
			public: true,
			data: { postId },
		});
	}
	await queueJob(tx, 'waiting.offer', { postId }, { jobKey: `waiting.offer:${postId}` });
	return written(made).id;
}

/** The place of a grievance on the list, if it has one. */
export async function liveEntry(db: Db | Tx, grievanceId: string): Promise<WaitingEntry | null> {
	const [row] = await db
		.select()
		.from(waitingEntry)
		.where(
			and(
				eq(waitingEntry.grievanceId, grievanceId),
				inArray(waitingEntry.state, [...LIVE_ENTRIES]),
			),
		);
	return row ?? null;
}

/** 1 for the first of the post's list. */
export async function placeInList(db: Db | Tx, entry: WaitingEntry): Promise<number> {
	const [row] = await db
		.select({ ahead: count() })
		.from(waitingEntry)
		.where(
			and(
				eq(waitingEntry.postId, entry.postId),
				inArray(waitingEntry.state, [...LIVE_ENTRIES]),
				sql`(not ${waitingEntry.atHead}, ${waitingEntry.since}, ${waitingEntry.id})
					< (not ${entry.atHead}::boolean, ${entry.since.toISOString()}::timestamptz, ${entry.id}::uuid)`,
			),
		);
	return (row?.ahead ?? 0) + 1;
}

const jobSchema = v.object({
	/** Only this post's seats. */
	postId: v.optional(v.string()),
	/** Only this slot's. */
	slotId: v.optional(v.string()),
});

export interface OfferRun {
	offered: number;
	/** Offers that ran out. */
	passed: number;
	/** Entries whose grievance ended meanwhile. */
	ended: number;
}

/**
 * Job `waiting.offer`: asked at once when a seat comes free, and each minute for everything. Offers
 * that ran out go on to the next, entries of ended grievances leave, and each free seat is offered to
 * the first whom it suits: the head of the list first, then who waits longest, whose day it is, who
 * was not offered this very slot before. One offer a seat, one offer a citizen, however many workers.
 */
export async function offerSeats(ctx: Context, payload: unknown = {}): Promise<OfferRun> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const only = v.parse(jobSchema, payload);
	const run: OfferRun = { offered: 0, passed: 0, ended: 0 };
	if (!only.slotId) {
		run.ended = await endEntries(ctx);
		run.passed = await passOn(ctx);
	}
	const posts = await ctx.db
		.selectDistinct({ postId: waitingEntry.postId })
		.from(waitingEntry)
		.where(
			and(
				eq(waitingEntry.state, 'waiting'),
				...(only.postId ? [eq(waitingEntry.postId, only.postId)] : []),
			),
		);
	for (const { postId } of posts) {
		const slots = await openSlots(ctx, {
			postId,
			from: ctx.clock.now(),
			limit: SLOTS_A_RUN,
			...(only.slotId && { slotId: only.slotId }),
		});
		const leadMinutes = await leadOf(ctx.db, postId);
		for (const slot of slots) {
			const made = await offerSlot(ctx, { postId, slot, leadMinutes });
			run.offered += made.offered;
			// Nobody else waits whom any slot could suit.
			if (made.nobody) break;
		}
	}
	return run;
}

async function leadOf(db: Db, postId: string): Promise<number> {
	const [row] = await db
		.select({ lead: schedule.leadMinutes })
		.from(schedule)
		.where(eq(schedule.postId, postId));
	return row?.lead ?? 0;
}

/** Reasons that lie in the case, not in the slot: the next in the list is asked. */
const OF_THE_CASE: readonly RefusalCode[] = [
	'already_booked',
	'bad_transition',
	'forbidden',
	'hearing_by_accused',
	'not_found',
	'slot_overlaps',
	'stale',
];

/** All free seats of one slot, one after the other. */
async function offerSlot(
	ctx: Context,
	{ postId, slot, leadMinutes }: { postId: string; slot: OpenSlot; leadMinutes: number },
): Promise<{ offered: number; nobody: boolean }> {
	const passedOver: string[] = [];
	for (let offered = 0; ;) {
		const until = offerUntil(ctx.clock.now(), { startsAt: slot.startsAt, leadMinutes });
		if (!until) return { offered, nobody: false };
		const entry = await nextFor(ctx, { postId, slot, passedOver });
		if (!entry) return { offered, nobody: await nobodyWaits(ctx, postId) };
		try {
			await change(ctx, (tx) => offer(tx, ctx, { entry, slot, until }));
			offered += 1;
		} catch (problem) {
			if (!(problem instanceof Refusal)) throw problem;
			if (!OF_THE_CASE.includes(problem.code)) return { offered, nobody: false };
			passedOver.push(entry.id);
		}
	}
}

async function nobodyWaits(ctx: Context, postId: string): Promise<boolean> {
	const [row] = await ctx.db
		.select({ id: waitingEntry.id })
		.from(waitingEntry)
		.where(and(eq(waitingEntry.postId, postId), eq(waitingEntry.state, 'waiting'), rested))
		.limit(1);
	return !row;
}

/** Not asked within the last 20 hours. */
const rested = sql`not exists (
	select 1 from hold where hold.id = waiting_entry.hold_id
		and hold.created_at > app_now() - make_interval(hours => ${OFFER_GAP_HOURS}::int))`;

async function nextFor(
	ctx: Context,
	{ postId, slot, passedOver }: { postId: string; slot: OpenSlot; passedOver: readonly string[] },
): Promise<WaitingEntry | null> {
	const [row] = await ctx.db
		.select()
		.from(waitingEntry)
		.where(
			and(
				eq(waitingEntry.postId, postId),
				eq(waitingEntry.state, 'waiting'),
				or(isNull(waitingEntry.notBefore), lte(waitingEntry.notBefore, slot.date)),
				rested,
				// An expired offer passes the seat on, not back; who is choosing just now is left alone.
				sql`not exists (
					select 1 from hold left join seat on seat.hold_id = hold.id
					where hold.grievance_id = ${waitingEntry.grievanceId}
						and ((hold.kind = 'offer' and hold.slot_id = ${slot.slotId})
							or seat.held_until > app_now()))`,
				...(passedOver.length > 0 ? [sql`${waitingEntry.id} not in ${passedOver}`] : []),
			),
		)
		.orderBy(desc(waitingEntry.atHead), asc(waitingEntry.since), asc(waitingEntry.id))
		.limit(1);
	return row ?? null;
}

async function offer(
	tx: Tx,
	ctx: Context,
	{ entry, slot, until }: { entry: WaitingEntry; slot: OpenSlot; until: Date },
): Promise<void> {
	// One worker a slot: the next one sees this offer and takes the next entry for the next seat.
	await tx.execute(
		sql`select pg_advisory_xact_lock(hashtextextended(${`offer ${slot.slotId}`}, 0))`,
	);
	const of = await lockGrievance(tx, entry.grievanceId);
	const minutes = Math.floor((until.getTime() - ctx.clock.now().getTime()) / MINUTE_MS);
	const held = await holdInTransaction(tx, ctx, {
		grievanceId: entry.grievanceId,
		slotId: slot.slotId,
		kind: 'offer',
		minutes,
	});
	written(
		await tx
			.update(waitingEntry)
			.set({
				state: 'offered',
				holdId: held.holdId,
				offeredUntil: held.heldUntil,
				version: entry.version + 1,
			})
			.where(
				and(
					eq(waitingEntry.id, entry.id),
					eq(waitingEntry.version, entry.version),
					eq(waitingEntry.state, 'waiting'),
				),
			)
			.returning({ id: waitingEntry.id }),
	);
	await notify(tx, {
		template: 'hearing_offer',
		to: { kind: 'citizen', id: of.citizenId },
		grievanceId: of.id,
		facts: {
			number: of.number,
			startsAt: slot.startsAt.toISOString(),
			officerPostId: entry.postId,
			untilAt: held.heldUntil.toISOString(),
			linkPath: hearingPath(of.number),
		},
		key: `hearing_offer:${held.holdId}`,
	});
}

/** Offers that ran out: the seat goes to the next, the entry waits on or goes to the desk. */
async function passOn(ctx: Context): Promise<number> {
	const over = await ctx.db
		.select()
		.from(waitingEntry)
		.where(and(eq(waitingEntry.state, 'offered'), lte(waitingEntry.offeredUntil, sql`app_now()`)))
		.orderBy(asc(waitingEntry.offeredUntil))
		.limit(ENTRIES_A_RUN);
	let passed = 0;
	for (const entry of over) {
		passed += await change(ctx, async (tx) => {
			await lockGrievance(tx, entry.grievanceId);
			return (await missOffer(tx, ctx, entry)) ? 1 : 0;
		});
	}
	return passed;
}

/**
 * The offer of an entry came to nothing; its seat is free again. False when somebody was faster. The
 * grievance is locked.
 */
export async function missOffer(tx: Tx, ctx: Context, entry: WaitingEntry): Promise<boolean> {
	const missed = entry.offersMissed + 1;
	const state = afterMissedOffer(missed);
	const [changed] = await tx
		.update(waitingEntry)
		.set({
			state,
			offeredUntil: null,
			offersMissed: missed,
			endedAt: state === 'left' ? ctx.clock.now() : null,
			version: entry.version + 1,
		})
		.where(
			and(
				eq(waitingEntry.id, entry.id),
				eq(waitingEntry.version, entry.version),
				eq(waitingEntry.state, 'offered'),
			),
		)
		.returning({ id: waitingEntry.id });
	if (!changed) return false;
	if (entry.holdId) await dropInTransaction(tx, ctx, entry.holdId);
	// The wish stands: the grievance is on the desk's list, and the desk calls.
	if (state === 'left') await tellWaiting(tx, entry.grievanceId, 'hearing_desk_calls', entry.id);
	return true;
}

/** One message about the waiting list to the citizen of a grievance. */
export async function tellWaiting(
	tx: Tx,
	grievanceId: string,
	template: Extract<Template, 'hearing_desk_calls' | 'hearing_lapsed' | 'hearing_waiting'>,
	cause: string,
): Promise<void> {
	const of = await lockGrievance(tx, grievanceId);
	await notify(tx, {
		template,
		to: { kind: 'citizen', id: of.citizenId },
		grievanceId,
		facts: { number: of.number, linkPath: hearingPath(of.number) },
		key: `${template}:${cause}`,
	});
}

/** Ends a place on the list and gives back what was offered. The grievance is locked. */
export async function endEntry(tx: Tx, ctx: Context, entry: WaitingEntry): Promise<void> {
	written(
		await tx
			.update(waitingEntry)
			.set({
				state: 'left',
				offeredUntil: null,
				endedAt: ctx.clock.now(),
				version: entry.version + 1,
			})
			.where(and(eq(waitingEntry.id, entry.id), eq(waitingEntry.version, entry.version)))
			.returning({ id: waitingEntry.id }),
	);
	if (entry.state === 'offered' && entry.holdId) await dropInTransaction(tx, ctx, entry.holdId);
}

/** Who has nothing left to be heard waits for nothing. */
async function endEntries(ctx: Context): Promise<number> {
	const over = await ctx.db
		.select({ entry: waitingEntry })
		.from(waitingEntry)
		.innerJoin(grievance, eq(grievance.id, waitingEntry.grievanceId))
		.where(
			and(
				inArray(waitingEntry.state, [...LIVE_ENTRIES]),
				sql`${grievance.state}::text not in ${[...OPEN_STATES, 'resolved']}`,
			),
		)
		.limit(ENTRIES_A_RUN);
	for (const { entry } of over) {
		await change(ctx, async (tx) => {
			await lockGrievance(tx, entry.grievanceId);
			const now = await liveEntry(tx, entry.grievanceId);
			if (now) await endEntry(tx, ctx, now);
		});
	}
	return over.length;
}
