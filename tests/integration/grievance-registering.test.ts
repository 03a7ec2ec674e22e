import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findForDesk, hearingRequests } from '#lib/server/appointment/index.ts';
import { verifyTimeline } from '#lib/server/audit/index.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import {
	caseFile,
	counterReceipt,
	draft,
	filedByMe,
	fileForCitizen,
	inbox,
	saveDraft,
	tracking,
	type CounterAnswers,
} from '#lib/server/grievance/index.ts';
import {
	actingGrant,
	attestActing,
	finishActing,
	finishSignIn,
	startActing,
} from '#lib/server/identity/index.ts';
import { sendOtp } from '#lib/server/notification/index.ts';
import { blindIndex, unseal } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import { demonstrationSms } from '#lib/server/platform/sms.ts';
import {
	queuedJobs,
	testContext,
	testDatabase,
	TEST_NOW,
	type TestDatabase,
} from '../support/database.ts';
import {
	caseB,
	makeCitizen,
	makeWorld,
	staffOf,
	testMobile,
	type TestPost,
	type World,
} from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
/** Operators of two service centres of the district. */
let agent: TestPost;
let otherAgent: TestPost;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	const { clerk, monitor, director } = world.posts;
	const functions = ['agent'] as const;
	const { districtId } = world;
	// Two posts that have nothing else to do here.
	agent = { ...monitor, functions, districtId, jurisdictionId: districtId };
	otherAgent = { ...director, functions, districtId, jurisdictionId: districtId };
	expect(clerk.districtId).toBe(districtId);
});
afterAll(() => database.close());

const BROWSER = 'browser of the counter';
const later = (minutes: number) => new Date(TEST_NOW.getTime() + minutes * 60_000);
const as = (post: TestPost, now = TEST_NOW) =>
	testContext(database.db, { actor: staffOf(post), now });

let address = 0;
const start = (post: TestPost, mobile: string, now = TEST_NOW) =>
	startActing(as(post, now), {
		mobile,
		browserToken: BROWSER,
		address: `10.1.0.${(address += 1)}`,
	});

async function codeOf(challengeId: string): Promise<string> {
	const jobs = await queuedJobs(database.sql, 'otp.send');
	const job = jobs.find(({ payload }) => payload['challengeId'] === challengeId);
	return unseal(Buffer.from(String(job?.payload['sealedCode']), 'base64'), 'otp_code');
}

async function byCode(post: TestPost, mobile: string): Promise<string> {
	const { challengeId } = await start(post, mobile);
	const code = await codeOf(challengeId);
	return (await finishActing(as(post), { challengeId, code, browserToken: BROWSER })).grantId;
}
const WORD = { reason: 'phone_elsewhere', paperSeen: 'वोटर कार्ड' } as const;
const byWord = async (post: TestPost, mobile: string, now = TEST_NOW) =>
	(await attestActing(as(post, now), { mobile, ...WORD })).grantId;

function answers(more: Partial<CounterAnswers> = {}): CounterAnswers {
	const { categoryId, jurisdictionId, details, relief, name } = caseB(world);
	return {
		categoryId: categoryId ?? null,
		area: 'rural',
		jurisdictionId: jurisdictionId ?? null,
		placeNote: null,
		details: details ?? null,
		relief: relief ?? null,
		againstPostId: null,
		name: name ?? null,
		proof: { kind: 'mobile_only' },
		sawPaper: false,
		hearingWanted: true,
		noticeAgreed: true,
		...more,
	};
}
const citizenOf = async (mobile: string) =>
	found(
		(
			await database.db
				.select()
				.from(citizen)
				.where(eq(citizen.mobileIndex, blindIndex('mobile', mobile)))
		)[0],
	);

describe('the right to file for a citizen', () => {
	it('is for clerks and agents of a district alone', async () => {
		const { ddpo, dc, administrator, secretary } = world.posts;
		for (const post of [ddpo, dc, administrator, secretary]) {
			expect(await refusalCode(start(post, testMobile()))).toBe('forbidden');
			expect(await refusalCode(byWord(post, testMobile()))).toBe('forbidden');
		}
		const self = testContext(database.db, { actor: await makeCitizen(database.db) });
		expect(await refusalCode(attestActing(self, { mobile: testMobile(), ...WORD }))).toBe(
			'forbidden',
		);
	});

	it('comes with the code that the citizen read out, and not without', async () => {
		const { clerk } = world.posts;
		const { challengeId } = await start(clerk, testMobile());
		const code = await codeOf(challengeId);
		const wrong = code === '000000' ? '000001' : '000000';
		const give = (post: TestPost, typed: string, browserToken = BROWSER) =>
			refusalCode(finishActing(as(post), { challengeId, code: typed, browserToken }));
		expect(await give(clerk, wrong)).toBe('code_wrong');
		expect(await give(clerk, code, 'another browser')).toBe('code_expired');
		expect(await give(agent, code)).toBe('code_expired');
		expect(await give(clerk, code)).toBeNull();
		expect(await give(clerk, code)).toBe('code_expired');
	});

	it('signs nobody in: the code of a counter opens no account, nor a sign-in code a counter', async () => {
		const mobile = testMobile();
		const { challengeId } = await start(world.posts.clerk, mobile);
		const code = await codeOf(challengeId);
		const anonymous = testContext(database.db);
		expect(
			await refusalCode(finishSignIn(anonymous, { challengeId, code, browserToken: BROWSER })),
		).toBe('code_expired');
	});

	it('is asked for in an SMS that names the post', async () => {
		const mobile = testMobile();
		const { challengeId } = await start(agent, mobile);
		const jobs = await queuedJobs(database.sql, 'otp.send');
		const job = found(jobs.find(({ payload }) => payload['challengeId'] === challengeId));
		await sendOtp(
			testContext(database.db, { actor: { kind: 'system' } }),
			demonstrationSms,
			job.payload,
		);
		const [message] = await database.db
			.select()
			.from(smsOutbox)
			.where(eq(smsOutbox.dedupeKey, `otp:${challengeId}`));
		expect(message?.text).toContain('निगरानी कक्ष');
		expect(message?.text).toContain(await codeOf(challengeId));
	});

	it('on the own word names person, post, reason and paper, and changes no account', async () => {
		const known = await makeCitizen(database.db, { name: 'पहले का नाम', locale: 'en' });
		const grantId = await byWord(world.posts.clerk, known.mobile);
		const [row] = await database.sql`select * from acting_grant where id = ${grantId}`;
		expect(row).toMatchObject({
			citizen_id: known.citizenId,
			person_id: world.posts.clerk.personId,
			post_id: world.posts.clerk.id,
			basis: 'attested',
			reason: 'phone_elsewhere',
		});
		const { number } = await fileForCitizen(as(world.posts.clerk), grantId, answers());
		expect(number).toMatch(/^RWR-26-/);
		expect(await citizenOf(known.mobile)).toMatchObject({ name: 'पहले का नाम', locale: 'en' });
	});

	it('on the own word needs a real mobile and a paper, whose Aadhaar number is hidden', async () => {
		const { clerk } = world.posts;
		const word = (mobile: string, paperSeen: string) =>
			refusalCode(attestActing(as(clerk), { mobile, reason: 'no_signal', paperSeen }));
		expect(await word('123', 'वोटर कार्ड')).toBe('mobile_invalid');
		expect(await word(testMobile(), '  ')).toBe('invalid_input');
		expect(await word(testMobile(), 'क'.repeat(61))).toBe('text_too_long');
		const { grantId } = await attestActing(as(clerk), {
			mobile: testMobile(),
			reason: 'no_signal',
			paperSeen: 'आधार 2341 2341 2346',
		});
		const [row] = await database.sql<{ paper: Buffer }[]>`
			select paper_seen as paper from acting_grant where id = ${grantId}`;
		expect(unseal(Buffer.from(found(row).paper), 'acting_paper')).toBe('आधार XXXX XXXX 2346');
	});

	it('on the own word is not for walking through lists of numbers', async () => {
		const now = later(24 * 60);
		let code = null;
		for (let many = 0; many < 31 && code === null; many += 1) {
			code = await refusalCode(byWord(otherAgent, testMobile(), now));
			expect(many < 30 ? code : 'too_many_requests').toBe(many < 30 ? null : 'too_many_requests');
		}
		expect(code).toBe('too_many_requests');
	});

	it("is nobody else's, ends, and does not tell whose number it is", async () => {
		const known = await makeCitizen(database.db, { name: 'छिपा नाम' });
		const grantId = await byWord(world.posts.clerk, known.mobile);
		const shown = await actingGrant(as(world.posts.clerk), grantId);
		expect(JSON.stringify(shown)).not.toContain('छिपा');
		for (const work of [
			(post: TestPost) => actingGrant(as(post), grantId),
			(post: TestPost) => fileForCitizen(as(post), grantId, answers()),
		]) {
			expect(await refusalCode(work(agent))).toBe('not_found');
			expect(await refusalCode(work(world.posts.otherClerk))).toBe('not_found');
			expect(await refusalCode(work(world.posts.ddpo))).toBe('forbidden');
		}
		const late = as(world.posts.clerk, later(45));
		expect(await refusalCode(fileForCitizen(late, grantId, answers()))).toBe('acting_ended');
		expect(await refusalCode(actingGrant(late, 'nonsense'))).toBe('not_found');
	});
});

describe('filing at a counter', () => {
	it("files in the citizen's name by the usual rules, with who filed it", async () => {
		const mobile = testMobile();
		const grantId = await byCode(world.posts.clerk, mobile);
		const { number } = await fileForCitizen(as(world.posts.clerk), grantId, answers());
		const owner = await citizenOf(mobile);
		expect(owner.name).toBe('रामफल');
		const self = testContext(database.db, { actor: { kind: 'citizen', citizenId: owner.id } });
		const seen = await tracking(self, number);
		expect(seen).toMatchObject({
			owner: { id: world.posts.ddpo.id },
			proofStrength: 'mobile_only',
		});
		expect(seen.deadline).toEqual(new Date('2026-12-01T18:29:59.999Z'));
		expect(seen.timeline.map(({ type }) => type)).toEqual(['registered', 'hearing_requested']);
		expect(seen.timeline[0]?.text).toContain('सुनवाई लिपिक, रेवाड़ी');
		const [row] = await database.sql`
			select g.filed_by_person_id, g.filed_by_post_id, e.actor_kind, e.actor_post_id
			from grievance g join grievance_event e on e.grievance_id = g.id and e.seq = 1
			where g.number = ${number}`;
		expect(row).toEqual({
			filed_by_person_id: world.posts.clerk.personId,
			filed_by_post_id: world.posts.clerk.id,
			actor_kind: 'staff',
			actor_post_id: world.posts.clerk.id,
		});
		expect(await verifyTimeline(database.db, seen.id)).toMatchObject({ ok: true });
		expect((await inbox(as(world.posts.ddpo))).map((one) => one.number)).toContain(number);
		const told = (await queuedJobs(database.sql, 'notify')).filter(
			({ payload }) => payload['grievanceId'] === seen.id,
		);
		expect(told.map(({ payload }) => payload['to'])).toContainEqual({
			kind: 'citizen',
			id: owner.id,
		});
	});

	it('gives one number for one right, also when it is sent many times at once', async () => {
		const grantId = await byCode(world.posts.clerk, testMobile());
		const file = () => fileForCitizen(as(world.posts.clerk), grantId, answers());
		const numbers = (await Promise.all([file(), file(), file()])).map(({ number }) => number);
		expect(new Set(numbers).size).toBe(1);
		expect(
			(await fileForCitizen(as(world.posts.clerk, later(60)), grantId, answers())).number,
		).toBe(numbers[0]);
	});

	it("leaves the citizen's own unfinished filing alone", async () => {
		const own = await makeCitizen(database.db);
		const self = testContext(database.db, { actor: own });
		await saveDraft(self, { details: 'मेरा अपना अधूरा आवेदन' });
		const grantId = await byCode(world.posts.clerk, own.mobile);
		await fileForCitizen(as(world.posts.clerk), grantId, answers());
		expect((await draft(self)).answers.details).toBe('मेरा अपना अधूरा आवेदन');
	});

	it('refuses what is missing, another district, and hides Aadhaar numbers; the right stays', async () => {
		const { clerk } = world.posts;
		const grantId = await byCode(clerk, testMobile());
		const file = (more: Partial<CounterAnswers>) =>
			refusalCode(fileForCitizen(as(clerk), grantId, answers(more)));
		expect(await file({ details: '  ' })).toBe('draft_incomplete');
		expect(await file({ noticeAgreed: false })).toBe('draft_incomplete');
		expect(await file({ jurisdictionId: world.otherDistrictId })).toBe('place_invalid');
		expect(await file({ categoryId: 'nonsense' })).toBe('invalid_input');
		expect(await file({ proof: { kind: 'ppp', familyId: '1' } })).toBe('family_id_invalid');
		expect(await file({ proof: { kind: 'ppp', familyId: '234123412346' } })).toBe(
			'aadhaar_not_kept',
		);
		const { number } = await fileForCitizen(
			as(clerk),
			grantId,
			answers({ details: 'आधार 2341 2341 2346' }),
		);
		expect((await caseFile(as(clerk), number, 'test')).details).toBe('आधार XXXX XXXX 2346');
	});

	it('a clerk of another district cannot file here', async () => {
		const { otherClerk } = world.posts;
		const grantId = await byCode(otherClerk, testMobile());
		expect(await refusalCode(fileForCitizen(as(otherClerk), grantId, answers()))).toBe(
			'place_invalid',
		);
	});

	it('keeps that the clerk saw the paper; an agent cannot say so', async () => {
		const paper: Partial<CounterAnswers> = {
			proof: { kind: 'ppp', familyId: '4ABC12X9' },
			sawPaper: true,
		};
		const { clerk } = world.posts;
		const grantId = await byCode(clerk, testMobile());
		const { number } = await fileForCitizen(as(clerk), grantId, answers(paper));
		expect((await caseFile(as(clerk), number, 'test')).proof).toMatchObject({
			strength: 'attested_by_clerk',
			attested: { postId: clerk.id },
		});
		const own = await byCode(agent, testMobile());
		expect(await refusalCode(fileForCitizen(as(agent), own, answers(paper)))).toBe('forbidden');
		const phone = await byCode(clerk, testMobile());
		expect(await refusalCode(fileForCitizen(as(clerk), phone, answers({ sawPaper: true })))).toBe(
			'invalid_input',
		);
	});
});

describe('an agent', () => {
	it('sees a list of what it filed, its receipts, and nothing else', async () => {
		const file = async (post: TestPost) =>
			(await fileForCitizen(as(post), await byCode(post, testMobile()), answers())).number;
		const mine = await file(agent);
		const others = [await file(world.posts.clerk), await file(otherAgent)];
		const rows = await filedByMe(as(agent));
		expect(rows.map(({ number }) => number)).toContain(mine);
		for (const number of others) expect(rows.map((row) => row.number)).not.toContain(number);
		expect(Object.keys(rows[0] ?? {}).toSorted()).toEqual([
			'filedAt',
			'number',
			'state',
			'stateText',
		]);
		const receipt = await counterReceipt(as(agent), mine);
		expect(receipt.complainant).toContain('रामफल');
		const logged = await database.sql`
			select 1 from access_log
			where grievance_id = ${receipt.grievance.id} and reason = 'counter_receipt'`;
		expect(logged).toHaveLength(1);
		for (const number of others) {
			expect(await refusalCode(counterReceipt(as(agent), number))).toBe('not_found');
			expect(await refusalCode(caseFile(as(agent), number, 'test'))).toBe('forbidden');
		}
		expect(await refusalCode(caseFile(as(agent), mine, 'test'))).toBe('forbidden');
		expect(await refusalCode(findForDesk(as(agent), mine))).toBe('forbidden');
		const requests = async () => hearingRequests(as(agent));
		expect(await refusalCode(requests())).toBe('forbidden');
		expect(await inbox(as(agent))).toEqual([]);
		// The same person in another post, or another person in the same one, sees none of it.
		const elsewhere = { ...agent, id: world.posts.clerk.id };
		const successor = { ...agent, personId: world.posts.clerk.personId };
		for (const post of [elsewhere, successor]) {
			expect((await filedByMe(as(post))).map(({ number }) => number)).not.toContain(mine);
			expect(await refusalCode(counterReceipt(as(post), mine))).toBe('not_found');
		}
	});
});
