import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { booking, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { escalation } from '#lib/server/db/schema/escalation.ts';
import { actionTakenReport, direction, hearing } from '#lib/server/db/schema/hearing.ts';
import {
	addReportAttachment,
	appendEvent,
	caseFile,
	grievanceFacts,
	inbox,
	mayStaffSee,
	moveGrievance,
	myGrievances,
	requestHearing,
	tracking,
	type NewEvent,
} from '#lib/server/grievance/index.ts';
import { written } from '#lib/server/platform/db.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { caseA, fileGrievance, makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const STARTS = new Date('2026-11-18T06:00:00Z');
const DUE = new Date('2026-11-23T18:29:59.999Z');
const as = (name: keyof World['posts']) =>
	testContext(database.db, { actor: staffOf(world.posts[name]) });
const note = (grievanceId: string, event: NewEvent) => {
	const ctx = as('dc');
	return ctx.db.transaction((tx) => appendEvent(tx, ctx, grievanceId, event));
};

let cases = 0;

/** Case A with a hearing by the DC and a direction to the accused secretary, as the modules above write them. */
async function heardCase() {
	const filed = await fileGrievance(database.db, world, { answers: caseA(world) });
	const { db } = database;
	const postId = world.posts.dc.id;
	// Slots of one post may not overlap.
	cases += 1;
	const startsAt = new Date(STARTS.getTime() + cases * 15 * MINUTE_MS);
	const endsAt = new Date(startsAt.getTime() + 15 * MINUTE_MS);
	const held = written(
		await db
			.insert(sitting)
			.values({ postId, date: '2026-11-18', startsAt, endsAt, mode: 'video' })
			.returning(),
	);
	const time = written(
		await db.insert(slot).values({ sittingId: held.id, postId, startsAt, endsAt }).returning(),
	);
	const made = await db.transaction(async (tx) => {
		const one = written(
			await tx
				.insert(booking)
				.values({
					grievanceId: filed.id,
					sittingId: held.id,
					slotId: time.id,
					during: rangeOf(startsAt, endsAt),
					tokenNo: 1,
					status: 'confirmed',
					linkCode: randomUUID(),
					icsUid: randomUUID(),
				})
				.returning(),
		);
		await tx
			.insert(seat)
			.values({ slotId: time.id, sittingId: held.id, seatNo: 1, tokenNo: 1, bookingId: one.id });
		return one;
	});
	await note(filed.id, {
		type: 'hearing_booked',
		public: true,
		data: { bookingId: made.id, postId, startsAt: startsAt.toISOString(), tokenNo: 1 },
	});
	const heard = written(
		await db
			.insert(hearing)
			.values({
				bookingId: made.id,
				grievanceId: filed.id,
				sittingId: held.id,
				queueRank: 1,
				room: randomUUID(),
			})
			.returning(),
	);
	return { ...filed, startsAt, hearingId: heard.id };
}

async function directSecretary({ id, hearingId }: { id: string; hearingId: string }) {
	const { secretary, dc } = world.posts;
	const given = written(
		await database.db
			.insert(direction)
			.values({
				hearingId,
				grievanceId: id,
				kind: 'report',
				text: 'रिपोर्ट दें',
				issuerPostId: dc.id,
				directedPostId: secretary.id,
				ownerPostId: secretary.id,
				ownedSince: STARTS,
				state: 'open',
				dueAt: DUE,
				deadline: DUE,
				nextScanAt: DUE,
				issuedAt: STARTS,
			})
			.returning(),
	);
	await database.sql`update booking set status = 'fulfilled' where grievance_id = ${id}`;
	await note(id, {
		type: 'hearing_concluded',
		public: true,
		data: {
			hearingId,
			disposition: 'adjourned',
			order: null,
			proceedingNo: 'P/1',
			nextAt: DUE.toISOString(),
		},
	});
	await note(id, {
		type: 'direction_issued',
		public: true,
		data: {
			directionId: given.id,
			kind: 'report',
			toPostId: secretary.id,
			dueAt: DUE.toISOString(),
		},
	});
	return given.id;
}

describe('a case on its way', () => {
	it('shows the booked hearing as what comes next', async () => {
		const one = await heardCase();
		const ctx = testContext(database.db, { actor: one.citizen });
		const seen = await tracking(ctx, one.number);
		expect(seen).toMatchObject({ hearingAt: one.startsAt, progressPercent: 35 });
		expect(seen.nextStep).toMatchObject({ kind: 'hearing', at: one.startsAt });
		expect(seen.timeline.at(-1)?.text).toContain('उपायुक्त, रेवाड़ी के साथ। टोकन 1।');
		expect((await myGrievances(ctx))[0]?.hearingAt).toEqual(one.startsAt);
		const row = (await inbox(as('dmc'))).find(({ number }) => number === one.number);
		expect(row).toMatchObject({ hearingAt: one.startsAt, openDirections: 0 });
	});

	it('opens to the accused post once it was asked for its report, and to nobody for a draft', async () => {
		const one = await heardCase();
		expect(await refusalCode(caseFile(as('secretary'), one.number, 'test'))).toBe('forbidden');
		await directSecretary(one);
		expect(await refusalCode(caseFile(as('secretary'), one.number, 'test'))).toBeNull();
	});

	it('lets the citizen ask for a hearing again once it was held', async () => {
		const one = await heardCase();
		const at = (now: string) =>
			testContext(database.db, { actor: one.citizen, now: new Date(now) });
		await database.sql`update grievance set hearing_requested_at = '2026-11-10T06:00:00Z' where id = ${one.id}`;
		await database.sql`update booking set created_at = '2026-11-12T06:00:00Z' where grievance_id = ${one.id}`;
		const booked = await tracking(at('2026-11-13T06:00:00Z'), one.number);
		expect(booked.hearingRequestedAt).not.toBeNull();

		await database.sql`update booking set status = 'fulfilled' where grievance_id = ${one.id}`;
		const held = await tracking(at('2026-11-19T06:00:00Z'), one.number);
		expect(held.hearingRequestedAt).toBeNull();
		await requestHearing(at('2026-11-20T06:00:00Z'), one.number);
		const again = await tracking(at('2026-11-21T06:00:00Z'), one.number);
		expect(again.hearingRequestedAt).toEqual(new Date('2026-11-20T06:00:00Z'));
	});

	it('tells of hearing, direction and report, with the photo where it belongs', async () => {
		const one = await heardCase();
		const directionId = await directSecretary(one);
		const { secretary } = world.posts;
		const ctx = testContext(database.db, { actor: one.citizen });
		const waiting = await tracking(ctx, one.number);
		expect(waiting.progressPercent).toBe(50);
		expect(waiting.timeline.slice(-2)).toMatchObject([
			{
				title: 'सुनवाई अगली तारीख तक टली (स्थगित)',
				text: 'कार्यवाही संख्या P/1। अगली सुनवाई 23 नवंबर, 23:59 बजे।',
				hearingId: one.hearingId,
			},
			{
				title: 'सचिव, नगरपालिका बावल से रिपोर्ट माँगी गई',
				text: 'आखिरी दिन 23 नवंबर 2026।',
				directionId,
			},
		]);
		expect(waiting.nextStep).toMatchObject({
			kind: 'direction_escalates',
			at: DUE,
			toPost: { id: world.posts.dmc.id },
		});

		const report = written(
			await database.db
				.insert(actionTakenReport)
				.values({
					directionId,
					postId: secretary.id,
					personId: secretary.personId,
					text: 'काम हुआ',
					at: DUE,
				})
				.returning(),
		);
		await database.sql`update direction set state = 'answered', next_scan_at = null where id = ${directionId}`;
		const photo = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
			.jpeg()
			.toBuffer();
		const photoId = await addReportAttachment(as('secretary'), {
			grievanceId: one.id,
			reportId: report.id,
			name: 'काम.jpg',
			bytes: photo,
		});
		await note(one.id, {
			type: 'direction_answered',
			public: true,
			data: { directionId, postId: secretary.id },
			note: 'काम हुआ',
		});
		const done = await tracking(ctx, one.number);
		expect(done.progressPercent).toBe(80);
		expect(done.timeline.at(-1)).toMatchObject({
			text: 'सचिव, नगरपालिका बावल ने बताया कि क्या किया गया। काम हुआ',
			attachments: [{ id: photoId, purpose: 'action_taken' }],
		});
	});

	it('stays open to the posts that held it before', async () => {
		const { id } = await fileGrievance(database.db, world);
		const { ddpo, dc } = world.posts;
		const ctx = testContext(database.db, { actor: { kind: 'system' } });
		await ctx.db.transaction(async (tx) => {
			await tx.insert(escalation).values({
				subject: 'grievance',
				subjectId: id,
				level: 2,
				fromPostId: ddpo.id,
				toPostId: dc.id,
			});
			await moveGrievance(tx, ctx, id, { level: 2, toPostId: dc.id, deadline: DUE });
		});
		const facts = await grievanceFacts(database.db, id);
		expect(facts.ownerPostId).toBe(dc.id);
		expect(mayStaffSee(as('ddpo'), facts)).toBe(true);
		expect(mayStaffSee(as('dmc'), facts)).toBe(false);
	});
});
