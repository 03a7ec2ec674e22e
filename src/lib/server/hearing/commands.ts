import { and, asc, count, eq, inArray, isNotNull } from 'drizzle-orm';
import { transitionBooking } from '#lib/domain/appointment/booking.ts';
import { queueOrder, requeue as requeuedOrder } from '#lib/domain/appointment/queue.ts';
import { lobbyOpensAt } from '#lib/domain/appointment/sitting.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { checkConclusion, effectsOf } from '#lib/domain/hearing/conclusion.ts';
import { callEndsAt } from '#lib/domain/hearing/states.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { cleanText, fitsIn } from '#lib/domain/identity/text.ts';
import { REPORT_TEXT_MAX } from '#lib/domain/hearing/direction.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { formatTime } from '#lib/domain/format/date.ts';
import {
	bookFollowUp,
	setBookingStatus,
	setSittingState,
	type BookingFacts as Follow,
} from '#lib/server/appointment/index.ts';
import { booking, slot } from '#lib/server/db/schema/appointment.ts';
import { direction, hearing, hearingParty } from '#lib/server/db/schema/hearing.ts';
import {
	appendEvent,
	grievanceFacts,
	lockGrievance,
	purgeProofPhoto,
	resolveByOrder,
} from '#lib/server/grievance/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { announce, found, inTransaction, type Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { requireHearingPost } from './policy.ts';
import { recordPresence } from './presence-store.ts';
import {
	ensureHearings,
	ensureParty,
	hearingFacts,
	isCurrent,
	isHere,
	isQueued,
	listOf,
	lockHearing,
	lockSitting,
	permit,
	roomOf,
	runningCall,
	saveHearing,
	sittingRow,
	type HearingRecord,
	type ListEntry,
	type SittingRecord,
} from './rows.ts';
import { ConclusionRefused, type Conclude, type Concluded } from './types.ts';

/**
 * Opens a sitting from 60 minutes before its start: hearings of all confirmed bookings are made and
 * their lobby is open.
 * @throws {Refusal} `forbidden`, `sitting_too_early` (with the time), `bad_transition`
 */
export async function openSitting(ctx: Context, sittingId: string): Promise<void> {
	const row = await sittingRow(ctx.db, sittingId);
	requireHearingPost(ctx, row.postId);
	const opensAt = lobbyOpensAt(row.startsAt);
	if (ctx.clock.now() < opensAt) {
		throw new Refusal('sitting_too_early', { time: formatTime(opensAt) });
	}
	await inTransaction(ctx.db, async (tx) => {
		await setSittingState(tx, ctx, sittingId, 'open');
		await ensureHearings(tx, await lockSitting(tx, sittingId));
		await announce(tx, 'sitting', sittingId);
	});
}

/**
 * Closes a sitting. Whoever still waits was not heard through no fault of theirs: their booking is
 * given up by the office and their request for a hearing stands.
 * @throws {Refusal} `hearing_running` while people sit together
 */
export async function closeSitting(ctx: Context, sittingId: string): Promise<void> {
	const row = await sittingRow(ctx.db, sittingId);
	requireHearingPost(ctx, row.postId);
	await inTransaction(ctx.db, async (tx) => {
		const locked = await lockSitting(tx, sittingId);
		await ensureHearings(tx, locked);
		const entries = await listOf(tx, sittingId, ctx.locale);
		if (
			entries.some(({ hearing: one }) => one?.state === 'in_session' || one?.state === 'paused')
		) {
			throw new Refusal('hearing_running');
		}
		for (const { hearing: one } of entries) {
			if (!one || one.state === 'concluded' || one.state === 'cancelled') continue;
			await concludeIn(tx, ctx, one, {
				hearingId: one.id,
				disposition: 'officer_absent',
				order: null,
				reasons: null,
				nextSlotId: null,
			});
		}
		await setSittingState(tx, ctx, sittingId, 'close');
		await announce(tx, 'sitting', sittingId);
	});
}

/**
 * Whom "call next" calls: the first in the queue whose page is open, else the first in the queue.
 * `entries` is the whole list.
 */
export function nextToCall(entries: readonly ListEntry[], now: Date): ListEntry | null {
	const queue = queueOrder(entries.filter(isQueued));
	return queue.find(({ citizen }) => isHere(citizen, now)) ?? queue[0] ?? null;
}

/**
 * Calls the next citizen for 120 s. A call that ran out is skipped first (three places back). The
 * room is made before anything is written.
 * @throws {Refusal} `livekit_down`, `queue_empty`, `already_called`, `hearing_running`, `sitting_not_open`
 */
export async function callNext(
	ctx: Context,
	sittingId: string,
): Promise<{ hearingId: string; tokenNo: number }> {
	const row = await sittingRow(ctx.db, sittingId);
	const actor = requireHearingPost(ctx, row.postId);
	const candidate = pickNext(row, await listOf(ctx.db, sittingId, ctx.locale), ctx.clock.now());
	await makeRoom(ctx, roomOf(candidate.bookingId));

	return inTransaction(ctx.db, async (tx) => {
		const now = ctx.clock.now();
		const locked = await lockSitting(tx, sittingId);
		await ensureHearings(tx, locked);
		const before = await listOf(tx, sittingId, ctx.locale);
		// Looked at again under the lock: somebody may have called or concluded meanwhile.
		pickNext(locked, before, now);
		for (const { hearing: one } of before.filter(isCurrent)) {
			if (one) await requeueIn(tx, ctx, one);
		}
		const entries = await listOf(tx, sittingId, ctx.locale);
		const chosen = entries.find(({ bookingId }) => bookingId === candidate.bookingId);
		// The queue moved between the two looks: the page shows it anew.
		if (!chosen?.hearing || !isQueued(chosen)) throw new Refusal('stale');
		permit(chosen.hearing, { type: 'call' }, now);
		const saved = await saveHearing(tx, chosen.hearing, {
			calledAt: now,
			callUntil: callEndsAt(now),
		});
		const { citizenId } = await hearingFacts(tx, saved.id);
		const party = await ensureParty(tx, saved.id, 'citizen', citizenId);
		await recordPresence(tx, party, [{ type: 'called', at: now }]);
		await ensureParty(tx, saved.id, 'hearing_officer', actor.postId);
		await notify(tx, {
			template: 'hearing_called',
			to: { kind: 'citizen', id: citizenId },
			grievanceId: saved.grievanceId,
			facts: { number: chosen.number, linkPath: `/h/${chosen.booking.linkCode}` },
			key: `hearing_called:${saved.id}:${saved.version}`,
		});
		await announce(tx, 'sitting', sittingId);
		return { hearingId: saved.id, tokenNo: chosen.tokenNo };
	});
}

function pickNext(row: SittingRecord, entries: readonly ListEntry[], now: Date): ListEntry {
	if (row.state !== 'open') throw new Refusal('sitting_not_open');
	const current = entries.find(isCurrent)?.hearing;
	const call = current ? runningCall(current) : null;
	if (current && !call) throw new Refusal('hearing_running');
	if (call && now < call.callUntil) throw new Refusal('already_called');
	// One who did not answer goes back three places, so others come first when there are any.
	const others = nextToCall(entries, now);
	const skipped = entries.find((entry) => entry.hearing?.id === current?.id && current);
	const next = others ?? skipped;
	if (!next) throw new Refusal('queue_empty');
	return next;
}

/** Makes the room; a server that does not answer is `livekit_down`. */
export async function makeRoom(ctx: Context, room: string): Promise<void> {
	try {
		await ctx.livekit.createRoom(room);
	} catch (error) {
		ctx.log.warn({ err: error }, 'the video server did not make a room');
		throw new Refusal('livekit_down');
	}
}

/**
 * Ends a call without an answer: the citizen goes three places back and stays in the queue.
 * @throws {Refusal} `not_called`, `stale`
 */
export async function requeue(ctx: Context, hearingId: string): Promise<void> {
	const facts = await hearingFacts(ctx.db, hearingId);
	requireHearingPost(ctx, facts.sitting.postId);
	await inTransaction(ctx.db, async (tx) => {
		const { hearing: row } = await lockHearing(tx, hearingId);
		await requeueIn(tx, ctx, row);
		await announce(tx, 'sitting', row.sittingId);
	});
}

async function requeueIn(tx: Tx, ctx: Context, row: HearingRecord): Promise<void> {
	const now = ctx.clock.now();
	permit(row, { type: 'requeue' }, now);
	const entries = await listOf(tx, row.sittingId, ctx.locale);
	const waiting = entries.filter((entry) => isQueued(entry) || entry.hearing?.id === row.id);
	for (const entry of requeuedOrder(waiting, row.bookingId)) {
		const { hearing: one } = entry;
		if (!one || one.id === row.id || entry.position === one.queueRank) continue;
		await saveHearing(tx, one, { queueRank: entry.position ?? one.queueRank });
	}
	const own = requeuedOrder(waiting, row.bookingId).find(({ hearing: one }) => one?.id === row.id);
	await saveHearing(tx, row, {
		callUntil: row.calledAt,
		queueRank: own?.position ?? row.queueRank,
	});
	await recordForCitizen(tx, row.id, now, 'call_missed');
	const { citizenId } = await hearingFacts(tx, row.id);
	const line = entries.find(({ hearing: one }) => one?.id === row.id);
	await notify(tx, {
		template: 'hearing_missed',
		to: { kind: 'citizen', id: citizenId },
		grievanceId: row.grievanceId,
		facts: { number: line?.number ?? '', token: line?.tokenNo ?? 0 },
		key: `hearing_missed:${row.id}:${row.version}`,
	});
}

async function recordForCitizen(
	tx: Tx,
	hearingId: string,
	at: Date,
	type: 'call_missed',
): Promise<void> {
	const [party] = await tx
		.select()
		.from(hearingParty)
		.where(and(eq(hearingParty.hearingId, hearingId), eq(hearingParty.kind, 'citizen')))
		.for('update');
	if (party) await recordPresence(tx, party, [{ type, at }]);
}

/**
 * Ends a hearing. In one transaction: the hearing, its booking, the directions (now open, with their
 * clocks), the next date of an adjournment, the grievance's timeline and, with a granting or refusing
 * order, its resolution, and every message. The room is closed afterwards.
 * @throws {ConclusionRefused} naming what is missing or wrong
 * @throws {Refusal} `already_concluded`, `bad_transition`, `slot_full`, `slot_past`, `stale`
 */
export async function conclude(ctx: Context, input: Conclude): Promise<Concluded> {
	const facts = await hearingFacts(ctx.db, input.hearingId);
	requireHearingPost(ctx, facts.sitting.postId);
	const result = await inTransaction(ctx.db, async (tx) => {
		const { hearing: row } = await lockHearing(tx, input.hearingId);
		const done = await concludeIn(tx, ctx, row, input);
		await announce(tx, 'sitting', row.sittingId);
		return done;
	});
	// The job queued with the conclusion does it again when this does not reach the server.
	await ctx.livekit.closeRoom(facts.hearing.room).catch(() => {});
	return result;
}

/** The citizen did not come, although called. Only a person says so. */
export async function markAbsent(ctx: Context, hearingId: string): Promise<Concluded> {
	return conclude(ctx, {
		hearingId,
		disposition: 'citizen_absent',
		order: null,
		reasons: null,
		nextSlotId: null,
	});
}

async function concludeIn(
	tx: Tx,
	ctx: Context,
	row: HearingRecord,
	input: Conclude,
): Promise<Concluded> {
	const now = ctx.clock.now();
	const { disposition } = input;
	const actor = staff(ctx);
	const order = disposition === 'heard' ? input.order : null;
	const reasons = input.reasons ? maskAadhaarNumbers(cleanText(input.reasons)).text || null : null;
	if (row.state === 'concluded') throw new Refusal('already_concluded');
	if (reasons && !fitsIn(reasons, REPORT_TEXT_MAX)) throw new Refusal('text_too_long');

	const drafts = await tx
		.select()
		.from(direction)
		.where(and(eq(direction.hearingId, row.id), eq(direction.state, 'drafted')))
		.orderBy(asc(direction.id))
		.for('update');
	const nextAt = input.nextSlotId ? await slotStart(tx, input.nextSlotId, actor) : null;
	const issues = checkConclusion({
		disposition,
		order: input.order,
		reasons,
		directions: drafts.map(({ kind, directedPostId, dueAt }) => ({
			kind,
			postId: directedPostId,
			dueDate: istDate(dueAt),
		})),
		nextSlotStart: nextAt,
		hearingState: row.state,
		now,
	});
	if (issues.length > 0) throw new ConclusionRefused(issues);
	permit(row, { type: 'conclude', disposition }, now);

	// Every writer of one grievance waits here, so its proceedings are numbered without gaps.
	await lockGrievance(tx, row.grievanceId);
	const grievance = await grievanceFacts(tx, row.grievanceId);
	const effects = effectsOf({ disposition, order });
	await giveUpSeat(tx, ctx, row.bookingId, effects.booking);
	const next =
		effects.booksNextDate && input.nextSlotId
			? await bookFollowUp(tx, ctx, {
					grievanceId: row.grievanceId,
					slotId: input.nextSlotId,
					supersedesId: row.bookingId,
				})
			: null;

	const proceedingNo = `${grievance.number}/${(await concludedBefore(tx, row.grievanceId)) + 1}`;
	await saveHearing(tx, row, {
		state: 'concluded',
		disposition,
		order,
		reasons,
		concludedAt: now,
		concludedByPersonId: actor.personId,
		nextBookingId: next?.id ?? null,
		proceedingNo,
	});
	// It was shown for this conversation only.
	await purgeProofPhoto(tx, row.grievanceId);
	await appendEvent(tx, ctx, row.grievanceId, {
		type: 'hearing_concluded',
		public: true,
		data: {
			hearingId: row.id,
			disposition,
			order,
			proceedingNo,
			nextAt: nextAt?.toISOString() ?? null,
		},
	});
	for (const draft of drafts) {
		await tx
			.update(direction)
			.set({
				state: 'open',
				issuedAt: now,
				ownedSince: now,
				deadline: draft.dueAt,
				nextScanAt: draft.dueAt,
				version: draft.version + 1,
			})
			.where(eq(direction.id, draft.id));
		await appendEvent(tx, ctx, row.grievanceId, {
			type: 'direction_issued',
			public: true,
			data: {
				directionId: draft.id,
				kind: draft.kind,
				toPostId: draft.directedPostId,
				dueAt: draft.dueAt.toISOString(),
			},
			note: draft.text,
		});
		await notify(tx, {
			template: 'direction_issued',
			to: { kind: 'post', id: draft.directedPostId },
			grievanceId: row.grievanceId,
			facts: {
				number: grievance.number,
				issuerPostId: draft.issuerPostId,
				kindKey: `direction_kind_${draft.kind}`,
				dueOn: draft.dueAt.toISOString(),
			},
			key: `direction_issued:${draft.id}`,
		});
	}
	if (effects.resolvesGrievance && order) {
		await resolveByOrder(tx, ctx, row.grievanceId, { order });
	}
	await tellCitizen(tx, row, grievance, { disposition, order, next });
	await queueJob(tx, 'rooms.close', { room: row.room }, { jobKey: `rooms.close:${row.id}` });
	return { proceedingNo, nextAt };
}

function staff(ctx: Context): StaffActor {
	if (ctx.actor.kind !== 'staff') throw new Refusal('forbidden');
	return ctx.actor;
}

/** An officer gives away seats of the own post, not of others. */
async function slotStart(tx: Tx, slotId: string, { postId }: StaffActor): Promise<Date> {
	const [row] = await tx
		.select({ startsAt: slot.startsAt })
		.from(slot)
		.where(and(eq(slot.id, slotId), eq(slot.postId, postId)));
	return found(row).startsAt;
}

async function giveUpSeat(
	tx: Tx,
	ctx: Context,
	bookingId: string,
	event: Parameters<typeof transitionBooking>[1],
): Promise<void> {
	const [row] = await tx
		.select({ status: booking.status })
		.from(booking)
		.where(eq(booking.id, bookingId));
	const result = transitionBooking(found(row).status, event);
	if ('refusal' in result) throw new Refusal(result.refusal);
	if (result.state === 'proposed') throw new Refusal('bad_transition');
	await setBookingStatus(tx, ctx, bookingId, result.state);
}

async function concludedBefore(tx: Tx, grievanceId: string): Promise<number> {
	const [row] = await tx
		.select({ count: count() })
		.from(hearing)
		.where(and(eq(hearing.grievanceId, grievanceId), isNotNull(hearing.proceedingNo)));
	return row?.count ?? 0;
}

async function tellCitizen(
	tx: Tx,
	row: HearingRecord,
	grievance: { id: string; number: string; citizenId: string },
	{ disposition, order, next }: Pick<Conclude, 'disposition' | 'order'> & { next: Follow | null },
): Promise<void> {
	const template = next ? ('hearing_adjourned' as const) : ('hearing_outcome' as const);
	const result =
		order && order !== 'none_yet' ? `hearing_order_${order}` : `hearing_disposition_${disposition}`;
	await notify(tx, {
		template,
		to: { kind: 'citizen', id: grievance.citizenId },
		grievanceId: grievance.id,
		facts: next
			? {
					number: grievance.number,
					startsAt: next.startsAt.toISOString(),
					officerPostId: next.postId,
					token: next.tokenNo,
					linkPath: `/h/${next.linkCode}`,
				}
			: {
					number: grievance.number,
					resultKey: result,
					linkPath: `/citizen/grievances/${grievance.number}/proceedings/${row.id}`,
				},
		key: `${template}:${row.id}`,
	});
}

/** Ids of the hearings that run now, for the jobs. */
export async function runningHearings(ctx: Context): Promise<HearingRecord[]> {
	const rows = await ctx.db
		.select()
		.from(hearing)
		.where(inArray(hearing.state, ['lobby_open', 'in_session', 'paused']));
	return rows.filter((row) => row.state !== 'lobby_open' || runningCall(row) !== null);
}
