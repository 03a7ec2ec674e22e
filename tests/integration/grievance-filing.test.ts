import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import {
	caseFile,
	draft,
	inbox,
	myGrievances,
	requestHearing,
	saveDraft,
	submitDraft,
	tracking,
	type DraftAnswers,
} from '#lib/server/grievance/index.ts';
import { checkProof } from '#lib/server/identity/index.ts';
import type { CitizenActor } from '#lib/server/platform/context.ts';
import {
	queuedJobs,
	testContext,
	testDatabase,
	TEST_NOW,
	type TestDatabase,
} from '../support/database.ts';
import {
	caseA,
	caseB,
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	vacate,
	type World,
} from '../support/factories.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const as = (actor: CitizenActor, now = TEST_NOW) => testContext(database.db, { actor, now });
const save = async (patch: Partial<DraftAnswers>, actor?: CitizenActor) =>
	saveDraft(as(actor ?? (await makeCitizen(database.db))), patch);

describe('bad answers', () => {
	it('refuse anybody who is no signed-in citizen', async () => {
		const clerk = testContext(database.db, { actor: staffOf(world.posts.clerk) });
		for (const ctx of [testContext(database.db), clerk]) {
			expect(await refusalCode(draft(ctx))).toBe('forbidden');
			expect(await refusalCode(saveDraft(ctx, {}))).toBe('forbidden');
			expect(await refusalCode(submitDraft(ctx, { submissionKey: randomUUID() }))).toBe(
				'forbidden',
			);
			expect(await refusalCode(myGrievances(ctx))).toBe('forbidden');
		}
	});

	it.each(['nonsense', '00000000-0000-4000-8000-000000000000', "'; drop table grievance; --"])(
		'refuse ids that name nothing: %s',
		async (id) => {
			expect(await refusalCode(save({ categoryId: id }))).toBe('invalid_input');
			expect(await refusalCode(save({ area: 'urban', jurisdictionId: id }))).toBe('invalid_input');
			expect(await refusalCode(save({ againstPostId: id }))).toBe('invalid_input');
		},
	);

	it('refuse a village as an urban place, a place of another district, and a district', async () => {
		const { villageId, ward2Id, districtId, otherDistrictId } = world;
		expect(await refusalCode(save({ area: 'urban', jurisdictionId: villageId }))).toBe(
			'place_invalid',
		);
		expect(
			await refusalCode(
				save({ area: 'urban', districtId: otherDistrictId, jurisdictionId: ward2Id }),
			),
		).toBe('place_invalid');
		expect(await refusalCode(save({ area: 'rural', jurisdictionId: districtId }))).toBe(
			'place_invalid',
		);
		expect(await refusalCode(save({ districtId: ward2Id }))).toBe('place_invalid');
	});

	it('refuse 10,000 characters with the limit, and keep what was saved before', async () => {
		const actor = await makeCitizen(database.db);
		await save({ details: 'पहले का लिखा' }, actor);
		expect(await refusalOf(save({ details: 'क'.repeat(10_000) }, actor))).toEqual({
			code: 'text_too_long',
			facts: { field: 'details', max: 5000 },
		});
		expect((await draft(as(actor))).answers.details).toBe('पहले का लिखा');
	});

	it('are counted in characters: 5,000 emoji fit', async () => {
		const saved = await save({ details: '😀'.repeat(5000) });
		expect(saved.answers.details).toBe('😀'.repeat(5000));
	});
});

describe('text as people write it', () => {
	it('keeps emoji, joiners and Hindi, and drops marks that turn the reading direction', async () => {
		const details = 'पानी 👨‍👩‍👧‍👦 क्‍ष श्री\u202Eevil\u202C\u0000 ok\r\nदूसरी पंक्ति';
		const saved = await save({ details, name: '  राम\n\tकुमार ' });
		expect(saved.answers.details).toBe('पानी 👨‍👩‍👧‍👦 क्‍ष श्रीevil ok\nदूसरी पंक्ति');
		expect(saved.answers.name).toBe('राम कुमार');
	});

	it('hides an Aadhaar number before anything is stored, and says where', async () => {
		const actor = await makeCitizen(database.db);
		const saved = await save(
			{
				details: 'मेरा आधार 2341-2341-2346 है',
				relief: 'नंबर २३४१ २३४१ २३४६',
				placeNote: 'घर 234123412346',
				name: 'राम 234123412346',
			},
			actor,
		);
		expect(saved.answers).toMatchObject({
			details: 'मेरा आधार XXXX XXXX 2346 है',
			relief: 'नंबर XXXX XXXX 2346',
			placeNote: 'घर XXXX XXXX 2346',
			name: 'राम XXXX XXXX 2346',
		});
		expect(saved.masked.toSorted()).toEqual(['details', 'name', 'placeNote', 'relief']);
		// Saved again as shown it still says so; without the number it does not.
		expect((await save({ details: saved.answers.details }, actor)).masked).toContain('details');
		expect((await save({ details: 'बिना नंबर' }, actor)).masked).not.toContain('details');
	});

	it('leaves other twelve-digit numbers alone', async () => {
		const saved = await save({ details: 'कनेक्शन 123412341234, फ़ोन +91 98765 43210' });
		expect(saved.answers.details).toContain('123412341234');
		expect(saved.masked).toEqual([]);
	});
});

describe('a draft', () => {
	it('is one a citizen, stays over sign-ins and says what is missing', async () => {
		const actor = await makeCitizen(database.db);
		const [one, two] = await Promise.all([draft(as(actor)), draft(as(actor))]);
		expect(one.submissionKey).toBe(two.submissionKey);
		expect(one.missing).toEqual(['what', 'where', 'details', 'identity', 'review']);
		const saved = await save({ categoryId: world.roadId }, actor);
		expect(saved.missing).toEqual(['where', 'details', 'identity', 'review']);
		expect(saved.category?.name).toBe('सड़क और गली');
	});

	it('loses the place when district or area change', async () => {
		const actor = await makeCitizen(database.db);
		await save({ area: 'urban', jurisdictionId: world.ward2Id }, actor);
		const moved = await save({ area: 'rural' }, actor);
		expect(moved.answers.jurisdictionId).toBeNull();
		expect(moved.answers.districtId).toBe(world.districtId);
	});

	it('holds a checked proof without the number behind it', async () => {
		const actor = await makeCitizen(database.db);
		const proof = await checkProof(as(actor), { kind: 'ppp', familyId: '4ABC12X9' });
		await save({ proof }, actor);
		expect((await draft(as(actor))).answers.proof).toEqual(proof);
	});

	it('cannot be sent unfinished', async () => {
		const actor = await makeCitizen(database.db);
		const { submissionKey } = await save({ ...caseB(world), noticeAgreed: false }, actor);
		expect(await refusalOf(submitDraft(as(actor), { submissionKey }))).toEqual({
			code: 'draft_incomplete',
			facts: { step: 'review' },
		});
		expect(await myGrievances(as(actor))).toEqual([]);
	});

	it('is not sent by a key that is not its own', async () => {
		const actor = await makeCitizen(database.db);
		await save(caseB(world), actor);
		expect(await refusalCode(submitDraft(as(actor), { submissionKey: randomUUID() }))).toBe(
			'stale',
		);
		expect(await refusalCode(submitDraft(as(actor), { submissionKey: 'x' }))).toBe('invalid_input');
		const other = await fileGrievance(database.db, world);
		const [row] = await database.db.select().from(grievance).where(eq(grievance.id, other.id));
		const { submissionKey } = row ?? { submissionKey: '' };
		expect(await refusalCode(submitDraft(as(actor), { submissionKey }))).toBe('stale');
	});
});

describe('submitting', () => {
	it('makes one grievance of a form sent ten times at once, and answers with its number', async () => {
		const actor = await makeCitizen(database.db);
		const { submissionKey } = await save(caseB(world), actor);
		const answers = await Promise.all(
			Array.from({ length: 10 }, () => submitDraft(as(actor), { submissionKey })),
		);
		expect(new Set(answers.map((one) => one.number)).size).toBe(1);
		expect(await myGrievances(as(actor))).toHaveLength(1);
		const jobs = await queuedJobs(database.sql, 'notify');
		const mine = jobs.filter(({ payload }) => JSON.stringify(payload).includes(actor.citizenId));
		expect(mine).toHaveLength(1);
		expect(await submitDraft(as(actor), { submissionKey })).toEqual(answers[0]);
	});

	it('gives numbers without gaps or doubles to many at once', async () => {
		const filed = await Promise.all(
			Array.from({ length: 12 }, () => fileGrievance(database.db, world)),
		);
		const serials = filed.map(({ number }) => Number(number.slice(-6))).toSorted((a, b) => a - b);
		const [first = 0] = serials;
		expect(serials).toEqual(serials.map((_, n) => first + n));
		expect(filed[0]?.number).toMatch(/^RWR-26-\d{6}$/);
	});

	it('writes state, owner, deadline, timeline and messages together', async () => {
		const { id, number, citizen } = await fileGrievance(database.db, world);
		const seen = await tracking(as(citizen), number);
		expect(seen).toMatchObject({
			number,
			title: 'खुर्शीदनगर: पानी की निकासी',
			state: 'with_officer',
			stateText: 'अधिकारी के पास',
			level: 1,
			lastLevel: 4,
			owner: { id: world.posts.ddpo.id },
			progressPercent: 25,
			proofStrength: 'mobile_only',
		});
		// Entry day not counted, 15 calendar days: Tuesday, 1 December, to the end of the day.
		expect(seen.deadline).toEqual(new Date('2026-12-01T18:29:59.999Z'));
		expect(seen.timeline.map((entry) => entry.type)).toEqual(['registered', 'hearing_requested']);
		expect(seen.timeline[0]).toMatchObject({
			title: 'शिकायत दर्ज हुई',
			text: 'यह ज़िला विकास एवं पंचायत अधिकारी, रेवाड़ी के पास गई। 1 दिसंबर 2026 तक कार्रवाई करनी है।',
		});
		expect(seen.nextStep).toMatchObject({ kind: 'escalates', toPost: { id: world.posts.dc.id } });
		const jobs = (await queuedJobs(database.sql, 'notify')).filter(
			({ payload }) => payload['grievanceId'] === id,
		);
		expect(jobs.map(({ payload }) => payload['template']).toSorted()).toEqual([
			'grievance_assigned',
			'grievance_registered',
		]);
		expect(await draft(as(citizen))).toMatchObject({ answers: { details: null }, attachments: [] });
	});

	it('leaves nothing half-written when it fails late', async () => {
		const actor = await makeCitizen(database.db);
		const { submissionKey } = await save(caseB(world), actor);
		await database.sql`create function fail() returns trigger language plpgsql as
			$$ begin raise exception 'late failure'; end $$`;
		await database.sql`create trigger fail before delete on filing_draft for each row execute function fail()`;
		await expect(submitDraft(as(actor), { submissionKey })).rejects.toThrow();
		await database.sql`drop trigger fail on filing_draft`;
		expect(await myGrievances(as(actor))).toEqual([]);
		expect((await draft(as(actor))).answers.details).toBe(caseB(world).details);
		await expect(submitDraft(as(actor), { submissionKey })).resolves.toBeTruthy();
	});
});

describe('routing', () => {
	it('never gives a grievance to the post it is against: case A goes above the secretary', async () => {
		const { number, citizen } = await fileGrievance(database.db, world, { answers: caseA(world) });
		const seen = await tracking(as(citizen), number);
		expect(seen.owner?.id).toBe(world.posts.dmc.id);
		expect(seen.against?.name).toBe('सचिव, नगरपालिका बावल');
		expect(seen.title).toBe('वार्ड 2, नगरपालिका बावल: सड़क और गली');
		expect(seen.timeline[0]?.text).toContain('जिस पद के खिलाफ़ है');
		const rows = await inbox(testContext(database.db, { actor: staffOf(world.posts.dmc) }));
		expect(rows.map((row) => row.number)).toContain(number);
		const accused = await inbox(
			testContext(database.db, { actor: staffOf(world.posts.secretary) }),
		);
		expect(accused.map((row) => row.number)).not.toContain(number);
	});

	it('gives what no rule places to the nodal post, and when that is accused to its superior', async () => {
		const answers = { categoryId: world.unmappedId };
		const one = await fileGrievance(database.db, world, { answers });
		expect((await tracking(as(one.citizen), one.number)).owner?.id).toBe(world.posts.nodal.id);
		const two = await fileGrievance(database.db, world, {
			answers: { ...answers, againstPostId: world.posts.nodal.id },
		});
		expect((await tracking(as(two.citizen), two.number)).owner?.id).toBe(world.posts.dc.id);
	});

	it('climbs over a vacant post', async () => {
		const other = await testDatabase();
		try {
			const place = await makeWorld(other.db);
			await vacate(other.db, place.posts.ddpo, new Date('2026-11-01T00:00:00Z'));
			const { number, citizen } = await fileGrievance(other.db, place);
			const seen = await tracking(testContext(other.db, { actor: citizen }), number);
			expect(seen.owner?.id).toBe(place.posts.dc.id);
			expect(seen.timeline[0]?.text).toContain('पद खाली है');
		} finally {
			await other.close();
		}
	});

	it('moves a deadline that falls on a day off to the next working day', async () => {
		// 15 days after 10 December is Christmas, a Friday; the next working day is Monday.
		const now = new Date('2026-12-10T06:00:00Z');
		const { number, citizen } = await fileGrievance(database.db, world, { now });
		const seen = await tracking(as(citizen, now), number);
		expect(seen.deadline).toEqual(new Date('2026-12-28T18:29:59.999Z'));
	});
});

describe('asking for a hearing', () => {
	it('is recorded once, however often it is asked', async () => {
		const { number, citizen } = await fileGrievance(database.db, world, {
			answers: { hearingWanted: false },
		});
		expect((await tracking(as(citizen), number)).progressPercent).toBe(20);
		await Promise.all([requestHearing(as(citizen), number), requestHearing(as(citizen), number)]);
		await requestHearing(as(citizen), number);
		const seen = await tracking(as(citizen), number);
		expect(seen.hearingRequestedAt).toEqual(TEST_NOW);
		expect(seen.timeline.map((entry) => entry.type)).toEqual(['registered', 'hearing_requested']);
	});

	it('is not possible for somebody else, who learns nothing', async () => {
		const { number } = await fileGrievance(database.db, world);
		const stranger = as(await makeCitizen(database.db));
		expect(await refusalCode(requestHearing(stranger, number))).toBe('not_found');
		expect(await refusalCode(requestHearing(stranger, 'RWR-26-999999'))).toBe('not_found');
	});
});

describe('who sees what', () => {
	it('hides a grievance from other citizens and from people not signed in', async () => {
		const { number, id } = await fileGrievance(database.db, world);
		const stranger = as(await makeCitizen(database.db));
		for (const ctx of [stranger, testContext(database.db)]) {
			for (const which of [number, id, 'RWR-26-999999', 'x', '']) {
				expect(await refusalCode(tracking(ctx, which))).toBe('not_found');
			}
			expect(await refusalCode(caseFile(ctx, number, 'test'))).toBe('forbidden');
		}
		expect(await myGrievances(stranger)).toEqual([]);
	});

	it('is found by its number in any spelling', async () => {
		const { number, citizen } = await fileGrievance(database.db, world);
		const spelled = `${number.toLowerCase().replaceAll('-', ' ')} `;
		expect((await tracking(as(citizen), spelled)).number).toBe(number);
	});

	it('shows staff only the cases of their post, district or line, and logs each look', async () => {
		const { number, id } = await fileGrievance(database.db, world, { answers: caseA(world) });
		const look = (name: keyof World['posts']) =>
			refusalCode(
				caseFile(testContext(database.db, { actor: staffOf(world.posts[name]) }), number, 'test'),
			);
		for (const name of ['dmc', 'director', 'chief', 'dc', 'nodal', 'clerk', 'monitor'] as const) {
			expect(await look(name), name).toBeNull();
		}
		for (const name of ['secretary', 'ddpo', 'otherClerk', 'administrator'] as const) {
			expect(await look(name), name).toBe('forbidden');
		}
		const log =
			await database.sql`select post_id, reason from access_log where grievance_id = ${id}`;
		expect(log).toHaveLength(7);
		expect(log[0]?.['reason']).toBe('test');
		await expect(database.sql`delete from access_log`).rejects.toThrow(/append-only/);
	});

	it('shows a restricted case to its holder, the district head and the nodal post alone', async () => {
		const { number } = await fileGrievance(database.db, world, {
			answers: { categoryId: world.restrictedId },
		});
		const look = (name: keyof World['posts']) =>
			refusalCode(
				caseFile(testContext(database.db, { actor: staffOf(world.posts[name]) }), number, 'test'),
			);
		for (const name of ['ddpo', 'dc', 'nodal'] as const) expect(await look(name), name).toBeNull();
		for (const name of ['chief', 'clerk', 'monitor', 'dmc'] as const) {
			expect(await look(name), name).toBe('forbidden');
		}
	});

	it('shows staff the citizen masked, and earlier cases without restricted ones', async () => {
		const citizen = await makeCitizen(database.db);
		const before = await fileGrievance(database.db, world, { citizen });
		await fileGrievance(database.db, world, {
			citizen,
			answers: { categoryId: world.restrictedId },
		});
		const { number } = await fileGrievance(database.db, world, { citizen });
		const ctx = testContext(database.db, { actor: staffOf(world.posts.ddpo), locale: 'en' });
		const file = await caseFile(ctx, number, 'test');
		expect(file.citizen.name).toBe('रामफल');
		expect(file.citizen.maskedMobile).not.toContain(citizen.mobile.slice(6, 10));
		expect(file.earlier.map((one) => one.number)).toEqual([before.number]);
		expect(file.title).toBe('Khurshidnagar: Drainage');
		expect(file.timeline[0]?.title).toBe('Grievance registered');
	});
});

describe('a dump of the database', () => {
	it('holds no mobile number, complaint or Aadhaar number in clear', async () => {
		const citizen = await makeCitizen(database.db, { mobile: '+919812345678' });
		await fileGrievance(database.db, world, {
			citizen,
			answers: { details: 'गुप्त शब्द 234123412346', placeNote: 'मकान गुप्त शब्द' },
		});
		await saveDraft(as(citizen), { details: 'गुप्त शब्द' });
		const secrets = ['9812345678', 'गुप्त शब्द', '234123412346'];
		const needles = secrets.flatMap((secret) => [
			secret,
			// How bytea is written in a dump.
			Buffer.from(secret).toString('hex'),
			Buffer.from(secret).toString('base64').slice(0, -4),
		]);
		const tables = await database.sql`
			select format('%I.%I', table_schema, table_name) as name from information_schema.tables
			where table_type = 'BASE TABLE'
				and table_schema in ('public', 'graphile_worker', 'drizzle')`;
		expect(tables.length).toBeGreaterThan(30);
		for (const { name } of tables) {
			const rows = await database.sql.unsafe(`select t::text as text from ${name} t`);
			const dump = rows.map((row) => String(row['text'])).join('\n');
			for (const needle of needles) expect(dump.includes(needle), `${name}: ${needle}`).toBe(false);
		}
	});
});
