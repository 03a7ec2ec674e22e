/** Role x action x ownership: who may do what to whose case, asked through the modules' doors. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	bookSlot,
	deskBoard,
	openCauseList,
	sittingDetail,
} from '#lib/server/appointment/index.ts';
import {
	addDraftAttachment,
	caseFile,
	openAttachment,
	requestHearing,
	tracking,
} from '#lib/server/grievance/index.ts';
import {
	answerDirection,
	callNext,
	closeSitting,
	conclude,
	deskOf,
	directionDetail,
	draftDirection,
	joinGrant,
	markAbsent,
	openSitting,
	proceedingOf,
	requeue,
} from '#lib/server/hearing/index.ts';
import { createPost, listStaff, resetPassword } from '#lib/server/masters/index.ts';
import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import type { Actor, Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { addressFor } from '../support/addresses.ts';
import { makeSitting } from '../support/appointment.ts';
import { testDatabase, type TestDatabase } from '../support/database.ts';
import {
	caseA,
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type World,
} from '../support/factories.ts';
import { openedSitting, type TestSitting } from '../support/hearing.ts';
import { startLiveKit, type TestLiveKit } from '../support/livekit.ts';
import { photo } from '../support/pages-files.ts';
import { refusalCode } from '../support/refusals.ts';

/** `successor` holds the owner's post after somebody else; the last three are of another district. */
const ROLES = [
	...['nobody', 'citizen', 'stranger', 'secretary', 'dmc', 'successor', 'director', 'chief'],
	...['dc', 'nodal', 'ddpo', 'clerk', 'monitor', 'administrator'],
	...['otherClerk', 'otherDc', 'otherOfficer'],
] as const;
type Role = (typeof ROLES)[number];

let database: TestDatabase;
let world: World;
let sfu: TestLiveKit;
let actors: Map<string, Actor>;
let running: TestSitting;
const made: Record<string, string> = {};
const of = (name: string) => found(made[name]);

beforeAll(async () => {
	database = await testDatabase();
	const { db } = database;
	world = await makeWorld(db);
	sfu = await startLiveKit();
	const { livekit } = sfu;
	const { posts } = world;

	running = await openedSitting(db, world, {
		livekit,
		people: 2,
		cases: [{ againstPostId: posts.secretary.id, ownerPostId: posts.dmc.id }],
	});
	const [first, second] = [found(running.hearings[0]), found(running.hearings[1])];
	const dc = running.as(posts.dc);
	await callNext(dc, running.id);
	await joinGrant(first.ctx, first.hearingId);
	const direction = await draftDirection(dc, {
		hearingId: first.hearingId,
		kind: 'action',
		postId: posts.ddpo.id,
		dueDate: addDays(istDate(running.startsAt), 3),
		text: 'नाली बनवाएँ।',
	});
	await conclude(dc, {
		hearingId: first.hearingId,
		disposition: 'heard',
		order: 'none_yet',
		reasons: null,
		nextSlotId: null,
	});

	const citizen: Actor = { kind: 'citizen', citizenId: first.citizenId };
	const file = async (name: string, answers: Parameters<typeof fileGrievance>[2]) => {
		const { buffer } = await photo();
		const ctx = { ...dc, actor: citizen };
		const { id } = await addDraftAttachment(ctx, { name: 'a.jpg', bytes: buffer });
		// In a year of their own: the booked ones were written with numbers of 2026.
		const now = new Date('2027-01-05T05:30:00Z');
		const filed = await fileGrievance(db, world, { citizen, now, ...answers });
		made[`${name}.photo`] = id;
		made[name] = filed.number;
	};
	await file('ordinary', { answers: caseA(world) });
	await file('restricted', { answers: { categoryId: world.restrictedId } });
	await file('unbooked', {});

	const bookable = await makeSitting(db, world, { startsAt: new Date('2027-03-02T05:30:00Z') });
	Object.assign(made, {
		direction: direction.id,
		heard: first.hearingId,
		waiting: second.hearingId,
		bookable: bookable.id,
		slot: found(bookable.slotList[0]).id,
	});

	const another = await makeCitizen(db);
	actors = new Map<string, Actor>([
		['nobody', { kind: 'anonymous' }],
		['citizen', citizen],
		['stranger', { kind: 'citizen', citizenId: another.citizenId }],
		['successor', { ...staffOf(posts.dmc), personId: posts.director.personId }],
		[
			'otherDc',
			{
				...staffOf(posts.otherClerk),
				functions: ['officer', 'hearing'],
			},
		],
		['otherOfficer', { ...staffOf(posts.otherClerk), functions: ['officer'] }],
	]);
	for (const [name, post] of Object.entries(posts)) actors.set(name, staffOf(post));
});
afterAll(async () => {
	await sfu.close();
	await database.close();
});

/** With an address of their own: what is asked is the policy behind it. */
const openPhoto = async (ctx: Context, id: string) =>
	(await openAttachment(ctx, id, addressFor(ctx, id))).stream.cancel();

interface Action {
	does: string;
	run: (ctx: Context) => Promise<unknown>;
	may: readonly Role[];
}

const READERS = [
	'dmc',
	'successor',
	'director',
	'chief',
	'dc',
	'nodal',
	'clerk',
	'monitor',
] as const;
const RESTRICTED = ['ddpo', 'dc', 'nodal'] as const;

const ACTIONS: readonly Action[] = [
	{
		does: 'reads a case',
		run: (ctx) => caseFile(ctx, of('ordinary'), 'test'),
		may: READERS,
	},
	{
		does: 'opens a photo of a case',
		run: (ctx) => openPhoto(ctx, of('ordinary.photo')),
		may: ['citizen', ...READERS],
	},
	{
		does: 'reads a case of a restricted category',
		run: (ctx) => caseFile(ctx, of('restricted'), 'test'),
		may: RESTRICTED,
	},
	{
		does: 'opens a photo of a restricted case',
		run: (ctx) => openPhoto(ctx, of('restricted.photo')),
		may: ['citizen', ...RESTRICTED],
	},
	{ does: 'tracks a case', run: (ctx) => tracking(ctx, of('ordinary')), may: ['citizen'] },
	{
		does: 'asks for a hearing',
		run: (ctx) => requestHearing(ctx, of('ordinary')),
		may: ['citizen'],
	},
	{
		does: 'works on a case at the desk',
		run: (ctx) =>
			deskBoard(ctx, {
				text: '',
				caseNumber: of('ordinary'),
				postId: null,
				sittingId: null,
				bookedId: null,
			}),
		may: ['clerk'],
	},
	{
		does: 'reads a cause list',
		run: (ctx) => openCauseList(ctx, running.id),
		may: ['clerk', 'dc'],
	},
	{
		does: 'sees the slots of a sitting',
		run: (ctx) => sittingDetail(ctx, of('bookable')),
		may: ['clerk', 'dc'],
	},
	{
		does: 'gives a citizen a date',
		run: (ctx) =>
			bookSlot(ctx, { grievanceNumber: of('unbooked'), slotId: of('slot'), key: randomUUID() }),
		may: ['clerk'],
	},
	{ does: 'opens a sitting', run: (ctx) => openSitting(ctx, of('bookable')), may: ['dc'] },
	{ does: 'sees the officer’s desk', run: (ctx) => deskOf(ctx, running.id), may: ['dc'] },
	{ does: 'calls the next citizen', run: (ctx) => callNext(ctx, running.id), may: ['dc'] },
	{
		does: 'joins a hearing',
		// The second citizen's: nobody but that one and the officer.
		run: (ctx) => joinGrant(ctx, of('waiting')),
		may: ['dc'],
	},
	{
		does: 'gives a direction',
		run: (ctx) =>
			draftDirection(ctx, {
				hearingId: of('waiting'),
				kind: 'report',
				postId: world.posts.secretary.id,
				dueDate: addDays(istDate(running.startsAt), 3),
				text: 'रिपोर्ट दें।',
			}),
		may: ['dc'],
	},
	{ does: 'puts a citizen back', run: (ctx) => requeue(ctx, of('waiting')), may: ['dc'] },
	{ does: 'notes an absence', run: (ctx) => markAbsent(ctx, of('waiting')), may: ['dc'] },
	{
		does: 'concludes a hearing',
		run: (ctx) =>
			conclude(ctx, {
				hearingId: of('waiting'),
				disposition: 'heard',
				order: 'none_yet',
				reasons: null,
				nextSlotId: null,
			}),
		may: ['dc'],
	},
	{ does: 'closes a sitting', run: (ctx) => closeSitting(ctx, running.id), may: ['dc'] },
	{
		does: 'reads a proceeding',
		run: (ctx) => proceedingOf(ctx, of('heard')),
		may: ['citizen', ...READERS, 'ddpo'],
	},
	{
		does: 'reads a direction',
		run: (ctx) => directionDetail(ctx, of('direction')),
		may: ['ddpo', ...READERS],
	},
	{
		does: 'answers a direction',
		run: (ctx) => answerDirection(ctx, { directionId: of('direction'), text: 'हो गया।' }),
		may: ['ddpo'],
	},
	{ does: 'lists the staff', run: (ctx) => listStaff(ctx), may: ['administrator'] },
	{
		does: 'resets a password',
		run: (ctx) => resetPassword(ctx, world.posts.secretary.personId),
		may: ['administrator'],
	},
	{
		does: 'makes a post',
		run: (ctx) =>
			createPost(ctx, {
				designationHi: 'नया पद',
				designationEn: 'New Post',
				departmentId: null,
				jurisdictionId: world.districtId,
				superiorId: null,
				functions: ['officer'],
				isDistrictHead: false,
				isNodal: false,
			}),
		may: ['administrator'],
	},
];

/** Other refusals are for who may, and comes too early or too late. */
const NO = ['forbidden', 'not_found', 'hearing_not_yours'] as const;

describe('by the post in which somebody acts', () => {
	// In this order: what an allowed one changes comes after the others were refused.
	it.each(ACTIONS)('$does: only who may', async ({ run, may }) => {
		const letIn: Role[] = [];
		const last = (role: Role) => (may.includes(role) ? 1 : 0);
		for (const role of ROLES.toSorted((a, b) => last(a) - last(b))) {
			const actor = found(actors.get(role));
			const ctx = { ...running.as(world.posts.dc), actor };
			const refused = await refusalCode(run(ctx));
			if (!NO.some((code) => code === refused)) letIn.push(role);
		}
		expect(letIn.toSorted()).toEqual([...may].toSorted());
	});
});
