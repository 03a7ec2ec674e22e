import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { transition, type HearingEvent } from '#lib/domain/hearing/states.ts';
import type { QueueEntry } from '#lib/domain/appointment/queue.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { hearing, hearingParty } from '#lib/server/db/schema/hearing.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import { found, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';

export type HearingRecord = typeof hearing.$inferSelect;
export type PartyRecord = typeof hearingParty.$inferSelect;
export type SittingRecord = typeof sitting.$inferSelect;

/** A waiting page tells of itself every 20 s; a citizen silent for longer is not there. */
export const SILENT_MS = 60_000;

/** Rooms are named after the booking, so the name is known before there is a row. */
export function roomOf(bookingId: string): string {
	return `hearing-${bookingId}`;
}

/**
 * The running call. A call that ended without an answer leaves its trace: `callUntil` falls back to
 * `calledAt`, so that somebody who was never called can be told from somebody who did not answer.
 */
export function runningCall(row: Pick<HearingRecord, 'state' | 'calledAt' | 'callUntil'>) {
	const { calledAt, callUntil } = row;
	if (row.state !== 'lobby_open' || !calledAt || !callUntil) return null;
	return callUntil > calledAt ? { calledAt, callUntil } : null;
}

/** @throws {Refusal} `not_found` also for what is no id at all */
export async function sittingRow(db: Db | Tx, id: string): Promise<SittingRecord> {
	const [row] = isUuid(id) ? await db.select().from(sitting).where(eq(sitting.id, id)) : [];
	return found(row);
}

/** Locks the sitting: all that changes its queue comes one after the other. */
export async function lockSitting(tx: Tx, id: string): Promise<SittingRecord> {
	const [row] = await tx.select().from(sitting).where(eq(sitting.id, id)).for('no key update');
	return found(row);
}

/** The hearing under the lock of its sitting. */
export async function lockHearing(
	tx: Tx,
	id: string,
): Promise<{ hearing: HearingRecord; sitting: SittingRecord }> {
	const [where] = await tx
		.select({ sittingId: hearing.sittingId })
		.from(hearing)
		.where(eq(hearing.id, id));
	const lockedSitting = await lockSitting(tx, found(where).sittingId);
	const [row] = await tx.select().from(hearing).where(eq(hearing.id, id)).for('update');
	return { hearing: found(row), sitting: lockedSitting };
}

/** The hearing with what decides who may see it. */
export async function hearingFacts(db: Db | Tx, id: string) {
	if (!isUuid(id)) throw new Refusal('not_found');
	const [row] = await db
		.select({ hearing, sitting, booking, startsAt: slot.startsAt, citizenId: grievance.citizenId })
		.from(hearing)
		.innerJoin(sitting, eq(sitting.id, hearing.sittingId))
		.innerJoin(booking, eq(booking.id, hearing.bookingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, hearing.grievanceId))
		.where(eq(hearing.id, id));
	return found(row);
}

/** Asks the table whether the event may happen; @throws {Refusal} when not. */
export function permit(row: HearingRecord, event: HearingEvent, now: Date): HearingRecord['state'] {
	const call = runningCall(row);
	const result = transition(row.state, event, {
		calledAt: call?.calledAt ?? null,
		timesCalled: row.calledAt ? 1 : 0,
		now,
	});
	if ('refusal' in result) throw new Refusal(result.refusal);
	return result.state;
}

/** Guarded update: a row that changed since it was read is `stale`. */
export async function saveHearing(
	tx: Tx,
	row: HearingRecord,
	change: Partial<typeof hearing.$inferInsert>,
): Promise<HearingRecord> {
	const rows = await tx
		.update(hearing)
		.set({ ...change, version: row.version + 1 })
		.where(and(eq(hearing.id, row.id), eq(hearing.version, row.version)))
		.returning();
	return written(rows);
}

/** The party of a hearing, made when it is first needed. */
export async function ensureParty(
	tx: Tx,
	hearingId: string,
	kind: PartyRecord['kind'],
	partyId: string,
): Promise<PartyRecord> {
	const own = and(
		eq(hearingParty.hearingId, hearingId),
		eq(hearingParty.kind, kind),
		eq(hearingParty.partyId, partyId),
	);
	await tx
		.insert(hearingParty)
		.values({ hearingId, kind, partyId, identity: sql`uuidv7()::text` })
		.onConflictDoNothing();
	const [row] = await tx.select().from(hearingParty).where(own).for('update');
	return found(row);
}

/** Makes the hearings of all confirmed bookings that have none, and opens their lobby when the sitting is open. */
export async function ensureHearings(tx: Tx, of: SittingRecord): Promise<void> {
	const missing = await tx
		.select({
			bookingId: booking.id,
			grievanceId: booking.grievanceId,
			tokenNo: booking.tokenNo,
			citizenId: grievance.citizenId,
		})
		.from(booking)
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.leftJoin(hearing, eq(hearing.bookingId, booking.id))
		.where(
			and(
				eq(booking.sittingId, of.id),
				eq(booking.status, 'confirmed'),
				sql`${hearing.id} is null`,
			),
		)
		.orderBy(asc(booking.tokenNo));
	for (const { bookingId, grievanceId, tokenNo, citizenId } of missing) {
		const [made] = await tx
			.insert(hearing)
			.values({
				bookingId,
				grievanceId,
				sittingId: of.id,
				queueRank: tokenNo,
				room: roomOf(bookingId),
			})
			.onConflictDoNothing({ target: hearing.bookingId })
			.returning({ id: hearing.id });
		if (!made) continue;
		await ensureParty(tx, made.id, 'citizen', citizenId);
		await ensureParty(tx, made.id, 'hearing_officer', of.postId);
	}
	if (of.state !== 'open' && of.state !== 'paused') return;
	await tx
		.update(hearing)
		.set({ state: 'lobby_open', version: sql`${hearing.version} + 1` })
		.where(and(eq(hearing.sittingId, of.id), eq(hearing.state, 'scheduled')));
}

const place = alias(jurisdiction, 'place');
const town = alias(jurisdiction, 'town');

/** One line of the cause list, whether its hearing exists yet or not. */
export interface ListEntry extends QueueEntry {
	hearing: HearingRecord | null;
	booking: typeof booking.$inferSelect;
	citizen: PartyRecord | null;
	number: string;
	title: string;
	startsAt: Date;
	endsAt: Date;
}

/** Everybody on the list of a sitting, by token: confirmed bookings and those whose hearing has ended. */
export async function listOf(db: Db | Tx, sittingId: string, locale: Locale): Promise<ListEntry[]> {
	const name = locale === 'en' ? ('nameEn' as const) : ('nameHi' as const);
	const rows = await db
		.select({
			hearing,
			booking,
			citizen: hearingParty,
			number: grievance.number,
			category: category[name],
			place: place[name],
			// A ward's own name says nothing without its town.
			town: town[name],
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
		})
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(place, eq(place.id, grievance.jurisdictionId))
		.leftJoin(town, and(eq(town.id, place.parentId), eq(place.kind, 'ward')))
		.leftJoin(hearing, eq(hearing.bookingId, booking.id))
		.leftJoin(
			hearingParty,
			and(eq(hearingParty.hearingId, hearing.id), eq(hearingParty.kind, 'citizen')),
		)
		.where(
			and(
				eq(booking.sittingId, sittingId),
				or(
					eq(booking.status, 'confirmed'),
					and(isNotNull(hearing.id), eq(hearing.state, 'concluded')),
				),
			),
		)
		.orderBy(asc(booking.tokenNo));
	return rows.map((row) => ({
		...row,
		bookingId: row.booking.id,
		tokenNo: row.booking.tokenNo,
		position: row.hearing?.queueRank ?? null,
		skips: 0,
		title: [row.category, row.place, row.town].filter(Boolean).join(', '),
	}));
}

/** Still to be called: neither ended, nor in the room, nor being called. */
export function isQueued({ hearing: row }: Pick<ListEntry, 'hearing'>): boolean {
	if (!row) return true;
	return row.state === 'scheduled' || (row.state === 'lobby_open' && !runningCall(row));
}

/** In the room, or called and not yet there. */
export function isCurrent({ hearing: row }: Pick<ListEntry, 'hearing'>): boolean {
	if (!row) return false;
	return row.state === 'in_session' || row.state === 'paused' || runningCall(row) !== null;
}

/** The citizen's page has spoken lately, or the citizen is in the room. */
export function isHere(party: PartyRecord | null, now: Date): boolean {
	if (!party) return false;
	if (party.presence === 'in_room') return true;
	if (party.presence !== 'checked_in' && party.presence !== 'called') return false;
	return party.seenAt !== null && now.getTime() - party.seenAt.getTime() <= SILENT_MS;
}

/** Median minutes of the hearings of this list that people sat in; null before the first. */
export function medianMinutes(entries: readonly ListEntry[]): number | null {
	const minutes = entries
		.flatMap(({ hearing: row }) =>
			row?.startedAt && row.concludedAt
				? [(row.concludedAt.getTime() - row.startedAt.getTime()) / 60_000]
				: [],
		)
		.sort((a, b) => a - b);
	if (minutes.length === 0) return null;
	const middle = (minutes.length - 1) / 2;
	const low = minutes[Math.floor(middle)] ?? 0;
	const high = minutes[Math.ceil(middle)] ?? 0;
	return (low + high) / 2;
}
