import { createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type postgres from 'postgres';
import sharp from 'sharp';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { direction, hearing, livekitEvent } from '#lib/server/db/schema/hearing.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import {
	addDraftAttachment,
	appendEvent,
	caseFile,
	saveDraft,
	submitDraft,
	tracking,
} from '#lib/server/grievance/index.ts';
import { answerDirection } from '#lib/server/hearing/index.ts';
import {
	checkProof,
	correctCitizen,
	openSessions,
	startSignIn,
} from '#lib/server/identity/index.ts';
import { sendNotice, sendOtp } from '#lib/server/notification/index.ts';
import { removeFiles } from '#lib/server/privacy/index.ts';
import type { CitizenActor, Context } from '#lib/server/platform/context.ts';
import { blindIndex, FORMAT } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { queuedJobs, testContext, TEST_NOW, type TestDatabase } from './database.ts';
import { issueDirection } from './directions.ts';
import { caseB, makeCitizen, staffOf, type World } from './factories.ts';

export interface Person {
	actor: CitizenActor;
	mobile: string;
	ctx: Context;
	/** Words that stand somewhere in what is kept of this person, each at one place at least. */
	traces: string[];
}

export interface FiledCase extends Person {
	id: string;
	number: string;
}

/** A word that stands nowhere else; letters only, so that a name may hold it. */
const mark = (what: string) =>
	`${what}-${[...randomBytes(10)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')}`;
const picture = () =>
	sharp({
		create: {
			width: 40,
			height: 30,
			channels: 3,
			background: { r: Math.random() * 255, g: 9, b: 9 },
		},
	})
		.jpeg()
		.toBuffer();

/** A citizen with everything an account can hold: contact details, a draft with a file, a session, a code. */
export async function makePerson(database: TestDatabase, world: World): Promise<Person> {
	const { db } = database;
	const actor = await makeCitizen(db);
	const ctx = testContext(db, { actor });
	const traces = [actor.mobile, actor.mobile.slice(3)];
	const trace = (what: string) => {
		const word = mark(what);
		traces.push(word);
		return word;
	};
	await correctCitizen(ctx, { name: trace('Naam'), email: `${trace('mail')}@example.in` });
	await db
		.update(citizen)
		.set({ address: trace('pata'), dateOfBirth: trace('janm') })
		.where(eq(citizen.id, actor.citizenId));
	await saveDraft(ctx, { ...caseB(world), details: trace('masauda'), relief: trace('rahat') });
	await addDraftAttachment(ctx, { name: `${trace('kagaz')}.jpg`, bytes: await picture() });
	await openSessions(db, { secure: false, clock: ctx.clock }).start({
		kind: 'citizen',
		citizenId: actor.citizenId,
	});
	await startSignIn(ctx, { mobile: actor.mobile, browserToken: 'b', address: '10.0.0.1' });
	const system = testContext(db, { actor: { kind: 'system' } });
	for (const { payload } of await queuedJobs(database.sql, 'otp.send')) {
		await sendOtp(system, null, payload);
	}
	return { actor, mobile: actor.mobile, ctx, traces };
}

/** A case with text at every place that holds any, and a second, unfinished filing beside it. */
export async function makeFiledCase(database: TestDatabase, world: World): Promise<FiledCase> {
	const { db, sql } = database;
	const { posts } = world;
	const person = await makePerson(database, world);
	const { ctx, mobile, traces } = person;
	const trace = (what: string) => {
		const word = mark(what);
		traces.push(word);
		return word;
	};
	const qr = makeDemoQr({
		fields: { name: trace('Card'), dob: '01-01-1960', gender: 'F', house: trace('ghar'), vtc: 'B' },
		last4: '2346',
		signedAt: new Date('2026-06-01T06:00:00Z'),
		mobile,
	});
	const proof = await checkProof(ctx, { kind: 'aadhaar_qr', qr, consent: ['name', 'address'] });
	const { submissionKey } = await saveDraft(ctx, {
		...caseB(world),
		name: trace('Naam'),
		details: trace('byora'),
		relief: trace('rahat'),
		placeNote: trace('gali'),
		proof,
	});
	const { number } = await submitDraft(ctx, { submissionKey });
	const { id } = await tracking(ctx, number);
	const system = testContext(db, { actor: { kind: 'system' } });
	await db.transaction((tx) =>
		appendEvent(tx, system, id, {
			type: 'document_added',
			public: true,
			data: {},
			note: trace('note'),
		}),
	);
	const directionId = await issueDirection(db, {
		grievanceId: id,
		issuer: posts.dc,
		to: posts.ddpo,
		at: new Date(TEST_NOW.getTime() + serialHours()),
		dueAt: new Date('2026-12-20T18:29:59.999Z'),
	});
	const given = found(
		(
			await db
				.update(direction)
				.set({ text: trace('nirdesh') })
				.where(eq(direction.id, directionId))
				.returning()
		)[0],
	);
	const [held] = await db
		.update(hearing)
		.set({ reasons: trace('karan'), proceedingNo: mark('S') })
		.where(eq(hearing.id, given.hearingId))
		.returning();
	await db.insert(livekitEvent).values({
		id: randomUUID(),
		type: 'participant_joined',
		room: found(held).room,
		body: { participant: { name: trace('kamra') } },
	});
	await answerDirection(testContext(db, { actor: staffOf(posts.ddpo) }), {
		directionId,
		text: trace('report'),
		photo: { name: `${trace('saboot')}.jpg`, bytes: await picture() },
	});
	await caseFile(testContext(db, { actor: staffOf(posts.ddpo) }), id, 'case_page');
	await saveDraft(ctx, { ...caseB(world), details: trace('doosra') });
	for (const { payload } of await queuedJobs(sql, 'notify'))
		await sendNotice(system, null, payload);
	return { ...person, id, number };
}

let hours = 0;
/** Sittings of one officer never overlap. */
const serialHours = () => (hours += 1) * 3_600_000;

/** Closes a case as its last step will; the hold counts from its newest event. */
export async function closeCase({ db }: TestDatabase, id: string): Promise<void> {
	await db
		.update(grievance)
		.set({
			state: 'closed',
			outcome: 'relief_granted',
			closureBasis: 'confirmed',
			nextScanAt: null,
			ownerPostId: null,
			deadline: null,
		})
		.where(eq(grievance.id, id));
}

/** Runs the queued removals of files. */
export async function removeQueuedFiles(database: TestDatabase): Promise<void> {
	const ctx = testContext(database.db, { actor: { kind: 'system' } });
	for (const { payload } of await queuedJobs(database.sql, 'files.remove')) {
		await removeFiles(ctx, payload);
	}
}

/** Opens whatever column a sealed value stands in: the key is enough, the seals are not checked. */
function opened(bytes: Buffer): string {
	const [, base64 = ''] = TEST_KEYS.DATA_KEYS.split(':');
	// Layout in platform/crypto.ts: header, wrapped data key, text; each with nonce and tag before it.
	const wrapped = bytes.subarray(2 + (bytes[1] ?? 0));
	if (bytes[0] !== FORMAT || wrapped.length < 88) return '';
	const dataKey = plain(Buffer.from(base64, 'base64'), wrapped.subarray(0, 60));
	return plain(dataKey, wrapped.subarray(60)).toString('utf8');
}

const plain = (key: Buffer, sealed: Buffer) =>
	createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).update(sealed.subarray(28));

/** `table.column` of every place in the whole database where one of the words still stands. */
export async function placesOf(
	sql: postgres.Sql,
	words: readonly string[],
	{ mobile }: { mobile: string },
): Promise<Map<string, Set<string>>> {
	const index = blindIndex('mobile', mobile);
	const places = new Map<string, Set<string>>();
	const columns = await sql<{ table: string; column: string; type: string }[]>`
		select table_schema || '.' || table_name as table, column_name as column, data_type as type
		from information_schema.columns
		where table_schema in ('public', 'graphile_worker')
			and table_name in (select tablename from pg_tables)
			and data_type in ('bytea', 'text', 'json', 'jsonb', 'USER-DEFINED', 'ARRAY', 'character varying')`;
	for (const { table, column, type } of columns) {
		const name = sql(column);
		const from = sql(table);
		const rows =
			type === 'bytea'
				? await sql<
						{ value: Buffer }[]
					>`select ${name} as value from ${from} where ${name} is not null`
				: await sql<
						{ value: string }[]
					>`select ${name}::text as value from ${from} where ${name} is not null`;
		for (const { value } of rows) {
			const text =
				typeof value === 'string' ? value : `${opened(value)} ${value.toString('latin1')}`;
			const hits = words.filter((word) => text.includes(word));
			if (Buffer.isBuffer(value) && value.equals(index)) hits.push('mobile index');
			for (const hit of hits)
				places.set(hit, (places.get(hit) ?? new Set()).add(`${table}.${column}`));
		}
	}
	return places;
}
