import { and, eq } from 'drizzle-orm';
import { formatDateTime } from '#lib/domain/format/date.ts';
import { lobbyOpensAt } from '#lib/domain/appointment/sitting.ts';
import { mayEnter } from '#lib/domain/hearing/join.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { bookingByLink } from '#lib/server/appointment/index.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { hearing, hearingParty } from '#lib/server/db/schema/hearing.ts';
import { postView } from '#lib/server/masters/index.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Context } from '#lib/server/platform/context.ts';
import {
	announce,
	found,
	inTransaction,
	sqlState,
	violatedConstraint,
	type Tx,
} from '#lib/server/platform/db.ts';
import { makeRoom } from './commands.ts';
import { requireHearingPost, requireParty } from './policy.ts';
import { recordPresence } from './presence-store.ts';
import {
	ensureHearings,
	ensureParty,
	hearingFacts,
	isHere,
	lockHearing,
	lockSitting,
	permit,
	runningCall,
	saveHearing,
	type HearingRecord,
	type PartyRecord,
} from './rows.ts';
import type { JoinGrant } from './types.ts';

/** The hearing of a booking, made when it is first asked for; answers its id. */
export async function ensureHearing(tx: Tx, bookingId: string): Promise<string> {
	const [row] = await tx.select().from(booking).where(eq(booking.id, bookingId));
	await ensureHearings(tx, await lockSitting(tx, found(row).sittingId));
	const [made] = await tx
		.select({ id: hearing.id })
		.from(hearing)
		.where(eq(hearing.bookingId, bookingId));
	if (!made) throw new Refusal('hearing_ended');
	return made.id;
}

/** Page address of a booking's hearing. @throws {Refusal} `hearing_ended` when the booking was given up before */
export async function hearingOfBooking(ctx: Context, bookingId: string): Promise<string> {
	const [known] = await ctx.db
		.select({ id: hearing.id })
		.from(hearing)
		.where(eq(hearing.bookingId, bookingId));
	return known?.id ?? inTransaction(ctx.db, (tx) => ensureHearing(tx, bookingId));
}

/**
 * The hearing that an SMS link names, for its citizen.
 * @throws {Refusal} `not_found`, `hearing_not_yours`
 */
export async function hearingByLink(ctx: Context, code: string): Promise<{ hearingId: string }> {
	const { bookingId, citizenId } = await bookingByLink(ctx, code);
	requireParty(ctx, citizenId);
	return { hearingId: await hearingOfBooking(ctx, bookingId) };
}

type Facts = Awaited<ReturnType<typeof hearingFacts>>;

/** @throws {Refusal} `hearing_not_yet` with the time, `hearing_ended` */
export function requireOpen(ctx: Context, facts: Facts): void {
	const answer = mayEnter({
		hearingState: facts.hearing.state,
		bookingStatus: facts.booking.status,
		sittingState: facts.sitting.state,
		startsAt: facts.startsAt,
		now: ctx.clock.now(),
	});
	if (answer === 'open') return;
	throw new Refusal(
		answer,
		answer === 'hearing_not_yet'
			? { at: formatDateTime(lobbyOpensAt(facts.startsAt), ctx.locale) }
			: {},
	);
}

/**
 * The citizen's page is open and waits; called on load and every 20 s.
 * @throws {Refusal} `hearing_not_yours`, `hearing_not_yet`, `hearing_ended`
 */
export async function checkIn(ctx: Context, hearingId: string): Promise<void> {
	const facts = await hearingFacts(ctx.db, hearingId);
	const citizen = requireParty(ctx, facts.citizenId);
	requireOpen(ctx, facts);
	// Who sits together is told by the media server, not by a page.
	if (facts.hearing.state !== 'lobby_open' && facts.hearing.state !== 'scheduled') return;
	await inTransaction(ctx.db, async (tx) => {
		const now = ctx.clock.now();
		const party = await ensureParty(tx, hearingId, 'citizen', citizen.citizenId);
		const wasHere = isHere(party, now);
		const saved = await recordPresence(tx, party, [{ type: 'checked_in', at: now }]);
		if (!wasHere && isHere(saved, now)) await announce(tx, 'sitting', facts.sitting.id);
	});
}

/**
 * Lets a party into the room. The database is asked each time; the room is made first, so that a
 * restarted video server knows it again. The called citizen's answer begins the hearing.
 * @throws {Refusal} `hearing_not_yours`, `hearing_not_yet`, `hearing_ended`, `not_called`,
 * `removed_from_room`, `livekit_down`
 */
export async function joinGrant(ctx: Context, hearingId: string): Promise<JoinGrant> {
	const facts = await hearingFacts(ctx.db, hearingId);
	return ctx.actor.kind === 'staff' ? officerGrant(ctx, facts) : citizenGrant(ctx, facts);
}

async function citizenGrant(ctx: Context, facts: Facts): Promise<JoinGrant> {
	const { citizenId } = requireParty(ctx, facts.citizenId);
	requireOpen(ctx, facts);
	requireRunning(facts.hearing);
	await makeRoom(ctx, facts.hearing.room);
	const party = await inTransaction(ctx.db, async (tx) => {
		const { hearing: row } = await lockHearing(tx, facts.hearing.id);
		const own = await ensureParty(tx, row.id, 'citizen', citizenId);
		if (own.presence === 'removed') throw new Refusal('removed_from_room');
		if (row.state === 'lobby_open') {
			const now = ctx.clock.now();
			await answer(tx, row, now);
			await announce(tx, 'sitting', row.sittingId);
		} else {
			requireRunning(row);
		}
		return own;
	});
	return grant(ctx, facts.hearing, party, 'citizen', m.hearing_party_citizen({}, ctx));
}

/** A hearing that runs, or whose citizen is being called. */
function requireRunning(row: HearingRecord): void {
	if (row.state === 'concluded' || row.state === 'cancelled') throw new Refusal('hearing_ended');
	if (row.state === 'in_session' || row.state === 'paused') return;
	if (!runningCall(row)) throw new Refusal('not_called');
}

async function answer(tx: Tx, row: HearingRecord, now: Date): Promise<void> {
	const state = permit(row, { type: 'answer' }, now);
	try {
		await saveHearing(tx, row, { state, startedAt: now });
	} catch (error) {
		if (violatedConstraint(error) === 'hearing_one_in_session' || sqlState(error) === '23505') {
			throw new Refusal('hearing_running');
		}
		throw error;
	}
}

async function officerGrant(ctx: Context, facts: Facts): Promise<JoinGrant> {
	const actor = requireHearingPost(ctx, facts.sitting.postId);
	requireRunning(facts.hearing);
	await makeRoom(ctx, facts.hearing.room);
	const party = await inTransaction(ctx.db, async (tx) => {
		const { hearing: row } = await lockHearing(tx, facts.hearing.id);
		requireRunning(row);
		return ensureParty(tx, row.id, 'hearing_officer', actor.postId);
	});
	const { name } = await postView(ctx, actor.postId);
	return grant(ctx, facts.hearing, party, 'officer', name);
}

async function grant(
	ctx: Context,
	row: HearingRecord,
	party: PartyRecord,
	role: 'citizen' | 'officer',
	name: string,
): Promise<JoinGrant> {
	const { identity } = party;
	const token = await ctx.livekit.token({ room: row.room, identity, name, role });
	return { url: ctx.livekit.url, token, identity };
}

/** The Leave button: the only thing that means "left". The hearing goes on. */
export async function leave(ctx: Context, hearingId: string): Promise<void> {
	const facts = await hearingFacts(ctx.db, hearingId);
	const [kind, partyId] =
		ctx.actor.kind === 'staff'
			? (['hearing_officer', requireHearingPost(ctx, facts.sitting.postId).postId] as const)
			: (['citizen', requireParty(ctx, facts.citizenId).citizenId] as const);
	await inTransaction(ctx.db, async (tx) => {
		const [party] = await tx
			.select()
			.from(hearingParty)
			.where(
				and(
					eq(hearingParty.hearingId, hearingId),
					eq(hearingParty.kind, kind),
					eq(hearingParty.partyId, partyId),
				),
			)
			.for('update');
		if (!party) return;
		await recordPresence(tx, party, [{ type: 'left', at: ctx.clock.now() }]);
		await announce(tx, 'sitting', facts.sitting.id);
	});
}

/** Puts the citizen out of the room, or lets them in again; each join is checked against it. */
export async function setRemoved(ctx: Context, hearingId: string, removed: boolean): Promise<void> {
	const facts = await hearingFacts(ctx.db, hearingId);
	requireHearingPost(ctx, facts.sitting.postId);
	const identity = await inTransaction(ctx.db, async (tx) => {
		const party = await ensureParty(tx, hearingId, 'citizen', facts.citizenId);
		const type = removed ? ('removed' as const) : ('readmitted' as const);
		await recordPresence(tx, party, [{ type, at: ctx.clock.now() }]);
		await announce(tx, 'sitting', facts.sitting.id);
		return party.identity;
	});
	if (removed) await ctx.livekit.removeParticipant(facts.hearing.room, identity).catch(() => {});
}
