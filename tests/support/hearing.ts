import { eq } from 'drizzle-orm';
import { bookSlot } from '#lib/server/appointment/index.ts';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { attendance, hearing, hearingParty } from '#lib/server/db/schema/hearing.ts';
import { openSitting } from '#lib/server/hearing/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db } from '#lib/server/platform/db.ts';
import type { LiveKitPort } from '#lib/server/platform/livekit.ts';
import { randomUUID } from 'node:crypto';
import { asClerk, makeCase, makeSitting, type TestCase } from './appointment.ts';
import { testContext } from './database.ts';
import { staffOf, type TestPost, type World } from './factories.ts';

let day = 17;

export interface TestHearing extends TestCase {
	hearingId: string;
	tokenNo: number;
	room: string;
	/** The citizen's LiveKit identity. */
	identity: string;
	/** The citizen's context five minutes before the sitting. */
	ctx: Context;
}

export interface TestSitting {
	id: string;
	startsAt: Date;
	hearings: TestHearing[];
	/** Whoever is given, at the instant so many minutes after the start. */
	as(who: TestPost | TestHearing, minutes?: number): Context;
}

/**
 * A sitting of the district head with one booked hearing a slot, opened five minutes before its start.
 * Each lies on a day of its own.
 */
export async function openedSitting(
	db: Db,
	world: World,
	{
		people = 1,
		livekit,
		cases = [],
		open = true,
	}: {
		people?: number;
		livekit: LiveKitPort;
		/** Changes to the grievances, in the order of tokens. */
		cases?: Parameters<typeof makeCase>[2][];
		open?: boolean;
	},
): Promise<TestSitting> {
	const startsAt = new Date(Date.UTC(2026, 10, (day += 1), 5, 30));
	const made = await makeSitting(db, world, { startsAt, slots: people });
	const as: TestSitting['as'] = (who, minutes = -5) =>
		testContext(db, {
			livekit,
			now: new Date(startsAt.getTime() + minutes * 60_000),
			actor: 'personId' in who ? staffOf(who) : { kind: 'citizen', citizenId: who.citizenId },
		});
	const filed: TestCase[] = [];
	for (const [index, slot] of made.slotList.entries()) {
		const one = await makeCase(db, world, cases[index]);
		await bookSlot(asClerk(db, world), {
			grievanceNumber: one.number,
			slotId: slot.id,
			key: randomUUID(),
		});
		filed.push(one);
	}
	if (open) await openSitting(as(world.posts.dc), made.id);
	const hearings: TestHearing[] = [];
	for (const one of open ? filed : []) {
		const [row] = await db
			.select({
				hearingId: hearing.id,
				room: hearing.room,
				tokenNo: booking.tokenNo,
				identity: hearingParty.identity,
			})
			.from(hearing)
			.innerJoin(booking, eq(booking.id, hearing.bookingId))
			.innerJoin(hearingParty, eq(hearingParty.partyId, one.citizenId))
			.where(eq(hearing.grievanceId, one.id));
		const party = { ...one, ...found(row) };
		hearings.push({ ...party, ctx: testContext(db, { livekit, now: startsAt }) });
	}
	for (const one of hearings) one.ctx = as(one);
	return { id: made.id, startsAt, hearings, as };
}

export async function hearingRow(db: Db, id: string) {
	const [row] = await db.select().from(hearing).where(eq(hearing.id, id));
	return found(row);
}

/** The citizen's party with its stays in the room, earliest first. */
export async function partyRow(db: Db, hearingId: string, citizenId: string) {
	const parties = await db.select().from(hearingParty).where(eq(hearingParty.hearingId, hearingId));
	const party = found(parties.find(({ partyId }) => partyId === citizenId));
	const stays = await db
		.select()
		.from(attendance)
		.where(eq(attendance.partyId, party.id))
		.orderBy(attendance.joinedAt);
	return { ...party, stays };
}
