import { randomBytes } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { deadlineAfter } from '#lib/domain/calendar/deadline.ts';
import { GENESIS_HASH } from '#lib/domain/chain.ts';
import {
	ANSWER_DAYS,
	HARMLESS_EVENTS,
	transition,
	type GrievanceContext,
	type GrievanceEvent,
	type GrievanceState,
} from '#lib/domain/grievance/states.ts';
import { chainLink, eventCommitment } from '#lib/domain/grievance/timeline.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { timelineEventOf } from '#lib/server/audit/index.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { holidaysOf } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { written, type Tx } from '#lib/server/platform/db.ts';
import { lockGrievance, type GrievanceRow } from './facts.ts';

export interface NewEvent {
	type: GrievanceEvent;
	/** Shown to the citizen. */
	public: boolean;
	/**
	 * Ids, levels, instants; nothing personal. `...PostId` is a post, `...At` an ISO instant: the
	 * timeline puts them into words (see `describe.ts`).
	 */
	data: Record<string, string | number | boolean | null>;
	/** Personal or official text, sealed and only committed to by the chain. */
	note?: string;
}

/**
 * Appends an event that leaves state, owner and deadline alone, and bumps version and head of the
 * chain. Locks the grievance for the rest of the transaction.
 * @throws {Refusal} `bad_transition`, `not_found`, `stale`
 */
export async function appendEvent(
	tx: Tx,
	ctx: Context,
	grievanceId: string,
	event: NewEvent,
): Promise<void> {
	if (!HARMLESS_EVENTS.includes(event.type)) {
		throw new Error(`${event.type} changes the grievance and has a command of its own`);
	}
	const row = await lockGrievance(tx, grievanceId);
	permitted(row.state, event.type, { ownerPostId: row.ownerPostId });
	await writeEvents(tx, ctx, row, [event]);
}

/** The next state, or the domain's refusal thrown. */
export function permitted(
	state: GrievanceState | null,
	event: GrievanceEvent,
	context: GrievanceContext,
): GrievanceState {
	const result = transition(state, event, context);
	if ('refusal' in result) throw new Refusal(result.refusal);
	return result.state;
}

type Changes = Partial<Omit<GrievanceRow, 'id' | 'version' | 'eventCount' | 'eventHead'>>;

/** Writes events, head of chain and changed columns together. `row` must be locked and current. */
export async function writeEvents(
	tx: Tx,
	ctx: Context,
	row: GrievanceRow,
	events: readonly NewEvent[],
	changes: Changes = {},
): Promise<void> {
	const { rows, chain } = continued(ctx, row, events);
	await tx.insert(grievanceEvent).values(rows);
	written(
		await tx
			.update(grievance)
			.set({ ...changes, ...chain, version: row.version + 1 })
			.where(and(eq(grievance.id, row.id), eq(grievance.version, row.version)))
			.returning({ id: grievance.id }),
	);
}

/** The events as they are stored at the end of the grievance's chain, and its head after them. */
export function continued(
	ctx: Context,
	{ id, eventCount, eventHead }: Pick<GrievanceRow, 'id' | 'eventCount' | 'eventHead'>,
	events: readonly NewEvent[],
) {
	let head = eventCount === 0 ? GENESIS_HASH : eventHead;
	const rows = events.map((event, index) => {
		const stored = { ...chained(ctx, id, event), seq: eventCount + index + 1, prevHash: head };
		head = chainLink(head, timelineEventOf(stored), sha256Hex);
		return { ...stored, hash: head };
	});
	return { rows, chain: { eventCount: eventCount + rows.length, eventHead: head } };
}

/** An event as it is stored, but for its place in the chain. */
function chained(ctx: Context, grievanceId: string, event: NewEvent) {
	const { actor } = ctx;
	if (actor.kind === 'anonymous') throw new Refusal('forbidden');
	const note = event.note ?? null;
	const salt = randomBytes(16).toString('hex');
	return {
		grievanceId,
		type: event.type,
		at: ctx.clock.now(),
		actorKind: actor.kind,
		actorPostId: actor.kind === 'staff' ? actor.postId : null,
		actorPersonId: actor.kind === 'staff' ? actor.personId : null,
		public: event.public,
		data: event.data,
		note,
		noteSalt: note === null ? null : salt,
		noteCommitment: note === null ? null : eventCommitment(salt, note, sha256Hex),
	};
}

/**
 * Moves a grievance one level up: new owner, and a clock that starts now. Messages are the caller's.
 * @throws {Refusal} `bad_transition` when it does not climb (any more), `no_post_for_place` for the
 * post complained of
 */
export async function moveGrievance(
	tx: Tx,
	ctx: Context,
	grievanceId: string,
	move: { level: number; toPostId: string; deadline: Date; cause?: 'breach' },
): Promise<void> {
	const row = await lockGrievance(tx, grievanceId);
	const state = permitted(row.state, 'escalated', {
		ownerPostId: row.ownerPostId,
		nextOwnerPostId: move.toPostId,
		accusedPostId: row.againstPostId,
	});
	if (move.level <= row.level) throw new Refusal('bad_transition');
	await writeEvents(
		tx,
		ctx,
		row,
		[
			{
				type: 'escalated',
				public: true,
				data: {
					fromPostId: row.ownerPostId,
					toPostId: move.toPostId,
					level: move.level,
					deadlineAt: move.deadline.toISOString(),
					cause: move.cause ?? 'breach',
				},
			},
		],
		{
			state,
			level: move.level,
			ownerPostId: move.toPostId,
			ownedSince: ctx.clock.now(),
			deadline: move.deadline,
			nextScanAt: move.deadline,
			breachedAt: null,
		},
	);
}

/** Notes a breach that can climb no further; the scan looks again at `nextScanAt`. */
export async function noteBreach(
	tx: Tx,
	ctx: Context,
	grievanceId: string,
	{ nextScanAt }: { nextScanAt: Date },
): Promise<void> {
	const row = await lockGrievance(tx, grievanceId);
	const state = permitted(row.state, 'breach_noticed', { ownerPostId: row.ownerPostId });
	await writeEvents(
		tx,
		ctx,
		row,
		[
			{
				type: 'breach_noticed',
				public: true,
				data: {
					ownerPostId: row.ownerPostId,
					level: row.level,
					deadlineAt: row.deadline?.toISOString() ?? null,
					nextNoticeAt: nextScanAt.toISOString(),
				},
			},
		],
		{ state, nextScanAt, breachedAt: row.breachedAt ?? ctx.clock.now() },
	);
}

/**
 * A hearing's order that grants or refuses resolves the grievance, provisionally: the new deadline is
 * the citizen's, seven days to accept or dispute. The owner keeps it.
 * @throws {Refusal} `bad_transition` for an order that decides nothing
 */
export async function resolveByOrder(
	tx: Tx,
	ctx: Context,
	grievanceId: string,
	{ order }: { order: 'granted' | 'partly_granted' | 'refused' | 'none_yet' },
): Promise<void> {
	const row = await lockGrievance(tx, grievanceId);
	const state = permitted(row.state, 'resolved_by_order', { ownerPostId: row.ownerPostId, order });
	const holidays = await holidaysOf(tx, row.jurisdictionId);
	const answerBy = deadlineAfter(ctx.clock.now(), ANSWER_DAYS, 'calendar', holidays);
	await writeEvents(
		tx,
		ctx,
		row,
		[
			{
				type: 'resolved_by_order',
				public: true,
				data: { order, answerByAt: answerBy.toISOString() },
			},
		],
		// No level runs any more, so no scan may find it.
		{ state, deadline: answerBy, nextScanAt: null, breachedAt: null },
	);
}
