import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { identityProof } from '#lib/server/db/schema/identity.ts';
import { callNext, conclude, joinGrant, photoAtHearing } from '#lib/server/hearing/index.ts';
import { checkProof, keepProof } from '#lib/server/identity/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen, makeWorld, type World } from '../support/factories.ts';
import { openedSitting } from '../support/hearing.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { refusalCode } from '../support/refusals.ts';

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

const qr = makeDemoQr({
	fields: { name: 'Kamla Devi' },
	last4: '2346',
	signedAt: new Date('2026-06-01T06:00:00Z'),
});

/** A sitting with one citizen on it who agreed to show the photo. */
async function shown({ open = true } = {}) {
	const actor = await makeCitizen(database.db);
	const ctx = testContext(database.db, { actor });
	const proof = await checkProof(ctx, { kind: 'aadhaar_qr', qr, consent: ['photo'] });
	const proofId = await database.db.transaction((tx) => keepProof(tx, ctx, actor.citizenId, proof));
	const sitting = await openedSitting(database.db, world, {
		livekit: sfu.livekit,
		cases: [{ citizenId: actor.citizenId, proofId }],
		open,
	});
	const [booked] = await database.db
		.select({ id: booking.id })
		.from(booking)
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(eq(grievance.proofId, proofId));
	const kept = async () => {
		const [row] = await database.db
			.select({ photo: identityProof.photo })
			.from(identityProof)
			.where(eq(identityProof.id, proofId));
		return found(row).photo;
	};
	return { sitting, bookingId: found(booked).id, photo: proof.photo, kept };
}

describe('the photo that a citizen agreed to show', () => {
	it('is seen by the officer who hears, during the hearing, and gone with its conclusion', async () => {
		const { sitting, bookingId, photo, kept } = await shown();
		const [one] = sitting.hearings;
		const dc = sitting.as(world.posts.dc);
		expect(photo).toBeTruthy();
		await callNext(dc, sitting.id);
		await joinGrant(found(one).ctx, found(one).hearingId);
		expect(await photoAtHearing(dc, sitting.id, bookingId)).toBe(photo);
		const conclusion = {
			hearingId: found(one).hearingId,
			disposition: 'heard',
			order: 'granted',
			reasons: null,
			nextSlotId: null,
		} as const;
		// A conclusion that fails keeps it: both are one transaction.
		await database.sql`create function fail() returns trigger language plpgsql as
			$$ begin raise exception 'late failure'; end $$`;
		await database.sql`create trigger fail before update on booking for each row execute function fail()`;
		await expect(conclude(dc, conclusion)).rejects.toThrow();
		await database.sql`drop trigger fail on booking`;
		expect(await kept()).toBe(photo);
		await conclude(dc, conclusion);
		expect(await kept()).toBeNull();
		expect(await photoAtHearing(dc, sitting.id, bookingId)).toBeNull();
	});

	it('is for no other post, and not before the sitting is open', async () => {
		const { sitting, bookingId } = await shown({ open: false });
		expect(await photoAtHearing(sitting.as(world.posts.dc), sitting.id, bookingId)).toBeNull();
		const opened = await shown();
		for (const post of [world.posts.ddpo, world.posts.clerk, world.posts.chief]) {
			const ctx = opened.sitting.as(post);
			expect(await refusalCode(photoAtHearing(ctx, opened.sitting.id, opened.bookingId))).toBe(
				'forbidden',
			);
		}
		// A booking of another sitting is none of this one.
		const dc = opened.sitting.as(world.posts.dc);
		expect(await photoAtHearing(dc, opened.sitting.id, bookingId)).toBeNull();
	});
});
