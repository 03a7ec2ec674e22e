import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { hearing } from '#lib/server/db/schema/hearing.ts';
import {
	callNext,
	checkIn,
	closeSitting,
	conclude,
	deskOf,
	joinGrant,
	leave,
	markAbsent,
	openSitting,
	requeue,
	setRemoved,
	waiting,
} from '#lib/server/hearing/index.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';
import {
	hearingRow,
	openedSitting,
	partyRow,
	type TestHearing,
	type TestSitting,
} from '../support/hearing.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let sfu: TestLiveKit;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	sfu = await startLiveKit();
});
afterAll(async () => {
	await sfu.close();
	await database.close();
});

const opened = (people: number, open = true) =>
	openedSitting(database.db, world, { people, livekit: sfu.livekit, open });
const dc = (sitting: TestSitting, minutes?: number) => sitting.as(world.posts.dc, minutes);

/** The people of a sitting, for tests that know how many there are. */
function people(sitting: TestSitting): [TestHearing, TestHearing, TestHearing, TestHearing] {
	const [a, b, c, d] = sitting.hearings;
	if (!a) throw new Error('nobody is booked');
	return [a, b ?? a, c ?? a, d ?? a];
}

describe('opening', () => {
	test('is possible from 60 minutes before the start, and says so before', async () => {
		const sitting = await opened(1, false);
		expect(await refusalOf(openSitting(dc(sitting, -61), sitting.id))).toEqual({
			code: 'sitting_too_early',
			facts: { time: '10:00' },
		});
		await openSitting(dc(sitting, -60), sitting.id);
		const desk = await deskOf(dc(sitting, -60), sitting.id);
		expect(desk.sitting.state).toBe('open');
		expect(desk.rows.map(({ status }) => status)).toEqual(['not_here']);
	});

	test('is for the post that hears alone', async () => {
		const sitting = await opened(1, false);
		for (const other of [world.posts.clerk, world.posts.ddpo, world.posts.chief]) {
			expect(await refusalCode(openSitting(sitting.as(other), sitting.id))).toBe('forbidden');
		}
	});

	test('twice is refused and makes no second hearing', async () => {
		const sitting = await opened(2);
		expect(await refusalCode(openSitting(dc(sitting), sitting.id))).toBe('bad_transition');
		const rows = await database.db.select().from(hearing).where(eq(hearing.sittingId, sitting.id));
		expect(rows).toHaveLength(2);
	});
});

describe('calling', () => {
	test('prefers who is there, in the order of the queue', async () => {
		const sitting = await opened(3);
		const [, second, third] = people(sitting);
		await checkIn(third.ctx, third.hearingId);
		await checkIn(second.ctx, second.hearingId);
		expect(await callNext(dc(sitting), sitting.id)).toEqual({
			hearingId: second.hearingId,
			tokenNo: second.tokenNo,
		});
		const row = await hearingRow(database.db, second.hearingId);
		expect(row.callUntil?.getTime()).toBe((row.calledAt?.getTime() ?? 0) + 120_000);
		expect((await partyRow(database.db, second.hearingId, second.citizenId)).presence).toBe(
			'called',
		);
		expect(
			(await queuedJobs(database.sql, 'notify')).filter(
				({ payload }) =>
					payload['template'] === 'hearing_called' && payload['grievanceId'] === second.id,
			),
		).toHaveLength(1);
	});

	test('a page that fell silent for more than a minute counts as not there', async () => {
		const sitting = await opened(2);
		const [first, second] = people(sitting);
		await checkIn(sitting.as(second, -5), second.hearingId);
		expect((await deskOf(dc(sitting, -4.1), sitting.id)).next?.tokenNo).toBe(second.tokenNo);
		expect((await deskOf(dc(sitting, -3.9), sitting.id)).next?.tokenNo).toBe(first.tokenNo);
	});

	test('nobody waits: said; before the sitting is open: said', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await joinGrant(only.ctx, only.hearingId);
		await concludeHeard(sitting, only);
		expect(await refusalCode(callNext(dc(sitting), sitting.id))).toBe('queue_empty');
		const later = await opened(1, false);
		expect(await refusalCode(callNext(dc(later), later.id))).toBe('sitting_not_open');
	});

	test('one at a time: neither during a call nor during a hearing is another called', async () => {
		const sitting = await opened(2);
		const [first] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		expect(await refusalCode(callNext(dc(sitting), sitting.id))).toBe('already_called');
		await joinGrant(first.ctx, first.hearingId);
		expect(await refusalCode(callNext(dc(sitting), sitting.id))).toBe('hearing_running');
	});

	test('two officers press at once: one call', async () => {
		const sitting = await opened(3);
		const results = await Promise.allSettled([
			callNext(dc(sitting), sitting.id),
			callNext(dc(sitting), sitting.id),
		]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const rows = await database.db.select().from(hearing).where(eq(hearing.sittingId, sitting.id));
		expect(rows.filter(({ calledAt }) => calledAt !== null)).toHaveLength(1);
	});

	test('without a video server it is refused, and nothing is written', async () => {
		const sitting = await opened(1);
		const before = await database.db.select().from(hearing);
		const jobs = await queuedJobs(database.sql);
		const down = { ...dc(sitting), livekit: testContext(database.db).livekit };
		expect(await refusalCode(callNext(down, sitting.id))).toBe('livekit_down');
		expect(await database.db.select().from(hearing)).toEqual(before);
		expect(await queuedJobs(database.sql)).toEqual(jobs);
	});
});

describe('no answer', () => {
	test('puts the citizen three places back, keeps the token and the place in the sitting', async () => {
		const sitting = await openedSitting(database.db, world, { people: 5, livekit: sfu.livekit });
		const order = async () =>
			(await deskOf(dc(sitting), sitting.id)).rows
				.filter(({ place }) => place !== null)
				.sort((a, b) => (a.place ?? 0) - (b.place ?? 0))
				.map(({ tokenNo }) => tokenNo);
		const [first] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await requeue(dc(sitting), first.hearingId);
		expect(await order()).toEqual([2, 3, 4, 1, 5]);
		const view = await waiting(first.ctx, first.hearingId);
		expect(view).toMatchObject({ state: 'waiting', tokenNo: 1, ahead: 3, missedCall: true });
		const row = (await deskOf(dc(sitting), sitting.id)).rows.find(({ tokenNo }) => tokenNo === 1);
		expect(row).toMatchObject({ status: 'no_answer', wasCalled: true });
		expect(await refusalCode(requeue(dc(sitting), first.hearingId))).toBe('not_called');
	});

	test('a call that ran out is skipped by the next call; one that has not, is not', async () => {
		const sitting = await opened(2);
		const [first, second] = people(sitting);
		await callNext(dc(sitting, 0), sitting.id);
		expect(await refusalCode(callNext(dc(sitting, 1.9), sitting.id))).toBe('already_called');
		expect((await callNext(dc(sitting, 2), sitting.id)).hearingId).toBe(second.hearingId);
		expect((await waiting(first.ctx, first.hearingId)).state).toBe('waiting');
		expect(await refusalCode(joinGrant(first.ctx, first.hearingId))).toBe('not_called');
	});

	test('the only one left is called again', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await callNext(dc(sitting, 0), sitting.id);
		expect((await callNext(dc(sitting, 3), sitting.id)).hearingId).toBe(only.hearingId);
	});

	test('nobody is absent who was never called', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		expect(await refusalCode(markAbsent(dc(sitting), only.hearingId))).toBe('not_called');
		await callNext(dc(sitting), sitting.id);
		await requeue(dc(sitting), only.hearingId);
		await markAbsent(dc(sitting), only.hearingId);
		const [booked] = await database.db
			.select()
			.from(booking)
			.where(eq(booking.grievanceId, only.id));
		expect(booked?.status).toBe('no_show');
	});
});

describe('joining', () => {
	test('the called citizen begins the hearing; a second device gets in under the same identity', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		expect(await refusalCode(joinGrant(only.ctx, only.hearingId))).toBe('not_called');
		await callNext(dc(sitting), sitting.id);
		const officer = await joinGrant(dc(sitting), only.hearingId);
		const grant = await joinGrant(only.ctx, only.hearingId);
		const again = await joinGrant(only.ctx, only.hearingId);
		expect(grant.identity).toBe(only.identity);
		expect(again.identity).toBe(only.identity);
		expect(officer.identity).not.toBe(only.identity);
		expect(await hearingRow(database.db, only.hearingId)).toMatchObject({
			state: 'in_session',
			startedAt: only.ctx.clock.now(),
		});
		// The room is there although rooms never make themselves.
		expect(await sfu.livekit.listParticipants(only.room)).toEqual([]);
	});

	test('is for the citizen of the hearing and the post that hears', async () => {
		const sitting = await opened(2);
		const [first, second] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		const stranger = await makeCitizen(database.db);
		const strangers = [second.ctx, testContext(database.db, { actor: stranger })];
		for (const ctx of strangers) {
			for (const open of [waiting, checkIn, joinGrant, leave]) {
				expect(await refusalCode(open(ctx, first.hearingId)), open.name).toBe('hearing_not_yours');
			}
		}
		for (const other of [world.posts.clerk, world.posts.ddpo]) {
			expect(await refusalCode(joinGrant(sitting.as(other), first.hearingId))).toBe('forbidden');
		}
	});

	test('too early and after the end it is refused, with the time', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await database.db
			.update(hearing)
			.set({ state: 'scheduled' })
			.where(eq(hearing.id, only.hearingId));
		const early = sitting.as(only, -61);
		expect((await waiting(early, only.hearingId)).state).toBe('too_early');
		const refused = await refusalOf(checkIn(early, only.hearingId));
		expect(refused?.code).toBe('hearing_not_yet');
		expect(String(refused?.facts['at'])).toContain('10:00');
		expect(await refusalCode(joinGrant(early, only.hearingId))).toBe('hearing_not_yet');

		await database.db
			.update(hearing)
			.set({ state: 'lobby_open' })
			.where(eq(hearing.id, only.hearingId));
		await callNext(dc(sitting), sitting.id);
		await joinGrant(only.ctx, only.hearingId);
		await concludeHeard(sitting, only);
		expect((await waiting(only.ctx, only.hearingId)).state).toBe('ended');
		expect(await refusalCode(joinGrant(only.ctx, only.hearingId))).toBe('hearing_ended');
		expect(await refusalCode(joinGrant(dc(sitting), only.hearingId))).toBe('hearing_ended');
		expect(await refusalCode(checkIn(only.ctx, only.hearingId))).toBe('hearing_ended');
	});

	test('who was put out stays out until let in again', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await joinGrant(only.ctx, only.hearingId);
		await setRemoved(dc(sitting), only.hearingId, true);
		expect(await refusalCode(joinGrant(only.ctx, only.hearingId))).toBe('removed_from_room');
		await setRemoved(dc(sitting), only.hearingId, false);
		await joinGrant(only.ctx, only.hearingId);
	});

	test('Leave ends nothing: the hearing goes on and the citizen may come back', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await joinGrant(only.ctx, only.hearingId);
		await leave(only.ctx, only.hearingId);
		expect(await waiting(only.ctx, only.hearingId)).toMatchObject({
			state: 'in_session',
			left: true,
		});
		await joinGrant(only.ctx, only.hearingId);
	});

	test('a video server that died and came back has the room again with the next token', async () => {
		const sitting = await opened(1);
		const [only] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await joinGrant(only.ctx, only.hearingId);
		await sfu.kill();
		expect(await refusalCode(joinGrant(only.ctx, only.hearingId))).toBe('livekit_down');
		expect((await hearingRow(database.db, only.hearingId)).state).toBe('in_session');
		await sfu.start();
		await joinGrant(only.ctx, only.hearingId);
		expect(await sfu.livekit.listParticipants(only.room)).toEqual([]);
	});

	test('what is no id at all is not found', async () => {
		const sitting = await opened(1);
		expect(await refusalCode(waiting(people(sitting)[0].ctx, 'robots.txt'))).toBe('not_found');
		expect(await refusalCode(deskOf(dc(sitting), 'x'))).toBe('not_found');
	});
});

describe('waiting', () => {
	test('tells token, people ahead and time by the pace of the sitting', async () => {
		const sitting = await opened(3);
		const [first, , third] = people(sitting);
		expect(await waiting(sitting.as(third, 0), third.hearingId)).toMatchObject({
			state: 'waiting',
			tokenNo: 3,
			ahead: 2,
			etaMinutes: 20,
		});
		await callNext(dc(sitting, 0), sitting.id);
		await joinGrant(sitting.as(first, 0), first.hearingId);
		// Who is in the room is still ahead.
		expect((await waiting(sitting.as(third, 0), third.hearingId)).ahead).toBe(2);
		await concludeHeard(sitting, first, 4);
		expect(await waiting(sitting.as(third, 4), third.hearingId)).toMatchObject({
			ahead: 1,
			etaMinutes: 4,
		});
	});
});

describe('closing', () => {
	test('is refused while people sit together; gives back what was not heard', async () => {
		const sitting = await opened(2);
		const [first, second] = people(sitting);
		await callNext(dc(sitting), sitting.id);
		await joinGrant(first.ctx, first.hearingId);
		expect(await refusalCode(closeSitting(dc(sitting), sitting.id))).toBe('hearing_running');
		await concludeHeard(sitting, first);
		await closeSitting(dc(sitting), sitting.id);
		const [booked] = await database.db
			.select()
			.from(booking)
			.where(eq(booking.grievanceId, second.id));
		expect(booked?.status).toBe('revoked');
		expect((await waiting(second.ctx, second.hearingId)).outcome?.disposition).toBe(
			'officer_absent',
		);
		expect(await refusalCode(checkIn(second.ctx, second.hearingId))).toBe('hearing_ended');
	});
});

async function concludeHeard(sitting: TestSitting, one: TestHearing, minutes?: number) {
	await conclude(dc(sitting, minutes), {
		hearingId: one.hearingId,
		disposition: 'heard',
		order: 'none_yet',
		reasons: null,
		nextSlotId: null,
	});
}

test('staffOf and the desk agree on who hears', async () => {
	const sitting = await opened(1);
	const ctx = testContext(database.db, { actor: staffOf(world.posts.dc), livekit: sfu.livekit });
	expect((await deskOf(ctx, sitting.id)).sitting.postId).toBe(world.posts.dc.id);
});
