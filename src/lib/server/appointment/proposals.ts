import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { isSenior } from '#lib/domain/appointment/proposal.ts';
import {
	afterUnanswered,
	DESK_FIRST_MINUTES,
	earliestProposal,
	proposalAnswerBy,
	proposalOrder,
	type ProposalCandidate,
} from '#lib/domain/appointment/proposal.ts';
import type { SeatGroup } from '#lib/domain/appointment/claim.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { OPEN_STATES } from '#lib/domain/grievance/states.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import { appendEvent, hasHearing, lockGrievance, wishStands } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import { placeBooking } from './booking.ts';
import { endBooking } from './ending.ts';
import { openSlots } from './free-slots.ts';
import { hearingPostsFor } from './hearing-rules.ts';
import { freedIfComing } from './placing.ts';
import { bookingFacts } from './queries.ts';
import { change } from './retry.ts';
import { releaseSeat } from './seats.ts';
import { tellProposed } from './telling.ts';
import { joinWaitingList, liveEntry, tellWaiting } from './waiting.ts';

/** Written on a proposal that ended without the citizen's word. */
export const LAPSED = 'unanswered';
/** Written on a proposal that the citizen could not take. */
export const OTHER_DAY = 'other_day';

const WISHES_A_RUN = 500;
/** Slots that are tried for one wish before it waits. */
const SLOTS_A_WISH = 25;

const jobSchema = v.object({
	/** Only this one, and at once: also before the desk's half hour is over. */
	grievanceId: v.optional(v.string()),
});

export interface ProposalRun {
	proposed: number;
	/** Put on the waiting list, since no seat was free. */
	waiting: number;
	/** Proposals that ran out. */
	lapsed: number;
	/** Nobody is fit to hear them: the desk must choose. */
	unheard: number;
}

/**
 * Job `hearings.propose`, every few minutes: each grievance whose citizen wishes a hearing and has
 * neither a date nor a place on the waiting list gets a proposed seat, or that place when none is
 * free; the citizen is told which. Each in a transaction of its own, asked again under the grievance's
 * lock: two workers, or one that was killed and starts again, propose once.
 */
export async function proposeHearings(ctx: Context, payload: unknown = {}): Promise<ProposalRun> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const { grievanceId } = v.parse(jobSchema, payload);
	const run: ProposalRun = { proposed: 0, waiting: 0, lapsed: await lapse(ctx), unheard: 0 };
	const wishes = await openWishes(ctx, grievanceId);
	const posts = await hearingPostsFor(
		ctx,
		wishes.map(({ id }) => id),
	);
	for (const wish of wishes.sort(proposalOrder)) {
		const postId = posts.get(wish.id);
		if (!postId) run.unheard += 1;
		else {
			const done = await proposeOne(ctx, { ...wish, postId });
			if (done) run[done] += 1;
		}
	}
	return run;
}

/** In a query of grievances: the office failed a hearing that was to be. */
const officeMissed = sql<boolean>`exists (
	select 1 from booking b where b.grievance_id = grievance.id and b.status = 'revoked'
		and b.end_reason is distinct from ${LAPSED})`;

/** In a query of grievances: wishes a hearing, and nothing of it is under way. */
const unserved = sql`${wishStands} and not ${hasHearing} and not exists (
	select 1 from waiting_entry w where w.grievance_id = grievance.id
		and (w.state in ('waiting', 'offered')
			or w.state = 'left' and w.ended_at >= grievance.hearing_requested_at))`;

type Wish = ProposalCandidate & { group: SeatGroup | null };

async function openWishes(ctx: Context, grievanceId: string | undefined): Promise<Wish[]> {
	const rows = await ctx.db
		.select({
			id: grievance.id,
			level: grievance.level,
			filedAt: grievance.filedAt,
			officeMissed,
			dateOfBirth: citizen.dateOfBirth,
		})
		.from(grievance)
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.where(
			and(
				unserved,
				inArray(grievance.state, [...OPEN_STATES, 'resolved']),
				grievanceId
					? eq(grievance.id, grievanceId)
					: sql`${grievance.hearingRequestedAt}
						<= app_now() - make_interval(mins => ${DESK_FIRST_MINUTES}::int)`,
			),
		)
		// The first words of `proposalOrder`, so that a batch holds whose turn it is.
		.orderBy(sql`${officeMissed} desc`, sql`${grievance.level} desc`, asc(grievance.filedAt))
		.limit(WISHES_A_RUN);
	const today = istDate(ctx.clock.now());
	return rows.map(({ dateOfBirth, ...row }) => {
		const group = isSenior(dateOfBirth, today) ? 'senior_citizen' : null;
		return { ...row, group, inGroup: group !== null };
	});
}

/** Reasons that lie in the slot: the next one may do. */
const OF_THE_SLOT: readonly RefusalCode[] = [
	'day_full',
	'slot_closed',
	'slot_full',
	'slot_overlaps',
	'slot_past',
	'slot_too_far',
	'slot_too_soon',
];

interface WishAtPost {
	id: string;
	postId: string;
	group?: SeatGroup | null;
	/** From the waiting list, where the citizen said from which day on. */
	notBefore?: string | null;
}

/**
 * Proposes the first seat that suits; without one the grievance waits on the list. Null when the wish
 * was served or given up meanwhile. The citizen is told.
 */
export async function proposeOne(
	ctx: Context,
	wish: WishAtPost,
): Promise<'proposed' | 'waiting' | null> {
	const now = ctx.clock.now();
	const [window] = await ctx.db
		.select({ leadMinutes: schedule.leadMinutes })
		.from(schedule)
		.where(eq(schedule.postId, wish.postId));
	const slots = await openSlots(ctx, {
		postId: wish.postId,
		from: earliestProposal(now, {
			leadMinutes: window?.leadMinutes ?? 0,
			notBefore: wish.notBefore ?? null,
		}),
		group: wish.group ?? null,
		limit: SLOTS_A_WISH,
	});
	for (const { slotId, startsAt } of slots) {
		try {
			return await change(ctx, (tx) => propose(tx, ctx, wish, { slotId, startsAt }));
		} catch (problem) {
			if (!(problem instanceof Refusal)) throw problem;
			if (!OF_THE_SLOT.includes(problem.code)) return null;
		}
	}
	return change(ctx, async (tx) => {
		const { postId } = wish;
		if (!(await isOpen(tx, wish))) return null;
		const entryId = await joinWaitingList(tx, ctx, { grievanceId: wish.id, postId });
		await tellWaiting(tx, wish.id, 'hearing_waiting', entryId);
		return 'waiting';
	});
}

async function propose(
	tx: Tx,
	ctx: Context,
	wish: WishAtPost,
	{ slotId, startsAt }: { slotId: string; startsAt: Date },
): Promise<'proposed' | null> {
	if (!(await isOpen(tx, wish))) return null;
	const answerBy = proposalAnswerBy(ctx.clock.now(), startsAt);
	const made = await placeBooking(tx, ctx, {
		grievanceId: wish.id,
		slotId,
		channel: 'proposal',
		status: 'proposed',
		answerBy,
		byOffice: true,
		...(wish.group && { group: wish.group, quotas: ['general', wish.group] }),
	});
	await tellProposed(tx, made, answerBy);
	return 'proposed';
}

/** Under the grievance's lock: still nothing of the wish is under way, or it waits on the list. */
async function isOpen(tx: Tx, { id, notBefore }: WishAtPost): Promise<boolean> {
	await lockGrievance(tx, id);
	if (notBefore !== undefined) return (await liveEntry(tx, id))?.state === 'waiting';
	const [row] = await tx
		.select({ id: grievance.id })
		.from(grievance)
		.where(and(eq(grievance.id, id), unserved));
	return row !== undefined;
}

/**
 * Takes back the proposals whose time to answer is over. The seat goes to others; the citizen gets
 * one more proposal, and after the second a place on the waiting list. Answers how many.
 */
async function lapse(ctx: Context): Promise<number> {
	const over = and(eq(booking.status, 'proposed'), lte(booking.answerBy, sql`app_now()`));
	const rows = await ctx.db
		.select({ id: booking.id, grievanceId: booking.grievanceId })
		.from(booking)
		.where(over)
		.orderBy(asc(booking.answerBy))
		.limit(WISHES_A_RUN);
	let lapsed = 0;
	for (const { id, grievanceId } of rows) {
		lapsed += await change(ctx, async (tx) => {
			await lockGrievance(tx, grievanceId);
			const [still] = await tx
				.select({ id: booking.id })
				.from(booking)
				.where(and(eq(booking.id, id), over));
			if (!still) return 0;
			await lapseOne(tx, ctx, id);
			return 1;
		});
	}
	return lapsed;
}

async function lapseOne(tx: Tx, ctx: Context, bookingId: string): Promise<void> {
	const { grievanceId, postId, startsAt, slotId } = await bookingFacts(tx, bookingId);
	await endBooking(tx, bookingId, 'revoked', { reason: LAPSED });
	await appendEvent(tx, ctx, grievanceId, {
		type: 'hearing_lapsed',
		public: true,
		data: { bookingId, postId, startsAt: startsAt.toISOString() },
	});
	await releaseSeat(tx, bookingId);
	await freedIfComing(tx, ctx, slotId);
	if (afterUnanswered(await endedProposals(tx, grievanceId, LAPSED)) === 'propose') return;
	const { state } = await lockGrievance(tx, grievanceId);
	if (![...OPEN_STATES, 'resolved'].some((open) => open === state)) return;
	await joinWaitingList(tx, ctx, { grievanceId, postId });
	await tellWaiting(tx, grievanceId, 'hearing_lapsed', bookingId);
}

/** How often a proposal of the present wish ended for that reason. */
export async function endedProposals(
	tx: Tx,
	grievanceId: string,
	reason: typeof LAPSED | typeof OTHER_DAY,
): Promise<number> {
	// A wish for another day begins the wish anew; those are counted over a month.
	const since =
		reason === LAPSED ? sql`g.hearing_requested_at` : sql`app_now() - interval '30 days'`;
	const [row] = await tx.execute<{ count: number }>(sql`
		select count(*)::int as count
		from booking b join grievance g on g.id = b.grievance_id
		where b.grievance_id = ${grievanceId} and b.end_reason = ${reason}
			and b.created_at >= coalesce(${since}, g.filed_at)`);
	return row?.count ?? 0;
}
