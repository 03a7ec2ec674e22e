import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attendance, livekitEvent } from '#lib/server/db/schema/hearing.ts';
import {
	callNext,
	closeHearingRoom,
	conclude,
	joinGrant,
	leave,
	processWebhook,
	proceedingOf,
	receiveWebhook,
	reconcileRooms,
	setRemoved,
} from '#lib/server/hearing/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, type World } from '../support/factories.ts';
import { openedSitting, partyRow, type TestHearing, type TestSitting } from '../support/hearing.ts';
import { signedWebhook, startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let sfu: TestLiveKit;
let serial = 0;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	sfu = await startLiveKit();
});
afterAll(async () => {
	await sfu.close();
	await database.close();
});

async function running(): Promise<{ sitting: TestSitting; one: TestHearing; dc: Context }> {
	const sitting = await openedSitting(database.db, world, { livekit: sfu.livekit });
	const [one] = sitting.hearings;
	if (!one) throw new Error('nobody is booked');
	const dc = sitting.as(world.posts.dc);
	await callNext(dc, sitting.id);
	await joinGrant(one.ctx, one.hearingId);
	return { sitting, one, dc };
}

interface Told {
	event: 'participant_joined' | 'participant_left';
	sid: string;
	/** Seconds after the sitting's start on our clock. */
	joined: number;
	at: number;
	identity?: string;
	id?: string;
}

/** The video server lives on real time; the sitting does not. */
function webhook(sitting: TestSitting, one: TestHearing, ctx: Context, told: Told) {
	const behind = Date.now() - ctx.clock.now().getTime();
	const real = (seconds: number) =>
		Math.round((sitting.startsAt.getTime() + behind) / 1000) + seconds;
	serial += 1;
	return {
		event: told.event,
		id: told.id ?? `EV_${serial}`,
		createdAt: String(real(told.at)),
		room: { name: one.room, sid: 'RM_1' },
		participant: {
			sid: told.sid,
			identity: told.identity ?? one.identity,
			joinedAt: String(real(told.joined)),
			...(told.event === 'participant_left' && { disconnectReason: 'SIGNAL_CLOSE' }),
		},
	};
}

/** Its clock runs: what the media server tells in real time is moved by what lies between the two. */
function system(sitting: TestSitting, minutes: number): Context {
	const ahead = sitting.startsAt.getTime() + minutes * 60_000 - Date.now();
	return testContext(database.db, {
		livekit: sfu.livekit,
		actor: { kind: 'system' },
		clock: { now: () => new Date(Date.now() + ahead), real: () => new Date() },
	});
}

/** Takes a webhook in and works on it, as web server and worker do. */
async function deliver(ctx: Context, event: ReturnType<typeof webhook>): Promise<void> {
	const { body, authorization } = await signedWebhook(event);
	await receiveWebhook(ctx, body, authorization);
	await processWebhook(ctx, { id: event.id });
}

describe('webhooks', () => {
	test('a hundred times the same: one event, one job, one stay', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 5);
		const event = webhook(sitting, one, ctx, {
			event: 'participant_joined',
			sid: 'PA_a',
			joined: 10,
			at: 10,
			id: 'EV_repeated',
		});
		const { body, authorization } = await signedWebhook(event);
		await Promise.all(Array.from({ length: 100 }, () => receiveWebhook(ctx, body, authorization)));
		await Promise.all(
			Array.from({ length: 100 }, () => processWebhook(ctx, { id: 'EV_repeated' })),
		);
		const kept = await database.db
			.select()
			.from(livekitEvent)
			.where(eq(livekitEvent.id, 'EV_repeated'));
		expect(kept).toHaveLength(1);
		const jobs = await queuedJobs(database.sql, 'livekit.event');
		expect(jobs.filter(({ payload }) => payload['id'] === 'EV_repeated')).toHaveLength(1);
		const party = await partyRow(database.db, one.hearingId, one.citizenId);
		expect(party.presence).toBe('in_room');
		expect(party.stays).toHaveLength(1);
	});

	test('forged, unsigned, signed for another body or no webhook at all: refused and not kept', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 5);
		const before = await database.db.select().from(livekitEvent);
		const event = webhook(sitting, one, ctx, {
			event: 'participant_joined',
			sid: 'PA_x',
			joined: 1,
			at: 1,
		});
		const forged = await signedWebhook(event, 'another-secret-another-secret-another-1');
		const real = await signedWebhook(event);
		expect(await refusalCode(receiveWebhook(ctx, forged.body, forged.authorization))).toBe(
			'forbidden',
		);
		expect(await refusalCode(receiveWebhook(ctx, real.body, null))).toBe('forbidden');
		expect(await refusalCode(receiveWebhook(ctx, `${real.body} `, real.authorization))).toBe(
			'forbidden',
		);
		const odd = await signedWebhook({ event: 'participant_joined' });
		expect(await refusalCode(receiveWebhook(ctx, odd.body, odd.authorization))).toBe(
			'invalid_input',
		);
		expect(await database.db.select().from(livekitEvent)).toEqual(before);
	});

	test('in any order, late or twice, they give the same attendance and presence', async () => {
		const stays: Told[] = [
			{ event: 'participant_joined', sid: 'PA_1', joined: 0, at: 0 },
			{ event: 'participant_left', sid: 'PA_1', joined: 0, at: 60 },
			{ event: 'participant_joined', sid: 'PA_2', joined: 61, at: 61 },
		];
		const orders = [
			[0, 1, 2],
			[2, 0, 1],
			[1, 2, 0],
			[2, 1, 0],
			[0, 2, 1, 0, 2],
		];
		for (const [index, order] of orders.entries()) {
			const { sitting, one } = await running();
			const ctx = system(sitting, 2);
			for (const step of order) {
				const told = stays[step];
				if (!told) throw new Error('no such step');
				await deliver(ctx, webhook(sitting, one, ctx, { ...told, sid: `${told.sid}_${index}` }));
			}
			const party = await partyRow(database.db, one.hearingId, one.citizenId);
			expect(party.presence, order.join()).toBe('in_room');
			expect(party.sid).toBe(`PA_2_${index}`);
			expect(party.stays.map(({ leftAt }) => leftAt !== null)).toEqual([true, false]);
			const [first] = party.stays;
			const seconds = ((first?.leftAt?.getTime() ?? 0) - (first?.joinedAt.getTime() ?? 0)) / 1000;
			expect(Math.round(seconds)).toBe(60);
		}
	});

	test('a line that breaks is "dropped" and ends nothing; only the Leave button is "left"', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 3);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_d', joined: 0, at: 0 }),
		);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_left', sid: 'PA_d', joined: 0, at: 30 }),
		);
		expect((await partyRow(database.db, one.hearingId, one.citizenId)).presence).toBe('dropped');
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_e', joined: 40, at: 40 }),
		);
		await leave(sitting.as(one, 1), one.hearingId);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_left', sid: 'PA_e', joined: 40, at: 61 }),
		);
		expect((await partyRow(database.db, one.hearingId, one.citizenId)).presence).toBe('left');
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_f', joined: 90, at: 90 }),
		);
		expect((await partyRow(database.db, one.hearingId, one.citizenId)).presence).toBe('in_room');
	});

	test('somebody unknown, or put out before, is put out of the room again', async () => {
		const { sitting, one, dc } = await running();
		const put: string[] = [];
		const ctx: Context = {
			...system(sitting, 1),
			livekit: {
				...sfu.livekit,
				removeParticipant: async (_, identity) => void put.push(identity),
			},
		};
		const joined = (sid: string, identity?: string) =>
			webhook(sitting, one, ctx, { event: 'participant_joined', sid, joined: 0, at: 0, identity });
		await deliver(ctx, joined('PA_g', 'stranger'));
		await deliver(ctx, joined('PA_h'));
		expect(put).toEqual(['stranger']);
		await setRemoved(dc, one.hearingId, true);
		await deliver(ctx, joined('PA_i'));
		expect(put).toEqual(['stranger', one.identity]);
		expect((await partyRow(database.db, one.hearingId, one.citizenId)).presence).toBe('removed');
	});

	test('five minutes late, after the end: attendance is completed, nothing is opened again', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 10);
		await conclude(sitting.as(world.posts.dc, 5), {
			hearingId: one.hearingId,
			disposition: 'heard',
			order: 'none_yet',
			reasons: null,
			nextSlotId: null,
		});
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_l', joined: 60, at: 60 }),
		);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_left', sid: 'PA_l', joined: 60, at: 300 }),
		);
		const sheet = await proceedingOf(one.ctx, one.hearingId);
		const own = sheet.attendance.find(({ kind }) => kind === 'citizen');
		expect(own?.estimated).toBe(false);
		expect(Math.round((own?.seconds ?? 0) / 10)).toBe(24);
	});
});

describe('reconciliation', () => {
	test('makes the rooms of running hearings again after the video server died', async () => {
		const { sitting, one } = await running();
		await sfu.kill();
		await reconcileRooms(system(sitting, 1));
		await sfu.start();
		await expect(sfu.livekit.closeRoom(one.room)).rejects.toThrow();
		await reconcileRooms(system(sitting, 2));
		await sfu.livekit.closeRoom(one.room);
	});

	test('a stay whose end nobody told ends at the last evidence, as an estimate', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 1);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_r', joined: 0, at: 0 }),
		);
		// The room is there and empty: the server that knew the stay is gone.
		await reconcileRooms(system(sitting, 4));
		const party = await partyRow(database.db, one.hearingId, one.citizenId);
		expect(party.presence).toBe('dropped');
		expect(party.stays).toMatchObject([{ sid: 'PA_r', reason: 'estimated' }]);
		expect(party.stays[0]?.leftAt).toEqual(party.stays[0]?.joinedAt);
	});

	test('what still stands open after an end is closed at the last evidence', async () => {
		const { sitting, one } = await running();
		const ctx = system(sitting, 1);
		await deliver(
			ctx,
			webhook(sitting, one, ctx, { event: 'participant_joined', sid: 'PA_s', joined: 0, at: 0 }),
		);
		await conclude(sitting.as(world.posts.dc, 5), {
			hearingId: one.hearingId,
			disposition: 'heard',
			order: 'none_yet',
			reasons: null,
			nextSlotId: null,
		});
		await reconcileRooms(system(sitting, 6));
		expect((await stay('PA_s')).leftAt).toBeNull();
		await reconcileRooms(system(sitting, 8));
		expect(await stay('PA_s')).toMatchObject({
			leftAt: (await stay('PA_s')).joinedAt,
			reason: 'estimated',
		});
	});

	test('the job closes a room, also one that the server forgot; it fails while the server is down', async () => {
		const { sitting, one } = await running();
		await closeHearingRoom(system(sitting, 1), { room: one.room });
		await closeHearingRoom(system(sitting, 1), { room: one.room });
		await sfu.kill();
		await expect(closeHearingRoom(system(sitting, 1), { room: one.room })).rejects.toThrow();
		await sfu.start();
	});
});

async function stay(sid: string) {
	const [row] = await database.db.select().from(attendance).where(eq(attendance.sid, sid));
	if (!row) throw new Error('no such stay');
	return row;
}
