import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import { findForDesk } from '#lib/server/appointment/index.ts';
import { verifyTimeline } from '#lib/server/audit/index.ts';
import { attachment, filingDraft, grievance } from '#lib/server/db/schema/grievance.ts';
import { citizen, consent, erasureRequest, session } from '#lib/server/db/schema/identity.ts';
import {
	caseFile,
	myGrievances,
	saveDraft,
	submitDraft,
	tracking,
} from '#lib/server/grievance/index.ts';
import { directionsOfGrievance } from '#lib/server/hearing/index.ts';
import { openSessions } from '#lib/server/identity/index.ts';
import { sendNotice } from '#lib/server/notification/index.ts';
import {
	cancelErasure,
	erasureView,
	myData,
	requestErasure,
	runRetention,
} from '#lib/server/privacy/index.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { asClerk } from '../support/appointment.ts';
import { queuedJobs, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { caseB, makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';
import {
	closeCase,
	makeFiledCase,
	makePerson,
	placesOf,
	removeQueuedFiles,
	type FiledCase,
} from '../support/privacy.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const system = (now?: Date) =>
	testContext(database.db, { actor: { kind: 'system' }, ...(now && { now }) });
const citizenRow = async (id: string) =>
	(await database.db.select().from(citizen).where(eq(citizen.id, id)))[0];
const requests = (citizenId: string) =>
	database.db.select().from(erasureRequest).where(eq(erasureRequest.citizenId, citizenId));
const caseRow = async (id: string) =>
	(await database.db.select().from(grievance).where(eq(grievance.id, id)))[0];

/** What a clerk finds by a case's number. */
const atDesk = async (number: string) =>
	(await findForDesk(asClerk(database.db, world), number)).rows[0];

/** The hold of a case of this test's world ends before this day begins in India. */
const DAY_AFTER_HOLD = '2029-11-17';

/** Closed and asked to be erased, on the day of filing. */
async function closedAndAsked(): Promise<FiledCase> {
	const one = await makeFiledCase(database, world);
	await closeCase(database, one.id);
	await requestErasure(one.ctx);
	return one;
}

describe('asking for erasure', () => {
	it('is for citizens only', async () => {
		for (const actor of [{ kind: 'anonymous' }, staffOf(world.posts.clerk)] as const) {
			const ctx = testContext(database.db, { actor });
			expect(await refusalCode(requestErasure(ctx))).toBe('forbidden');
			expect(await refusalCode(erasureView(ctx))).toBe('forbidden');
			expect(await refusalCode(cancelErasure(ctx))).toBe('forbidden');
		}
	});

	it('takes an account without a grievance whole and at once: nothing of it is left anywhere', async () => {
		const one = await makePerson(database, world);
		const before = await placesOf(database.sql, one.traces, one);
		// The draft took over what the person typed last; everything else must be found to be missed.
		expect(one.traces.filter((word) => !before.has(word))).toEqual([]);
		expect([...(before.get('mobile index') ?? [])].sort()).toEqual([
			'public.citizen.mobile_index',
			'public.otp_challenge.mobile_index',
			'public.sms_outbox.to_index',
		]);
		expect(await requestErasure(one.ctx)).toEqual({ whole: true });
		await removeQueuedFiles(database);
		expect(await placesOf(database.sql, one.traces, one)).toEqual(new Map());
		expect(await citizenRow(one.actor.citizenId)).toBeUndefined();
		expect(await requests(one.actor.citizenId)).toMatchObject([{ doneAt: expect.any(Date) }]);
	});

	it('twice, and by ten taps at once, erases once and fails for nobody', async () => {
		const one = await makePerson(database, world);
		const taps = await Promise.all(Array.from({ length: 10 }, () => requestErasure(one.ctx)));
		expect(taps).toEqual(taps.map(() => ({ whole: true })));
		expect(await requestErasure(one.ctx)).toEqual({ whole: true });
		expect(await requests(one.actor.citizenId)).toHaveLength(1);
	});

	it('ends every session, and none begins in the name of what is gone', async () => {
		const one = await makePerson(database, world);
		const { citizenId } = one.actor;
		const sessions = openSessions(database.db, { secure: false, clock: one.ctx.clock });
		const cookie = await sessions.start({ kind: 'citizen', citizenId });
		await requestErasure(one.ctx);
		expect(await sessions.read(cookie.value)).toBeNull();
		await expect(sessions.start({ kind: 'citizen', citizenId })).rejects.toThrow();
		expect(
			await database.db.select().from(session).where(eq(session.citizenId, citizenId)),
		).toEqual([]);
	});

	it('frees the mobile for a new account', async () => {
		const one = await makePerson(database, world);
		await requestErasure(one.ctx);
		const again = await makeCitizen(database.db, { mobile: one.mobile });
		expect(again.citizenId).not.toBe(one.actor.citizenId);
		expect((await myData(testContext(database.db, { actor: again }))).grievances).toEqual([]);
	});

	it('while a grievance runs takes only what it does not need, and knows no day', async () => {
		const one = await makeFiledCase(database, world);
		expect(await requestErasure(one.ctx)).toEqual({ whole: false });
		const row = await citizenRow(one.actor.citizenId);
		expect(row).toMatchObject({ email: null, address: null, dateOfBirth: null, erasedAt: null });
		expect(row?.mobile).toBe(one.mobile);
		const { citizenId } = one.actor;
		expect(
			await database.db.select().from(filingDraft).where(eq(filingDraft.citizenId, citizenId)),
		).toEqual([]);
		const view = await erasureView(one.ctx);
		expect(view).toMatchObject({ accountOn: null, cases: [{ number: one.number, on: null }] });
		expect(view.requestedAt).toEqual(expect.any(Date));
		expect((await tracking(one.ctx, one.number)).details).toContain('byora');
		expect((await myData(one.ctx)).proofs.map((proof) => proof.fields)).toEqual([{}]);
		expect(
			(await myData(one.ctx)).consents.find((entry) => entry.purpose === 'proof_fields')?.given,
		).toBe(false);
		// A run years later changes nothing as long as work goes on.
		await runRetention(system(istInstant('2040-01-01')));
		expect((await tracking(one.ctx, one.number)).erasedAt).toBeNull();
	});

	it('may be taken back until it is done, and asked for again', async () => {
		const one = await closedAndAsked();
		await cancelErasure(one.ctx);
		await cancelErasure(one.ctx);
		await runRetention(system(istInstant(DAY_AFTER_HOLD)));
		expect((await caseRow(one.id))?.erasedAt).toBeNull();
		await requestErasure(one.ctx);
		expect(await requests(one.actor.citizenId)).toHaveLength(2);
		expect((await erasureView(one.ctx)).requestedAt).not.toBeNull();
	});
});

describe('erasing while something is filed', () => {
	it('either the grievance is filed and held, or it is erased and refused; never half', async () => {
		for (let round = 0; round < 8; round += 1) {
			const actor = await makeCitizen(database.db);
			const ctx = testContext(database.db, { actor });
			const { submissionKey } = await saveDraft(ctx, caseB(world));
			const filing = submitDraft(ctx, { submissionKey }).then(
				() => 'filed' as const,
				(problem: unknown) => problem,
			);
			const [filed, erased] = await Promise.all(
				round % 2 ? [filing, requestErasure(ctx)] : [filing, later(() => requestErasure(ctx))],
			);
			if (filed === 'filed') {
				expect(erased).toEqual({ whole: false });
				expect(await myGrievances(ctx)).toHaveLength(1);
				expect((await citizenRow(actor.citizenId))?.mobile).toBe(actor.mobile);
			} else {
				expect(filed).toMatchObject({ code: expect.stringMatching(/^(account_erased|stale)$/) });
				expect(erased).toEqual({ whole: true });
				expect(await citizenRow(actor.citizenId)).toBeUndefined();
			}
		}
	});

	it('a step typed at the same moment is refused or goes along, and begins nothing anew', async () => {
		const actor = await makeCitizen(database.db);
		const ctx = testContext(database.db, { actor });
		const typing = Array.from({ length: 6 }, (_, n) =>
			refusalCode(saveDraft(ctx, { details: `गली ${n}` })),
		);
		const [, ...answers] = await Promise.all([requestErasure(ctx), ...typing]);
		expect(answers.filter((code) => code !== null && code !== 'account_erased')).toEqual([]);
		expect(await refusalCode(saveDraft(ctx, { details: 'फिर' }))).toBe('account_erased');
		expect(await citizenRow(actor.citizenId)).toBeUndefined();
	});
});

const later = async <T>(work: () => Promise<T>) => {
	await new Promise((done) => setImmediate(done));
	return work();
};

describe('the hold', () => {
	it('is kept to its last millisecond in India, and over with the next', async () => {
		const one = await closedAndAsked();
		const first = istInstant(DAY_AFTER_HOLD);
		expect(await requests(one.actor.citizenId)).toMatchObject([{ dueOn: DAY_AFTER_HOLD }]);
		await runRetention(system(new Date(first.getTime() - 1)));
		expect((await caseRow(one.id))?.erasedAt).toBeNull();
		expect((await citizenRow(one.actor.citizenId))?.mobile).toBe(one.mobile);
		await runRetention(system(first));
		expect((await caseRow(one.id))?.erasedAt).toEqual(first);
		expect(await citizenRow(one.actor.citizenId)).toMatchObject({ mobile: null, erasedAt: first });
	});

	it('ends for each grievance on its own day; the account goes with the last', async () => {
		const one = await closedAndAsked();
		const again = await saveDraft(one.ctx, { ...caseB(world), details: 'दूसरी शिकायत' });
		const { number } = await submitDraft(one.ctx, again);
		const first = istInstant(DAY_AFTER_HOLD);
		expect((await runRetention(system(first))).erasures).toBe(1);
		expect((await tracking(one.ctx, one.number)).erasedAt).toEqual(first);
		expect((await tracking(one.ctx, number)).details).toBe('दूसरी शिकायत');
		expect((await citizenRow(one.actor.citizenId))?.mobile).toBe(one.mobile);
		// Staff see no longer whose the erased one was; the other still has its citizen.
		const clerk = asClerk(database.db, world);
		expect(await atDesk(one.number)).toMatchObject({ citizenName: null, maskedMobile: null });
		expect((await atDesk(number))?.maskedMobile).not.toBeNull();
		expect((await findForDesk(clerk, one.mobile)).rows.map((row) => row.number)).toEqual([number]);
		// Done once, it is not done again.
		expect((await runRetention(system(first))).erasures).toBe(0);
	});
});

describe('an erased case', () => {
	let one: FiledCase;
	let keysBefore: string[];
	beforeAll(async () => {
		one = await makeFiledCase(database, world);
		const traces = await placesOf(database.sql, one.traces, one);
		const replaced = new Set(one.traces.filter((word) => !traces.has(word)));
		// What the second draft and the second name took the place of is gone already; no more than that.
		expect([...replaced].map((word) => word.split('-')[0]).sort()).toEqual([
			'Naam',
			'masauda',
			'rahat',
		]);
		expect(verifyTimeline(database.db, one.id)).resolves.toEqual({ ok: true });
		const files = await database.db
			.select()
			.from(attachment)
			.where(eq(attachment.grievanceId, one.id));
		keysBefore = files.map((file) => file.storageKey);
		expect(keysBefore).toHaveLength(2);
		await closeCase(database, one.id);
		await requestErasure(one.ctx);
		await runRetention(system(istInstant(DAY_AFTER_HOLD)));
		await removeQueuedFiles(database);
	});

	it('leaves nothing personal in any column of the database', async () => {
		expect(await placesOf(database.sql, one.traces, one)).toEqual(new Map());
		const [proof] = await database.sql`
			select fields, last_four, reference_hash, kind from identity_proof
			where citizen_id = ${one.actor.citizenId}`;
		expect(proof).toEqual({
			fields: null,
			last_four: null,
			reference_hash: null,
			kind: 'aadhaar_qr',
		});
	});

	it('leaves no file', async () => {
		const { storage } = system();
		for (const key of keysBefore) {
			await expect(new Response(storage.read(key)).arrayBuffer()).rejects.toThrow();
		}
	});

	it('keeps number, category, place, state and days, and its chain whole', async () => {
		expect(await verifyTimeline(database.db, one.id)).toEqual({ ok: true });
		// With its salt a commitment would let short notes be guessed.
		const [salts] = await database.sql`
			select count(note_commitment)::int as commitments, count(note_salt)::int as salts
			from grievance_event where grievance_id = ${one.id}`;
		expect(salts?.['commitments']).toBeGreaterThan(0);
		expect(salts?.['salts']).toBe(0);
		expect(await caseRow(one.id)).toMatchObject({
			number: one.number,
			categoryId: world.drainId,
			jurisdictionId: world.villageId,
			state: 'closed',
		});
	});

	it('is read by staff as erased on request, without a name or a number to call', async () => {
		for (const locale of ['hi', 'en'] as const) {
			const ctx = testContext(database.db, { actor: staffOf(world.posts.ddpo), locale });
			const file = await caseFile(ctx, one.number, 'case_page');
			const said = locale === 'hi' ? 'नागरिक के अनुरोध पर' : 'at the citizen’s request';
			expect(file.details).toContain(said);
			expect(file.relief).toContain(said);
			expect(file.citizen).toMatchObject({ name: null, maskedMobile: null });
			expect(file.attachments).toEqual([]);
			expect(file.timeline.at(-1)).toMatchObject({ type: 'erased' });
			const [given] = await directionsOfGrievance(ctx, one.id);
			expect(given?.text).toContain(said);
			expect(given?.report?.text).toContain(said);
		}
		expect(await atDesk(one.number)).toMatchObject({
			citizenName: null,
			maskedMobile: null,
		});
	});

	it('hears nothing more: a message that was still queued is dropped', async () => {
		const [job] = await queuedJobs(database.sql, 'notify');
		if (!job) throw new Error('no message was ever queued');
		const to = { kind: 'citizen', id: one.actor.citizenId };
		await sendNotice(system(), null, { ...job.payload, to, key: 'late' });
		expect(await placesOf(database.sql, one.traces, one)).toEqual(new Map());
	});

	it('keeps the ledger of consents, which names nobody', async () => {
		const rows = await database.db
			.select()
			.from(consent)
			.where(eq(consent.citizenId, one.actor.citizenId));
		expect(rows.map(({ purpose, given }) => [purpose, given])).toEqual([
			['grievance', true],
			['proof_fields', true],
			['proof_fields', false],
		]);
	});

	it('takes nothing new in the name of its citizen', async () => {
		const { citizenId } = one.actor;
		expect(await refusalCode(saveDraft(one.ctx, { details: 'नया' }))).toBe('account_erased');
		for (const insert of [
			database.sql`insert into filing_draft (citizen_id, answers) values (${citizenId}, '\\x00')`,
			database.sql`insert into session (id_hash, citizen_id, expires_at) values ('x', ${citizenId}, now())`,
			database.sql`insert into identity_proof (citizen_id, kind, strength) values (${citizenId}, 'ppp', 'declared')`,
		]) {
			await expect(insert).rejects.toThrow(/erased/);
		}
		const index = blindIndex('mobile', one.mobile);
		await expect(
			database.sql`update citizen set mobile_index = ${index} where id = ${citizenId}`,
		).rejects.toThrow(/citizen_reached_or_erased/);
	});
});
