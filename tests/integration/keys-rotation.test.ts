import { eq, sql as raw } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { verifyAll } from '#lib/server/audit/index.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { appendEvent, caseFile } from '#lib/server/grievance/index.ts';
import { blindIndex, seal, sealedUnder, unseal } from '#lib/server/platform/crypto.ts';
import { checkKeys } from '#lib/server/platform/key-check.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { rewrapAll } from '#lib/server/platform/rotate.ts';
import { countByKey } from '#lib/server/platform/sealed-values.ts';
import {
	queuedJobs,
	testContext,
	testDatabase,
	useTestKeyring,
	type TestDatabase,
} from '../support/database.ts';
import {
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type World,
} from '../support/factories.ts';
import { keyText, productionEnvironment, program, sealFormat1 } from '../support/keys.ts';

const OLD = keyText('old', 2);
const NEW = keyText('new', 1);
const WAIT = { timeout: 60_000, interval: 5 };

let database: TestDatabase;
let world: World;
beforeEach(async () => {
	useTestKeyring(OLD);
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterEach(() => database.close());

const rotate = () =>
	program(
		'scripts/keys-rotate.mjs',
		productionEnvironment(database.url, { DATA_KEYS: `${NEW},${OLD}` }),
	);

async function note(id: string, text: string) {
	const ctx = testContext(database.db, { actor: { kind: 'system' } });
	await ctx.db.transaction((tx) =>
		appendEvent(tx, ctx, id, { type: 'document_added', public: false, data: {}, note: text }),
	);
}

/** Many sealed values in a moment: copies of one message, which its purpose alone binds. */
async function manyMessages(count: number) {
	const [to, text] = [seal('+919876543210', 'to_mobile'), seal('संदेश', 'sms_text')];
	await database.db.execute(raw`
		insert into sms_outbox (to_mobile, to_index, text, template, locale, dedupe_key)
		select ${to}, '\\x00'::bytea, ${text}, 'otp', 'hi', 'many:' || n from generate_series(1, ${count}::int) as n`);
}

const faults = async () => {
	const found: unknown[] = [];
	await verifyAll(database.db, (fault) => found.push(fault));
	return found;
};

const messagesUnder = async (keyId: string) => {
	const [row] = await database.sql<{ count: number }[]>`
		select count(*)::int as count from sms_outbox where substring(text from 3 for 3) = ${keyId}`;
	return row?.count ?? 0;
};

describe('keys:rotate', () => {
	test('while others write into the same rows, no text is lost and nothing is left', async () => {
		const person = await makeCitizen(database.db);
		await checkKeys(database.db); // the copies' indexes below are none
		const PEOPLE = 2_000;
		await database.db.execute(raw`
			insert into citizen (mobile, mobile_index, address)
			select mobile, sha256(n::text::bytea), ${seal('पहले', 'address')}
			from citizen, generate_series(1, ${PEOPLE}::int) as n where id = ${person.citizenId}`);
		const people = await database.db.select({ id: citizen.id }).from(citizen);
		useTestKeyring(`${NEW},${OLD}`);

		const rotation = rotate();
		const isUnderWay = async () => {
			const [row] = await database.sql`
				select 1 from citizen where substring(mobile from 3 for 3) = 'new' limit 1`;
			return row !== undefined;
		};
		await vi.waitUntil(isUnderWay, WAIT);
		// Each once: a text that is lost must not be written again.
		const addresses = new Map<string, string>();
		const WRITERS = 16;
		await Promise.all(
			Array.from({ length: WRITERS }, async (_, writer) => {
				for (const [n, { id }] of people.entries()) {
					if (n % WRITERS !== writer) continue;
					const address = `पता ${n}`;
					await database.db.update(citizen).set({ address }).where(eq(citizen.id, id));
					addresses.set(id, address);
				}
			}),
		);
		const { code, output } = await rotation.ended;
		expect(output).toContain('old: 0, not needed any more');
		expect(code).toBe(0);
		expect(addresses.size).toBe(people.length);

		useTestKeyring(NEW);
		const rows = await database.db.select().from(citizen);
		const lost = rows.filter(({ id, address }) => address !== addresses.get(id));
		expect(lost).toEqual([]);
		expect(new Set(rows.map(({ mobile }) => mobile))).toEqual(new Set([person.mobile]));
	});

	test('while cases go on, every timeline keeps its notes and its chain', async () => {
		const CASES = 20;
		const cases = await Promise.all(
			Array.from({ length: CASES }, async () => {
				const { id } = await fileGrievance(database.db, world);
				await note(id, `पहले ${id}`);
				return id;
			}),
		);
		await manyMessages(2_000);
		useTestKeyring(`${NEW},${OLD}`);
		const rotation = rotate();
		let over = false;
		const ended = rotation.ended.finally(() => (over = true));
		const notes = new Map<string, string[]>(cases.map((id) => [id, [`पहले ${id}`]]));
		await Promise.all(
			[0, 1, 2, 3].map(async (writer) => {
				for (let n = writer; !over; n += 4) {
					const id = cases[n % CASES] ?? '';
					await note(id, `नोट ${n}`);
					notes.get(id)?.push(`नोट ${n}`);
				}
			}),
		);
		expect((await ended).code).toBe(0);

		useTestKeyring(NEW);
		for (const [id, texts] of notes) {
			const rows = await database.db
				.select({ note: grievanceEvent.note })
				.from(grievanceEvent)
				.where(eq(grievanceEvent.grievanceId, id));
			const stored = rows.flatMap(({ note: text }) => (text === null ? [] : [text]));
			expect(stored.sort()).toEqual(texts.sort());
			expect(texts.length).toBeGreaterThan(1);
		}
		expect(await faults()).toEqual([]);
	});

	test('killed in the middle, the next run does the rest', async () => {
		const ALL = 5_000;
		await manyMessages(ALL);
		const first = rotate();
		await vi.waitUntil(async () => (await messagesUnder('new')) > 0, WAIT);
		first.child.kill('SIGKILL');
		expect((await first.ended).code).toBeNull();
		const done = await messagesUnder('new');
		expect(done).toBeGreaterThan(0);
		expect(done).toBeLessThan(ALL);
		expect(done + (await messagesUnder('old'))).toBe(ALL);

		const { code, output } = await rotate().ended;
		expect(code).toBe(0);
		expect(output).toContain('old: 0, not needed any more');
		expect(await messagesUnder('new')).toBe(ALL);
		useTestKeyring(NEW);
		const texts = await database.db.selectDistinct({ at: smsOutbox.template }).from(smsOutbox);
		expect(texts).toHaveLength(1);
		const [one] = await database.db.select().from(smsOutbox).limit(1);
		expect(one).toMatchObject({ to: '+919876543210', text: 'संदेश' });
	});

	test('a value that does not open is named and left, the rest is done, exit code 1', async () => {
		const { citizen: person } = await fileGrievance(database.db, world);
		if (person.kind !== 'citizen') throw new Error('a citizen files');
		await makeCitizen(database.db);
		await database.sql`
			update citizen set mobile = set_byte(mobile, length(mobile) - 1, 255 - get_byte(mobile, length(mobile) - 1))
			where id = ${person.citizenId}`;
		const { code, output } = await rotate().ended;
		expect(code).toBe(1);
		expect(output).toContain(`citizen.mobile, row ${person.citizenId}`);
		expect(output).toContain('  old: 1\n');
		expect(output).not.toMatch(/not needed/);
	});

	test('a code in the queue is counted and re-wrapped, and still opens', async () => {
		const sealedCode = seal('123456', 'otp_code').toString('base64');
		await queueJob(database.db, 'otp.send', { challengeId: 'one', sealedCode });
		const held = (await countByKey(database.db)).find(({ keyId }) => keyId === 'old');
		useTestKeyring(`${NEW},${OLD}`);
		await rewrapAll(database.db);
		const [job] = await queuedJobs(database.sql, 'otp.send');
		expect(job?.payload['challengeId']).toBe('one');
		const sealed = Buffer.from(String(job?.payload['sealedCode']), 'base64');
		expect(sealedUnder(sealed).keyId).toBe('new');
		expect(unseal(sealed, 'otp_code')).toBe('123456');
		expect(await countByKey(database.db)).toEqual([{ keyId: 'new', count: held?.count, old: 0 }]);
	});

	test('a text that is written while rotation holds its old one is not lost', async () => {
		const [first, second] = [await makeCitizen(database.db), await makeCitizen(database.db)];
		await database.db.update(citizen).set({ address: 'पुराना पता' });
		useTestKeyring(`${NEW},${OLD}`);
		let rotation = Promise.resolve(0);
		await database.db.transaction(async (tx) => {
			await tx.execute(raw`select 1 from citizen where id = ${first.citizenId} for update`);
			let over = false;
			rotation = rewrapAll(database.db).finally(() => (over = true));
			// It waits for the locked row now, and has read the second one.
			const waits = async () =>
				(
					await database.sql`
					select 1 from pg_stat_activity
					where datname = current_database() and wait_event_type = 'Lock'`
				).length > 0;
			await vi.waitUntil(async () => over || (await waits()), WAIT);
			await database.db
				.update(citizen)
				.set({ address: 'नया पता' })
				.where(eq(citizen.id, second.citizenId));
		});
		await rotation;
		const [row] = await database.db
			.select({ address: citizen.address })
			.from(citizen)
			.where(eq(citizen.id, second.citizenId));
		expect(row?.address).toBe('नया पता');
	});

	test('a row that somebody keeps locked holds up no other row and is left for the next run', async () => {
		const person = await makeCitizen(database.db);
		const other = await makeCitizen(database.db);
		useTestKeyring(`${NEW},${OLD}`);
		const held = async (id: string) => {
			const [row] = await database.sql<{ mobile: Uint8Array }[]>`
				select mobile from citizen where id = ${id}`;
			return sealedUnder(Buffer.from(row?.mobile ?? [])).keyId;
		};
		await database.db.transaction(async (tx) => {
			await tx.execute(raw`select 1 from citizen where id = ${person.citizenId} for update`);
			await rewrapAll(database.db, { patienceMs: 50 });
			expect([await held(person.citizenId), await held(other.citizenId)]).toEqual(['old', 'new']);
		});
		expect(await rewrapAll(database.db)).toBe(1);
		expect(await held(person.citizenId)).toBe('new');
	});
});

describe('an append-only row', () => {
	const noteOf = async (id: string) => {
		const [row] = await database.sql<{ note: Uint8Array }[]>`
			select note from grievance_event where grievance_id = ${id} and note is not null`;
		return Buffer.from(row?.note ?? []);
	};
	const setNote = (id: string, bytes: Buffer) =>
		database.sql`update grievance_event set note = ${bytes} where grievance_id = ${id} and note is not null`;

	test('takes no other text, no other column and no older format along with re-wrapping', async () => {
		const { id } = await fileGrievance(database.db, world);
		await note(id, 'कमला देवी');
		const before = await noteOf(id);
		const other = seal('कमला देवा', 'event_note');
		expect(other).toHaveLength(before.length);
		await expect(setNote(id, other)).rejects.toThrow(/append-only/);
		const key = { id: 'old', key: Buffer.alloc(32, 2) };
		await expect(setNote(id, sealFormat1('कमला देवी', 'event_note', key))).rejects.toThrow(
			/append-only/,
		);
		await expect(setNote(id, Buffer.alloc(0))).rejects.toThrow(/append-only/);
		await expect(
			database.sql`
				update grievance_event set note = ${before}, at = now() where grievance_id = ${id}`,
		).rejects.toThrow(/append-only/);
		await expect(
			database.sql`update grievance_event set note = ${before} where grievance_id = ${id} and note is null`,
		).rejects.toThrow(/append-only/);
		const rewrapped = Buffer.from(before);
		rewrapped[20] = (rewrapped[20] ?? 0) ^ 1; // somewhere in the wrapped key
		await setNote(id, rewrapped);
		// The trigger cannot open it; the chain's verification can.
		expect(await faults()).toMatchObject([{ chain: 'timeline', grievanceId: id }]);
	});
});

test('after rotation a walk over all columns of all tables meets no number, name of key or text in clear', async () => {
	const mobile = '9812345670';
	const person = await makeCitizen(database.db, { mobile: `+91${mobile}`, name: 'रमेश' });
	const secret = 'मेरा दूसरा नंबर';
	const { number } = await fileGrievance(database.db, world, {
		citizen: person,
		answers: { details: `${secret} ${mobile} है, गली में पानी भरा रहता है।`, placeNote: mobile },
	});
	const { id } = (await database.db.select({ id: grievance.id }).from(grievance))[0] ?? { id: '' };
	await note(id, `बात हुई: ${mobile}`);
	await caseFile(
		testContext(database.db, { actor: staffOf(world.posts.ddpo) }),
		number,
		'case_page',
	);
	await database.db.insert(smsOutbox).values({
		to: `+91${mobile}`,
		toIndex: blindIndex('mobile', `+91${mobile}`),
		text: `${mobile}`,
		template: 'otp',
		locale: 'hi',
		dedupeKey: 'one',
	});
	expect((await rotate().ended).code).toBe(0);

	const tables = await database.sql<{ schema: string; name: string }[]>`
		select table_schema as schema, table_name as name from information_schema.tables
		where table_schema in ('public', 'graphile_worker', 'drizzle') and table_type = 'BASE TABLE'`;
	expect(tables.length).toBeGreaterThan(20);
	const inClear: string[] = [];
	let rowsSeen = 0;
	const spellings = [mobile, secret].flatMap((text) => [
		text,
		Buffer.from(text).toString('hex'),
		Buffer.from(text)
			.toString('base64')
			.replace(/.{0,3}=*$/, ''),
	]);
	for (const { schema, name } of tables) {
		const rows = await database.sql<{ text: string }[]>`
			select to_jsonb(one)::text as text from ${database.sql(`${schema}.${name}`)} as one`;
		rowsSeen += rows.length;
		for (const { text } of rows) {
			for (const spelling of spellings)
				if (text.includes(spelling)) inClear.push(`${name}: ${spelling}`);
		}
	}
	expect(inClear).toEqual([]);
	expect(rowsSeen).toBeGreaterThan(50);
});
