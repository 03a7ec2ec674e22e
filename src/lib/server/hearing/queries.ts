import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { estimatedWait, peopleAhead, queueOrder } from '#lib/domain/appointment/queue.ts';
import { lobbyOpensAt } from '#lib/domain/appointment/sitting.ts';
import { addDays, endOfIstDay, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { attendance as sumStays } from '#lib/domain/hearing/presence.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { freeSlotsAfter } from '#lib/server/appointment/index.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { hearing, hearingParty } from '#lib/server/db/schema/hearing.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { person } from '#lib/server/db/schema/masters.ts';
import { grievanceFacts, mayStaffSee } from '#lib/server/grievance/index.ts';
import { namesOfPosts, postView } from '#lib/server/masters/index.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { orErased } from '#lib/server/platform/words.ts';
import { nextToCall } from './commands.ts';
import { directionsOfHearing } from './directions.ts';
import { requireHearingPost, requireParty, requireStaffActor } from './policy.ts';
import { intervalOf, staysOf } from './presence-store.ts';
import {
	hearingFacts,
	isCurrent,
	isHere,
	isQueued,
	listOf,
	medianMinutes,
	runningCall,
	sittingRow,
	type ListEntry,
} from './rows.ts';
import type {
	CauseRow,
	CauseStatus,
	CurrentHearing,
	DeskView,
	Proceeding,
	SittingRow,
	WaitingView,
} from './types.ts';

/** The officer's own sittings: today's, those to come and those of the last 30 days. */
export async function sittingsOf(
	ctx: Context,
): Promise<{ today: SittingRow[]; upcoming: SittingRow[]; past: SittingRow[] }> {
	const actor = requireStaffActor(ctx);
	requireHearingPost(ctx, actor.postId);
	const now = ctx.clock.now();
	const today = istDate(now);
	const rows = await ctx.db
		.select({
			id: sitting.id,
			startsAt: sitting.startsAt,
			endsAt: sitting.endsAt,
			state: sitting.state,
			mode: sitting.mode,
			total: sql<number>`count(${booking.id}) filter (where ${booking.status} = 'confirmed' or ${hearing.state} = 'concluded')::int`,
			done: sql<number>`count(${hearing.id}) filter (where ${hearing.state} = 'concluded')::int`,
		})
		.from(sitting)
		.leftJoin(booking, eq(booking.sittingId, sitting.id))
		.leftJoin(hearing, eq(hearing.bookingId, booking.id))
		.where(
			and(
				eq(sitting.postId, actor.postId),
				gte(sitting.startsAt, istInstant(addDays(today, -30))),
				lt(sitting.startsAt, istInstant(addDays(today, 60))),
			),
		)
		.groupBy(sitting.id)
		.orderBy(asc(sitting.startsAt));
	const day = (row: SittingRow) => istDate(row.startsAt);
	// One that was never closed stays in view until it is.
	const running = (row: SittingRow) => row.state === 'open' || row.state === 'paused';
	return {
		today: rows.filter((row) => day(row) === today || running(row)),
		upcoming: rows.filter((row) => day(row) > today && !running(row)),
		past: rows.filter((row) => day(row) < today && !running(row)).reverse(),
	};
}

/**
 * Everything that the officer's screen shows of a sitting, the case file aside.
 * @throws {Refusal} `forbidden` for anybody but the post that hears
 */
export async function deskOf(ctx: Context, sittingId: string): Promise<DeskView> {
	const of = await sittingRow(ctx.db, sittingId);
	const actor = requireHearingPost(ctx, of.postId);
	const now = ctx.clock.now();
	const entries = await listOf(ctx.db, sittingId, ctx.locale);
	const queue = queueOrder(entries.filter(isQueued));
	const done = entries.filter(({ hearing: one }) => one?.state === 'concluded').length;
	const median = medianMinutes(entries);
	const left = entries.length - done;
	const pace = median ?? slotMinutes(entries);
	const next = nextToCall(entries, now);
	const current = entries.find(isCurrent);
	return {
		now,
		sitting: {
			id: of.id,
			startsAt: of.startsAt,
			endsAt: of.endsAt,
			state: of.state,
			mode: of.mode,
			postId: of.postId,
			postName: (await postView(ctx, actor.postId)).name,
			opensAt: lobbyOpensAt(of.startsAt),
			mayOpen: of.state === 'planned' && now >= lobbyOpensAt(of.startsAt),
		},
		total: entries.length,
		done,
		medianMinutes: median,
		expectedEnd: new Date(Math.max(now.getTime(), of.startsAt.getTime()) + left * pace * 60_000),
		rows: entries.map((entry) => causeRow(entry, queue, now)),
		current: current ? await currentHearing(ctx, of.postId, current) : null,
		next: next
			? { bookingId: next.bookingId, tokenNo: next.tokenNo, here: isHere(next.citizen, now) }
			: null,
	};
}

/**
 * The case that the officer's screen shows: the one asked for when it is on the list, else the one in
 * the room, else the next, else the first. Null for an empty list.
 */
export async function caseOnDesk(
	ctx: Context,
	sittingId: string,
	bookingId: string | null,
): Promise<{ bookingId: string; grievanceId: string } | null> {
	const of = await sittingRow(ctx.db, sittingId);
	requireHearingPost(ctx, of.postId);
	const entries = await listOf(ctx.db, sittingId, ctx.locale);
	const shown =
		entries.find((entry) => entry.bookingId === bookingId) ??
		entries.find(isCurrent) ??
		nextToCall(entries, ctx.clock.now()) ??
		entries[0];
	return shown ? { bookingId: shown.bookingId, grievanceId: shown.booking.grievanceId } : null;
}

/** Length of the first slot on the list, for a sitting without a pace of its own. */
function slotMinutes(entries: readonly ListEntry[]): number {
	const [first] = entries;
	return first ? (first.endsAt.getTime() - first.startsAt.getTime()) / 60_000 : 10;
}

function causeRow(entry: ListEntry, queue: readonly ListEntry[], now: Date): CauseRow {
	const index = queue.findIndex(({ bookingId }) => bookingId === entry.bookingId);
	return {
		bookingId: entry.bookingId,
		hearingId: entry.hearing?.id ?? null,
		grievanceId: entry.booking.grievanceId,
		number: entry.number,
		title: entry.title,
		tokenNo: entry.tokenNo,
		startsAt: entry.startsAt,
		status: statusOf(entry, now),
		disposition: entry.hearing?.disposition ?? null,
		wasCalled: entry.hearing?.calledAt != null,
		place: index < 0 ? null : index + 1,
	};
}

function statusOf(entry: ListEntry, now: Date): CauseStatus {
	const { hearing: row, citizen: party } = entry;
	if (row?.state === 'concluded') return 'done';
	if (row?.state === 'in_session' || row?.state === 'paused') return row.state;
	if (row && runningCall(row)) return 'called';
	if (isHere(party, now)) return 'waiting';
	return row?.calledAt ? 'no_answer' : 'not_here';
}

async function currentHearing(
	ctx: Context,
	postId: string,
	entry: ListEntry,
): Promise<CurrentHearing | null> {
	const { hearing: row, citizen: party } = entry;
	if (!row) return null;
	const drafts = await directionsOfHearing(ctx, row.id, ['drafted']);
	const lastDue = drafts.reduce<Date | null>(
		(last, { dueAt }) => (last && last > dueAt ? last : dueAt),
		null,
	);
	// Not again on the day of this hearing, and not before the reports are due.
	const after = lastDue ?? endOfIstDay(istDate(ctx.clock.now()));
	const slots = await freeSlotsAfter(ctx, postId, after, 40);
	const { againstPostId } = await grievanceFacts(ctx.db, row.grievanceId);
	return {
		hearingId: row.id,
		bookingId: entry.bookingId,
		grievanceId: row.grievanceId,
		number: entry.number,
		tokenNo: entry.tokenNo,
		state: row.state,
		callUntil: runningCall(row)?.callUntil ?? null,
		startedAt: row.startedAt,
		citizenPresence: party?.presence ?? 'invited',
		accusedPostId: againstPostId,
		drafts,
		nextSlots: slots.map(({ id, startsAt, free }) => ({ id, startsAt, free })),
	};
}

/**
 * What the citizen's page shows now.
 * @throws {Refusal} `hearing_not_yours`
 */
export async function waiting(ctx: Context, hearingId: string): Promise<WaitingView> {
	const facts = await hearingFacts(ctx.db, hearingId);
	requireParty(ctx, facts.citizenId);
	const { hearing: row, sitting: of } = facts;
	const now = ctx.clock.now();
	const entries = await listOf(ctx.db, of.id, ctx.locale);
	const entry = entries.find(({ hearing: one }) => one?.id === row.id);
	const grievanceRow = await grievanceFacts(ctx.db, row.grievanceId);
	const opensAt = lobbyOpensAt(facts.startsAt);
	const state = stateOf(facts, now);
	const behind = queueOrder(entries.filter(isQueued));
	const inQueue = peopleAhead(behind, row.bookingId);
	const ahead = inQueue === null ? null : inQueue + entries.filter(isCurrent).length;
	const untilStart =
		of.state === 'planned' ? Math.max(0, (of.startsAt.getTime() - now.getTime()) / 60_000) : 0;
	const call = runningCall(row);
	return {
		now,
		hearingId: row.id,
		sittingId: of.id,
		state,
		tokenNo: facts.booking.tokenNo,
		ahead,
		etaMinutes:
			ahead === null
				? null
				: Math.ceil(untilStart) +
					estimatedWait(ahead, slotMinutes(entries), medianMinutes(entries)),
		startsAt: facts.startsAt,
		opensAt,
		sittingState: of.state,
		callUntil: call?.callUntil ?? null,
		missedCall: row.state === 'lobby_open' && row.calledAt !== null && !call,
		officer: (await postView(ctx, of.postId)).name,
		number: grievanceRow.number,
		title: grievanceRow.title[ctx.locale],
		left: entry?.citizen?.presence === 'left',
		removed: entry?.citizen?.presence === 'removed',
		outcome:
			state === 'ended'
				? {
						disposition: row.disposition,
						order: row.order,
						nextAt: row.nextBookingId ? await startOf(ctx, row.nextBookingId) : null,
						bookingStatus: facts.booking.status,
						hasProceeding: row.proceedingNo !== null,
					}
				: null,
	};
}

function stateOf(facts: Awaited<ReturnType<typeof hearingFacts>>, now: Date): WaitingView['state'] {
	const { hearing: row, sitting: of, booking: booked } = facts;
	if (row.state === 'concluded' || row.state === 'cancelled') return 'ended';
	if (booked.status !== 'confirmed' && booked.status !== 'proposed') return 'ended';
	if (row.state === 'in_session' || row.state === 'paused') return 'in_session';
	if (of.state === 'closed' || of.state === 'cancelled') return 'ended';
	if (runningCall(row)) return 'called';
	if (row.state === 'lobby_open') return 'waiting';
	return now < lobbyOpensAt(facts.startsAt) ? 'too_early' : 'waiting';
}

async function startOf(ctx: Context, bookingId: string): Promise<Date | null> {
	const [row] = await ctx.db
		.select({ startsAt: slot.startsAt })
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.where(eq(booking.id, bookingId));
	return row?.startsAt ?? null;
}

/** The sitting that a party of the hearing, or its officer, may watch. @throws {Refusal} `hearing_not_yours`, `forbidden` */
export async function watchedSitting(ctx: Context, hearingId: string): Promise<string> {
	const facts = await hearingFacts(ctx.db, hearingId);
	if (ctx.actor.kind === 'staff') requireHearingPost(ctx, facts.sitting.postId);
	else requireParty(ctx, facts.citizenId);
	return facts.sitting.id;
}

/** @throws {Refusal} `forbidden` for anybody but the post that hears */
export async function requireSitting(ctx: Context, sittingId: string): Promise<string> {
	const of = await sittingRow(ctx.db, sittingId);
	requireHearingPost(ctx, of.postId);
	return of.id;
}

/**
 * The order sheet of a concluded hearing, for its citizen and for staff who may see the grievance.
 * @throws {Refusal} `hearing_not_yours`, `forbidden`, `not_found` before the end
 */
export async function proceedingOf(ctx: Context, hearingId: string): Promise<Proceeding> {
	const facts = await hearingFacts(ctx.db, hearingId);
	const { hearing: row } = facts;
	const grievanceRow = await grievanceFacts(ctx.db, row.grievanceId);
	if (ctx.actor.kind === 'staff') {
		if (!mayStaffSee(ctx, grievanceRow)) throw new Refusal('forbidden');
	} else {
		requireParty(ctx, facts.citizenId);
	}
	const { concludedAt, disposition, proceedingNo } = row;
	if (!concludedAt || !disposition || !proceedingNo) throw new Refusal('not_found');
	const [texts] = await ctx.db
		.select({
			details: grievance.details,
			relief: grievance.relief,
			name: sql<string | null>`case when ${grievance.erasedAt} is null then ${citizen.name} end`,
		})
		.from(grievance)
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.where(eq(grievance.id, row.grievanceId));
	const against = grievanceRow.againstPostId;
	const names = await namesOfPosts(
		ctx.db,
		[facts.sitting.postId, ...(against ? [against] : [])],
		ctx.locale,
	);
	const said = found(texts);
	return {
		hearingId: row.id,
		proceedingNo,
		grievanceNumber: grievanceRow.number,
		title: grievanceRow.title[ctx.locale],
		details: orErased(said.details, ctx.locale),
		relief: orErased(said.relief, ctx.locale),
		against: against ? (names.get(against) ?? null) : null,
		officer: {
			post: names.get(facts.sitting.postId) ?? '',
			person: row.concludedByPersonId ? await personName(ctx, row.concludedByPersonId) : null,
		},
		citizenName: said.name,
		sittingDate: facts.sitting.startsAt,
		tokenNo: facts.booking.tokenNo,
		mode: facts.sitting.mode,
		startedAt: row.startedAt,
		concludedAt,
		disposition,
		order: row.order,
		reasons: row.reasons === null ? null : orErased(row.reasons, ctx.locale),
		nextAt: row.nextBookingId ? await startOf(ctx, row.nextBookingId) : null,
		attendance: await attendanceOf(ctx, row.id, concludedAt, said.name),
		directions: await directionsOfHearing(ctx, row.id, ['open', 'answered', 'cancelled']),
	};
}

async function personName(ctx: Context, id: string): Promise<string | null> {
	const [row] = await ctx.db.select().from(person).where(eq(person.id, id));
	if (!row) return null;
	return ctx.locale === 'en' ? row.nameEn : row.nameHi;
}

async function attendanceOf(
	ctx: Context,
	hearingId: string,
	until: Date,
	citizenName: string | null,
): Promise<Proceeding['attendance']> {
	const parties = await ctx.db
		.select()
		.from(hearingParty)
		.where(eq(hearingParty.hearingId, hearingId))
		.orderBy(asc(hearingParty.kind));
	const names = await namesOfPosts(
		ctx.db,
		parties.filter(({ kind }) => kind !== 'citizen').map(({ partyId }) => partyId),
		ctx.locale,
	);
	return Promise.all(
		parties.map(async (party) => {
			const stays = await staysOf(ctx.db, party.id);
			const intervals = stays
				.map((stay) => intervalOf(stay, party.seenAt))
				// Nobody attends after the end; a room that closes late adds nothing.
				.map((one) => ({ ...one, to: one.to && one.to > until ? until : one.to }));
			const first = stays.reduce<Date | null>(
				(earliest, { joinedAt }) => (earliest && earliest < joinedAt ? earliest : joinedAt),
				null,
			);
			const name =
				party.kind === 'citizen'
					? (citizenName ?? m.hearing_party_citizen({}, ctx))
					: (names.get(party.partyId) ?? '');
			return { kind: party.kind, name, firstJoinedAt: first, ...sumStays(intervals, until) };
		}),
	);
}

/** Hearings of a grievance that have ended, newest first: what the case file and tracking link to. */
export async function proceedingsOf(
	ctx: Context,
	grievanceId: string,
): Promise<{ hearingId: string; proceedingNo: string; concludedAt: Date }[]> {
	const rows = await ctx.db
		.select({
			hearingId: hearing.id,
			proceedingNo: hearing.proceedingNo,
			concludedAt: hearing.concludedAt,
		})
		.from(hearing)
		.where(and(eq(hearing.grievanceId, grievanceId), eq(hearing.state, 'concluded')))
		.orderBy(desc(hearing.concludedAt));
	return rows.flatMap(({ hearingId, proceedingNo, concludedAt }) =>
		proceedingNo && concludedAt ? [{ hearingId, proceedingNo, concludedAt }] : [],
	);
}
