import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { attendance, hearing, hearingParty, livekitEvent } from '#lib/server/db/schema/hearing.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { announce, inTransaction, type Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { runningHearings } from './commands.ts';
import { ESTIMATED, recordPresence } from './presence-store.ts';
import { runningCall, type HearingRecord, type PartyRecord } from './rows.ts';

const seconds = v.pipe(
	v.union([v.string(), v.number()]),
	v.transform((value) => Number(value)),
	v.finite(),
);
/** What we read of a webhook (protobuf's JSON: 64-bit numbers are texts, reasons are names). */
const webhookSchema = v.object({
	event: v.string(),
	id: v.pipe(v.string(), v.minLength(1)),
	createdAt: v.optional(seconds, 0),
	room: v.optional(v.object({ name: v.optional(v.string(), '') }), { name: '' }),
	participant: v.optional(
		v.object({
			sid: v.string(),
			identity: v.string(),
			joinedAt: v.optional(seconds, 0),
			joinedAtMs: v.optional(seconds, 0),
			disconnectReason: v.optional(v.string(), 'UNKNOWN_REASON'),
		}),
	),
});
type Webhook = v.InferOutput<typeof webhookSchema>;

/**
 * Takes one webhook in: checked over the raw body, kept once by its id, worked on by a job.
 * @throws {Refusal} `forbidden` when the signature does not match, `invalid_input` for another body
 */
export async function receiveWebhook(
	ctx: Context,
	body: string,
	authorization: string | null,
): Promise<void> {
	try {
		await ctx.livekit.webhook(body, authorization);
	} catch {
		throw new Refusal('forbidden');
	}
	const raw: unknown = JSON.parse(body);
	const parsed = v.safeParse(webhookSchema, raw);
	if (!parsed.success) throw new Refusal('invalid_input');
	const { id, event, room } = parsed.output;
	await ctx.db.transaction(async (tx) => {
		const kept = await tx
			.insert(livekitEvent)
			.values({ id, type: event, room: room.name, body: raw })
			.onConflictDoNothing()
			.returning({ id: livekitEvent.id });
		if (kept.length > 0) await queueJob(tx, 'livekit.event', { id }, { jobKey: `livekit:${id}` });
	});
}

/**
 * Job `livekit.event`: one webhook becomes presence. Runs once however often it is called; the order
 * of arrival does not matter.
 */
export async function processWebhook(ctx: Context, payload: unknown): Promise<void> {
	const { id } = v.parse(v.object({ id: v.string() }), payload);
	const putOut = await inTransaction(ctx.db, async (tx) => {
		const [row] = await tx
			.select()
			.from(livekitEvent)
			.where(and(eq(livekitEvent.id, id), isNull(livekitEvent.processedAt)))
			.for('update');
		if (!row) return null;
		const result = await apply(tx, ctx, v.parse(webhookSchema, row.body));
		await tx
			.update(livekitEvent)
			.set({ processedAt: ctx.clock.now() })
			.where(eq(livekitEvent.id, id));
		return result;
	});
	if (putOut) await ctx.livekit.removeParticipant(putOut.room, putOut.identity).catch(() => {});
}

/** Somebody who must not be in the room. */
type PutOut = { room: string; identity: string } | null;

async function apply(tx: Tx, ctx: Context, webhook: Webhook): Promise<PutOut> {
	const { event, room, participant } = webhook;
	const joined = event === 'participant_joined';
	const left = event === 'participant_left' || event === 'participant_connection_aborted';
	if (!participant || (!joined && !left)) return null;
	const known = await partyIn(tx, room.name, participant.identity);
	if (!known) return joined ? { room: room.name, identity: participant.identity } : null;
	const { party, row } = known;
	const ours = offsetFrom(ctx);
	const joinedAt = ours(participant.joinedAtMs || participant.joinedAt * 1000);
	const { sid } = participant;
	// An end tells of the beginning too, so the two may come in any order.
	const facts = [{ type: 'joined' as const, sid, at: joinedAt }];
	if (joined) {
		await recordPresence(tx, party, facts);
	} else if (participant.joinedAtMs || participant.joinedAt) {
		const at = ours(webhook.createdAt * 1000);
		const end = { type: 'disconnected' as const, sid, at: at > joinedAt ? at : joinedAt };
		const begin = (await isKnownStay(tx, sid)) ? [] : facts;
		await recordPresence(tx, party, [...begin, end], participant.disconnectReason);
	}
	await announce(tx, 'sitting', row.sittingId);
	return joined && !mayStay(row, party) ? { room: room.name, identity: party.identity } : null;
}

/** The video server runs on real time; ours may stand ahead of it in a demonstration. */
function offsetFrom(ctx: Context): (ms: number) => Date {
	const offset = ctx.clock.now().getTime() - Date.now();
	return (ms) => new Date(ms + offset);
}

async function isKnownStay(tx: Tx, sid: string): Promise<boolean> {
	const rows = await tx
		.select({ sid: attendance.sid })
		.from(attendance)
		.where(eq(attendance.sid, sid));
	return rows.length > 0;
}

async function partyIn(
	tx: Tx,
	room: string,
	identity: string,
): Promise<{ party: PartyRecord; row: HearingRecord } | null> {
	const [found] = await tx
		.select({ party: hearingParty, row: hearing })
		.from(hearingParty)
		.innerJoin(hearing, eq(hearing.id, hearingParty.hearingId))
		.where(and(eq(hearing.room, room), eq(hearingParty.identity, identity)))
		.for('update', { of: hearingParty });
	return found ?? null;
}

/** A token outlives a removal and an end by minutes, so every arrival is looked at again. */
function mayStay(row: HearingRecord, party: PartyRecord): boolean {
	if (party.presence === 'removed') return false;
	if (row.state === 'in_session' || row.state === 'paused') return true;
	return runningCall(row) !== null;
}

/**
 * Job `rooms.reconcile`, each minute and after a conclusion: rooms of running hearings exist again
 * after a restart of the video server, presence agrees with who is listed, rooms of ended hearings
 * are closed, and stays whose end nobody told get their last evidence as an end.
 */
export async function reconcileRooms(ctx: Context): Promise<void> {
	for (const row of await runningHearings(ctx)) {
		try {
			await reconcileRoom(ctx, row);
		} catch (error) {
			ctx.log.warn({ err: error, hearingId: row.id }, 'the video server did not list a room');
		}
	}
	await closeEndedRooms(ctx);
}

/** Job `rooms.close`: the room of an ended hearing. Fails, and is tried again, while the server is down. */
export async function closeHearingRoom(ctx: Context, payload: unknown): Promise<void> {
	const { room } = v.parse(v.object({ room: v.string() }), payload);
	await ctx.livekit.createRoom(room);
	await ctx.livekit.closeRoom(room);
}

async function reconcileRoom(ctx: Context, row: HearingRecord): Promise<void> {
	await ctx.livekit.createRoom(row.room);
	const at = ctx.clock.now();
	const ours = offsetFrom(ctx);
	const listed = await ctx.livekit.listParticipants(row.room);
	const strangers = await inTransaction(ctx.db, async (tx) => {
		const parties = await tx
			.select()
			.from(hearingParty)
			.where(eq(hearingParty.hearingId, row.id))
			.orderBy(hearingParty.id)
			.for('update');
		let changed = false;
		for (const party of parties) {
			const own = listed.filter(({ identity }) => identity === party.identity);
			const fresh = [];
			for (const { sid, joinedAt } of own) {
				if (await isKnownStay(tx, sid)) continue;
				fresh.push({ type: 'joined' as const, sid, at: ours(joinedAt.getTime()) });
			}
			const saved = await recordPresence(tx, party, [
				...fresh,
				{ type: 'listed', sids: own.map(({ sid }) => sid), at },
			]);
			changed ||= saved.presence !== party.presence;
		}
		if (changed) await announce(tx, 'sitting', row.sittingId);
		const allowed = new Set(
			parties.filter(({ presence }) => presence !== 'removed').map(({ identity }) => identity),
		);
		return listed.filter(({ identity }) => !allowed.has(identity));
	});
	for (const { identity } of strangers) {
		await ctx.livekit.removeParticipant(row.room, identity).catch(() => {});
	}
}

/** How long after an end a webhook may still tell the exact time. */
const LATE_MS = 120_000;

async function closeEndedRooms(ctx: Context): Promise<void> {
	const lingering = await ctx.db
		.selectDistinct({ room: hearing.room })
		.from(hearing)
		.innerJoin(hearingParty, eq(hearingParty.hearingId, hearing.id))
		.innerJoin(attendance, eq(attendance.partyId, hearingParty.id))
		.where(and(eq(hearing.state, 'concluded'), isNull(attendance.leftAt)));
	// A room that is gone already is as good as closed.
	for (const { room } of lingering) await ctx.livekit.closeRoom(room).catch(() => {});
	const late = new Date(ctx.clock.now().getTime() - LATE_MS);
	await ctx.db
		.update(attendance)
		.set({
			leftAt: sql`greatest(${attendance.joinedAt}, least(${hearing.concludedAt}, ${hearingParty.seenAt}))`,
			reason: ESTIMATED,
		})
		.from(hearingParty)
		.innerJoin(hearing, eq(hearing.id, hearingParty.hearingId))
		.where(
			and(
				eq(hearingParty.id, attendance.partyId),
				isNull(attendance.leftAt),
				eq(hearing.state, 'concluded'),
				lt(hearing.concludedAt, late),
			),
		);
}
