import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSENT_PURPOSES } from '#lib/domain/identity/consent.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import {
	addDraftAttachment,
	caseFile,
	draft,
	saveDraft,
	submitDraft,
} from '#lib/server/grievance/index.ts';
import { checkProof, consentsOf, recordConsent } from '#lib/server/identity/index.ts';
import { myData, privacyNotice, whoLooked, withdrawConsent } from '#lib/server/privacy/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import {
	caseA,
	caseB,
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type World,
} from '../support/factories.ts';
import { photo } from '../support/pages-files.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

async function someone(locale: 'hi' | 'en' = 'hi') {
	const actor = await makeCitizen(database.db);
	const ctx = testContext(database.db, { actor, locale });
	return { ...actor, ctx, ledger: () => consentsOf(database.db, actor.citizenId) };
}

const cardOf = (ctx: Context, consent: ('name' | 'address')[]) =>
	checkProof(ctx, {
		kind: 'aadhaar_qr',
		qr: makeDemoQr({
			fields: { name: 'Kamla Devi', dob: '01-01-1960', gender: 'F', house: '12', vtc: 'Bawal' },
			last4: '2346',
			signedAt: new Date('2026-06-01T06:00:00Z'),
		}),
		consent,
	});

/** Files with a card of which the fields are kept. */
async function fileWithCard(ctx: Context, consent: ('name' | 'address')[]): Promise<string> {
	const proof = await cardOf(ctx, consent);
	const { submissionKey } = await saveDraft(ctx, { ...caseB(world), proof });
	return (await submitDraft(ctx, { submissionKey })).number;
}

describe('the ledger of consents', () => {
	it('is refused every change and removal', async () => {
		const { citizen } = await fileGrievance(database.db, world);
		const { sql } = database;
		const { citizenId } = citizen;
		for (const change of [
			sql`update consent set given = false where citizen_id = ${citizenId}`,
			sql`delete from consent where citizen_id = ${citizenId}`,
		]) {
			await expect(change).rejects.toThrow(/append-only/);
		}
	});

	it('gets nothing when the filing fails', async () => {
		const { ctx, ledger } = await someone();
		const { submissionKey } = await saveDraft(ctx, { ...caseB(world), noticeAgreed: false });
		expect(await refusalCode(submitDraft(ctx, { submissionKey }))).toBe('draft_incomplete');
		expect(await ledger()).toEqual([]);
	});

	it('tells with a filing which notice was agreed to, in which language, and what was ticked', async () => {
		const { ctx, ledger } = await someone('en');
		await fileWithCard(ctx, ['name']);
		const given = { given: true, noticeVersion: NOTICE_VERSION, locale: 'en', act: 'filing' };
		expect(await ledger()).toMatchObject([
			{ ...given, purpose: 'grievance', at: ctx.clock.now() },
			{ ...given, purpose: 'proof_fields' },
		]);
	});

	it('has one entry of a filing that was sent twice at once, and none for fields nobody ticked', async () => {
		const { ctx, ledger } = await someone();
		const { submissionKey } = await saveDraft(ctx, {
			...caseB(world),
			proof: await cardOf(ctx, []),
		});
		await Promise.all([1, 2, 3].map(() => submitDraft(ctx, { submissionKey })));
		expect((await ledger()).map((one) => one.purpose)).toEqual(['grievance']);
	});

	it('says when a clerk wrote it down, and in which post', async () => {
		const { citizenId, ledger } = await someone();
		const clerk = testContext(database.db, { actor: staffOf(world.posts.clerk) });
		await database.db.transaction((tx) =>
			recordConsent(tx, clerk, { citizenId, purpose: 'reminders', given: true }),
		);
		expect(await ledger()).toMatchObject([{ act: 'clerk', purpose: 'reminders' }]);
		const [row] = await database.sql`select post_id from consent where citizen_id = ${citizenId}`;
		expect(row?.['post_id']).toBe(world.posts.clerk.id);
	});
});

describe('taking a consent back', () => {
	it('of the photo on a card takes the photo out of the case and of the unfinished filing', async () => {
		const { ctx, citizenId, ledger } = await someone();
		const proof = { ...(await cardOf(ctx, [])), photo: 'UE5H' };
		const { submissionKey } = await saveDraft(ctx, { ...caseB(world), proof });
		await submitDraft(ctx, { submissionKey });
		await saveDraft(ctx, { ...caseB(world), proof });
		expect((await ledger()).map((one) => one.purpose)).toEqual(['grievance', 'proof_photo']);
		const photos = () => database.sql`
			select 1 from identity_proof where citizen_id = ${citizenId} and photo is not null`;
		expect(await photos()).toHaveLength(1);
		await withdrawConsent(ctx, 'proof_photo');
		expect(await photos()).toHaveLength(0);
		expect((await draft(ctx)).answers.proof).toMatchObject({ kind: 'aadhaar_qr' });
		expect((await draft(ctx)).answers.proof?.photo).toBeUndefined();
	});

	it('of the place of photos takes the place and leaves the photo', async () => {
		const { ctx, citizenId, ledger } = await someone();
		const { buffer } = await photo();
		const given = { name: 'gali.jpg', bytes: buffer, keepPlace: true, place: '28.0833, 76.5833' };
		await addDraftAttachment(ctx, given);
		// The same photo again is no second agreement.
		await addDraftAttachment(ctx, given);
		expect((await ledger()).map((one) => one.purpose)).toEqual(['photo_place']);
		await fileWithCard(ctx, []);
		const places = () => database.sql`
			select a.place from attachment a join grievance g on g.id = a.grievance_id
			where g.citizen_id = ${citizenId}`;
		expect((await places()).map((row) => row['place'] !== null)).toEqual([true]);
		await withdrawConsent(ctx, 'photo_place');
		expect((await places()).map((row) => row['place'] !== null)).toEqual([false]);
	});

	it('is not possible for the work on a grievance, nor for staff', async () => {
		const { ctx } = await someone();
		await fileWithCard(ctx, ['name']);
		expect(await refusalCode(withdrawConsent(ctx, 'grievance'))).toBe('consent_needed');
		const clerk = testContext(database.db, { actor: staffOf(world.posts.clerk) });
		expect(await refusalCode(withdrawConsent(clerk, 'proof_fields'))).toBe('forbidden');
	});

	it('that was never given changes nothing', async () => {
		const { ctx, ledger } = await someone();
		for (const purpose of CONSENT_PURPOSES.filter((one) => one !== 'grievance')) {
			await withdrawConsent(ctx, purpose);
		}
		expect(await ledger()).toEqual([]);
	});

	it('removes the fields at once: in the proof, for staff, and in the unfinished filing', async () => {
		const { ctx } = await someone();
		const number = await fileWithCard(ctx, ['name', 'address']);
		await saveDraft(ctx, { ...caseA(world), proof: await cardOf(ctx, ['name']) });
		const officer = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		const seen = async () => (await caseFile(officer, number, 'case_page')).proof;
		expect(Object.keys((await seen())?.fields ?? {}).sort()).toEqual(['address', 'name']);
		await withdrawConsent(ctx, 'proof_fields');
		expect((await seen())?.fields).toEqual({});
		expect(await seen()).toMatchObject({ strength: 'signature_only', lastFour: '2346' });
		const { proof } = (await draft(ctx)).answers;
		expect(proof?.kind).toBe('aadhaar_qr');
		expect(proof?.fields).toEqual({});
		expect((await myData(ctx)).consents).toMatchObject([
			{ purpose: 'grievance', given: true, withdrawable: false },
			{ purpose: 'proof_fields', given: false, withdrawable: false },
		]);
	});

	it('twice, and by five taps at once, is written down once; it may be given again', async () => {
		const { ctx, ledger } = await someone();
		await fileWithCard(ctx, ['name']);
		await Promise.all(Array.from({ length: 5 }, () => withdrawConsent(ctx, 'proof_fields')));
		await withdrawConsent(ctx, 'proof_fields');
		const given = async () =>
			(await ledger()).filter((one) => one.purpose === 'proof_fields').map((one) => one.given);
		expect(await given()).toEqual([true, false]);
		await fileWithCard(ctx, ['name']);
		expect(await given()).toEqual([true, false, true]);
	});

	it('leaves what rests on no consent: a document that was named, the end of a family id', async () => {
		const { ctx } = await someone();
		const proof = await checkProof(ctx, { kind: 'other_document', documentName: 'Voter card' });
		const { submissionKey } = await saveDraft(ctx, { ...caseB(world), proof });
		await submitDraft(ctx, { submissionKey });
		await fileWithCard(ctx, ['name']);
		await withdrawConsent(ctx, 'proof_fields');
		expect((await myData(ctx)).proofs.map((one) => one.fields)).toContainEqual({
			documentName: 'Voter card',
		});
	});
});

describe('who looked', () => {
	it('names post and page of every look, the newest first, and never a person', async () => {
		const { ctx } = await someone();
		const number = await fileWithCard(ctx, []);
		const officer = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		await caseFile(officer, number, 'case_page');
		await caseFile(
			testContext(database.db, { actor: staffOf(world.posts.dc) }),
			number,
			'new_page',
		);
		const looks = await whoLooked(ctx, { limit: 10 });
		expect(looks.map(({ post, page, number: of }) => [of, page, post])).toEqual([
			[number, 'शिकायत की जानकारी', expect.stringContaining('उपायुक्त')],
			[number, 'शिकायत का पूरा पेज', expect.stringContaining('पंचायत अधिकारी')],
		]);
		expect(JSON.stringify(looks)).not.toContain('अधिकारी ज़िला');
		expect(JSON.stringify(looks)).not.toContain(world.posts.ddpo.personId);
	});

	it('tells nothing of the case of somebody else', async () => {
		const [one, other] = [await someone(), await someone()];
		const number = await fileWithCard(one.ctx, []);
		const officer = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		await caseFile(officer, number, 'case_page');
		expect(await whoLooked(other.ctx, { number, limit: 10 })).toEqual([]);
		expect(await whoLooked(one.ctx, { number, limit: 10 })).toHaveLength(1);
		expect(await refusalCode(whoLooked(officer, { number, limit: 10 }))).toBe('forbidden');
	});
});

describe('the notice', () => {
	it('is whole in both languages: no message is missing', () => {
		for (const locale of ['hi', 'en'] as const) {
			const text = JSON.stringify(privacyNotice(locale));
			expect(text).not.toMatch(/notice_[a-z]/);
			expect(text).toContain(NOTICE_VERSION);
		}
	});
});
