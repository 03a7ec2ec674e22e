import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { getTableName } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, istInstant } from '#lib/domain/calendar/ist.ts';
import { RETENTION, type Sweep } from '#lib/domain/privacy/retention.ts';
import { accessLog } from '#lib/server/db/schema/audit.ts';
import { attachment, filingDraft, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { livekitEvent } from '#lib/server/db/schema/hearing.ts';
import {
	actingGrant,
	consent,
	idempotency,
	otpChallenge,
	rateLimit,
	session,
} from '#lib/server/db/schema/identity.ts';
import { staffSignIn } from '#lib/server/db/schema/masters.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { addDraftAttachment, caseFile, saveDraft } from '#lib/server/grievance/index.ts';
import { requestErasure, retentionPreview, runRetention } from '#lib/server/privacy/index.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import type { RetentionResult } from '#lib/server/privacy/index.ts';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import {
	caseB,
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type World,
} from '../support/factories.ts';
import { photo } from '../support/pages-files.ts';
import { closeCase, makeFiledCase, removeQueuedFiles } from '../support/privacy.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const system = (now = TEST_NOW) => testContext(database.db, { actor: { kind: 'system' }, now });
const count = (table: PgTable) => database.db.$count(table);

let serial = 0;
/** One row of each sweep, as old as is said, in milliseconds. */
const makeRow: Record<
	Exclude<Sweep, 'drafts' | 'card_photos'>,
	(age: number) => Promise<unknown>
> = {
	otp_codes: (age) =>
		database.db.insert(otpChallenge).values({
			mobile: `+9198765${10000 + (serial += 1)}`,
			mobileIndex: blindIndex('mobile', String(serial)),
			codeHash: Buffer.alloc(32),
			browserHash: Buffer.alloc(32),
			locale: 'hi',
			createdAt: at(age),
			expiresAt: at(age),
		}),
	rate_limits: (age) =>
		database.db.insert(rateLimit).values({ key: `k${(serial += 1)}`, hits: 1, resetsAt: at(age) }),
	async sessions(age) {
		const { citizenId } = await makeCitizen(database.db);
		return database.db.insert(session).values({
			idHash: `s${(serial += 1)}`,
			citizenId,
			expiresAt: new Date(Date.now() - age),
		});
	},
	staff_sign_ins: (age) =>
		database.db.insert(staffSignIn).values({
			tokenHash: `t${(serial += 1)}`,
			personId: world.posts.clerk.personId,
			browserHash: Buffer.alloc(32),
			expiresAt: at(age),
		}),
	async rights_to_file(age) {
		const { citizenId } = await makeCitizen(database.db);
		const { id: postId, personId } = world.posts.clerk;
		const grant = { citizenId, postId, personId, basis: 'otp' as const, expiresAt: at(age) };
		await database.db.insert(actingGrant).values(grant);
		// The record of who acted stays, however old.
		return database.db.insert(actingGrant).values({ ...grant, usedAt: at(age) });
	},
	answered_requests: (age) =>
		database.db
			.insert(idempotency)
			.values({ actor: 'x', key: crypto.randomUUID(), requestHash: 'h', createdAt: at(age) }),
	otp_messages: (age) => message('otp', age),
	messages: (age) => message('hearing_booked', age),
	video_events: (age) =>
		database.db.insert(livekitEvent).values({
			id: `e${(serial += 1)}`,
			type: 'room_started',
			room: 'r',
			body: {},
			receivedAt: at(age),
		}),
};
const TABLES: Record<keyof typeof makeRow, PgTable> = {
	otp_codes: otpChallenge,
	rate_limits: rateLimit,
	sessions: session,
	staff_sign_ins: staffSignIn,
	rights_to_file: actingGrant,
	answered_requests: idempotency,
	otp_messages: smsOutbox,
	messages: smsOutbox,
	video_events: livekitEvent,
};
const SWEEPS = Object.keys(TABLES) as (keyof typeof makeRow)[];

const at = (age: number) => new Date(TEST_NOW.getTime() - age);
const message = (template: string, age: number) =>
	database.db.insert(smsOutbox).values({
		to: '+919876500000',
		toIndex: Buffer.alloc(32),
		text: 'x',
		template,
		locale: 'hi',
		dedupeKey: `m${(serial += 1)}`,
		createdAt: at(age),
	});

const added = (left: RetentionResult, right: RetentionResult) =>
	Object.fromEntries(
		Object.entries(left).map(([name, n]) => [name, n + right[name as keyof RetentionResult]]),
	);

describe('retention', () => {
	it.each(SWEEPS)(
		'%s: what is a minute short of its time stays, what is past it goes',
		async (name) => {
			const time = RETENTION[name].days * DAY_MS;
			const before = await count(TABLES[name]);
			await makeRow[name](time - 60_000);
			await makeRow[name](time + 60_000);
			const preview = await retentionPreview(system());
			expect(preview[name]).toBe(1);
			const made = await count(TABLES[name]);
			expect(made, getTableName(TABLES[name])).toBeGreaterThanOrEqual(before + 2);
			expect(await runRetention(system())).toEqual(preview);
			expect(await count(TABLES[name])).toBe(made - 1);
			expect((await runRetention(system()))[name]).toBe(0);
		},
	);

	it('takes more than one batch, each row once, from two workers at the same time', async () => {
		const old = RETENTION.rate_limits.days * DAY_MS + 60_000;
		await database.sql`
			insert into rate_limit (key, hits, resets_at)
			select 'old' || n, 1, ${at(old).toISOString()}::timestamptz from generate_series(1, 1200) n`;
		await makeRow.rate_limits(0);
		const before = await count(rateLimit);
		const [left, right] = await Promise.all([runRetention(system()), runRetention(system())]);
		expect(added(left, right)['rate_limits']).toBe(1200);
		expect(await count(rateLimit)).toBe(before - 1200);
	});

	it('drops a filing that nobody touched for 90 days, with its files; a touched one stays', async () => {
		const drafted = async (now: Date) => {
			const actor = await makeCitizen(database.db);
			const ctx = testContext(database.db, { actor, now });
			await saveDraft(ctx, caseB(world));
			const { buffer } = await photo();
			await addDraftAttachment(ctx, { name: 'gali.jpg', bytes: buffer });
			return actor.citizenId;
		};
		const stale = await drafted(at(90 * DAY_MS + 1));
		const fresh = await drafted(at(90 * DAY_MS - 1));
		const files = await database.db.select().from(attachment);
		const [left, right] = await Promise.all([runRetention(system()), runRetention(system())]);
		expect(added(left, right)['drafts']).toBe(1);
		await removeQueuedFiles(database);
		const drafts = await database.db.select().from(filingDraft);
		expect(drafts.map((row) => row.citizenId)).toEqual([fresh]);
		for (const file of files) {
			const read = new Response(system().storage.read(file.storageKey)).arrayBuffer();
			if (file.draftOf === stale) await expect(read).rejects.toThrow();
			else expect((await read).byteLength).toBe(file.bytes);
		}
	});

	it('takes the photo of a card from a case that ended without a hearing, and from no other', async () => {
		const filed = async () => {
			const proof = { ...found(caseB(world).proof), kind: 'aadhaar_qr' as const, photo: 'UE5H' };
			return (await fileGrievance(database.db, world, { answers: { proof } })).id;
		};
		const [ended, running] = [await filed(), await filed()];
		await closeCase(database, ended);
		expect((await retentionPreview(system())).card_photos).toBe(1);
		expect((await runRetention(system())).card_photos).toBe(1);
		const left = await database.sql`
			select g.id from grievance g join identity_proof p on p.id = g.proof_id
			where p.photo is not null`;
		expect(left.map((row) => row['id'])).toEqual([running]);
		expect((await runRetention(system())).card_photos).toBe(0);
	});

	it('never takes a timeline, a consent or the log of who looked, however old', async () => {
		const { id } = await fileGrievance(database.db, world);
		await caseFile(testContext(database.db, { actor: staffOf(world.posts.ddpo) }), id, 'case_page');
		const kept = [accessLog, consent, grievanceEvent];
		const before = await Promise.all(kept.map(count));
		expect(Math.min(...before)).toBeGreaterThan(0);
		await runRetention(system(new Date('2066-01-01')));
		expect(await Promise.all(kept.map(count))).toEqual(before);
	});

	it('does each erasure once, from two workers at the same time, and others beside it', async () => {
		const cases = [await makeFiledCase(database, world), await makeFiledCase(database, world)];
		const running = await makeFiledCase(database, world);
		for (const one of cases) await closeCase(database, one.id);
		for (const one of [...cases, running]) await requestErasure(one.ctx);
		const then = system(istInstant('2029-11-17'));
		expect((await retentionPreview(then)).erasures).toBe(2);
		const [left, right] = await Promise.all([runRetention(then), runRetention(then)]);
		expect(added(left, right)['erasures']).toBe(2);
		const erased = await database.sql`
			select grievance_id, count(*)::int as n from grievance_event where type = 'erased' group by 1`;
		expect(erased.map(({ n }) => n)).toEqual([1, 1]);
	});

	it('goes on with the others when one erasure cannot be done, and says so at the end', async () => {
		const cases = [await makeFiledCase(database, world), await makeFiledCase(database, world)];
		for (const one of cases) await closeCase(database, one.id);
		for (const one of cases) await requestErasure(one.ctx);
		const [first, second] = cases;
		await database.sql`
			create function refuse_one() returns trigger language plpgsql as $$
			begin raise exception 'broken'; end $$`;
		await database.sql.unsafe(
			`create trigger refuse_one before delete on attachment for each row
			when (old.grievance_id = '${first?.id}') execute function refuse_one()`,
		);
		const then = system(istInstant('2029-11-17'));
		await expect(runRetention(then)).rejects.toThrow('1 erasures failed');
		const erasedAt = async (id = '') =>
			(await database.sql`select erased_at from grievance where id = ${id}`)[0]?.['erased_at'];
		expect(await erasedAt(first?.id)).toBeNull();
		expect(await erasedAt(second?.id)).not.toBeNull();
		await database.sql`drop trigger refuse_one on attachment`;
		expect((await runRetention(then)).erasures).toBe(1);
	});

	it('by hand with --dry-run tells what would go, and changes nothing', async () => {
		await makeRow.rate_limits(400 * DAY_MS);
		const before = await count(rateLimit);
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['src/lib/server/privacy/retention-cli.ts', '--dry-run'],
			{
				env: {
					...process.env,
					...TEST_KEYS,
					DATABASE_URL: database.url,
					ORIGIN: 'http://localhost:3000',
					DATA_DIR: '/tmp',
					LIVEKIT_URL: 'ws://127.0.0.1:1',
					LIVEKIT_API_KEY: 'test',
					LIVEKIT_API_SECRET: 'only-for-tests-never-for-people-0123456789',
				},
			},
		);
		expect(stdout).toMatch(/^rate_limits +[1-9]\d* +1 days after end of the window/m);
		expect(stdout).toMatch(/^erasures +\d+ /m);
		expect(stdout).toContain('Nothing was changed.');
		expect(await count(rateLimit)).toBe(before);
	});
});
