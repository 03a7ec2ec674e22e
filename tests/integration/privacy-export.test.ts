import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { exportData, exportSchema, requestErasure } from '#lib/server/privacy/index.ts';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import {
	makeFiledCase,
	makePerson,
	removeQueuedFiles,
	type FiledCase,
} from '../support/privacy.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let one: FiledCase;
let other: FiledCase;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	one = await makeFiledCase(database, world);
	other = await makeFiledCase(database, world);
});
afterAll(() => database.close());

async function unpack(ctx: Context) {
	const { name, stream } = await exportData(ctx);
	const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
	const entries = await new ZipReader(new Uint8ArrayReader(bytes)).getEntries();
	const files = new Map<string, Uint8Array>();
	for (const entry of entries) {
		if (entry.directory) throw new Error('no folders of their own');
		files.set(entry.filename, await entry.getData(new Uint8ArrayWriter()));
	}
	const json = new TextDecoder().decode(files.get('data.json'));
	return { name, files, json, data: v.parse(exportSchema, JSON.parse(json)) };
}

describe('a copy of everything', () => {
	it('is for citizens only, and not for one who is erased', async () => {
		const clerk = testContext(database.db, { actor: staffOf(world.posts.clerk) });
		expect(await refusalCode(exportData(clerk))).toBe('forbidden');
		expect(await refusalCode(exportData(testContext(database.db)))).toBe('forbidden');
		const gone = await makePerson(database, world);
		await requestErasure(gone.ctx);
		expect(await refusalCode(exportData(gone.ctx))).toBe('not_found');
	});

	it('holds everything that is kept of the person, and not one word of anybody else', async () => {
		const { json, data, files, name } = await unpack(one.ctx);
		const missing = one.traces.filter((word) => !json.includes(word));
		// Taken over by what was typed later; raw events of the room tell of the medium, not of the person.
		expect(missing.map((word) => word.split('-')[0]).sort()).toEqual([
			'Naam',
			'kamra',
			'masauda',
			'rahat',
		]);
		expect(other.traces.filter((word) => json.includes(word))).toEqual([]);
		expect(json).not.toContain(other.number);
		expect(name).not.toMatch(/\d{6,}/);
		expect(data.grievances.map((row) => row.number)).toEqual([one.number]);
		expect(data.person.mobile).toBe(one.mobile);
		expect(data.looks).toMatchObject([{ number: one.number }]);
		expect(data.consents.map((row) => row.purpose)).toEqual(['grievance', 'proof_fields']);
		expect(data.grievances[0]?.directions[0]?.report?.text).toContain('report');
		expect(data.signIns).toHaveLength(1);
		expect([...files.keys()].filter((path) => path !== 'data.json')).toHaveLength(2);
	});

	it('has each file as it is kept, under a path that is ours', async () => {
		const { data, files } = await unpack(one.ctx);
		const named = data.grievances.flatMap((row) => row.files);
		expect(named).toHaveLength(2);
		for (const file of named) {
			expect(file.path).toMatch(/^files\/RWR-\d\d-\d{6}\/\d+\.(jpg|webp|pdf)$/);
			expect(sha256Hex(files.get(file.path) ?? new Uint8Array())).toBe(file.sha256);
		}
	});

	it('never tells codes for signing in', async () => {
		const { data } = await unpack(other.ctx);
		const codes = data.messages.filter((row) => row.template === 'otp');
		expect(codes).toHaveLength(1);
		expect(codes[0]?.text).toBeNull();
		expect(data.messages.some((row) => row.text?.includes(other.number))).toBe(true);
	});

	it('is packed five times an hour at most', async () => {
		const person = await makePerson(database, world);
		for (let n = 0; n < 5; n += 1) await unpack(person.ctx);
		expect(await refusalOf(exportData(person.ctx))).toMatchObject({ code: 'too_many_requests' });
		const later = testContext(database.db, {
			actor: person.actor,
			now: new Date(TEST_NOW.getTime() + 3_600_001),
		});
		await unpack(later);
	});

	it('breaks off when a file vanished meanwhile, and never looks whole', async () => {
		const person = await makePerson(database, world);
		const { stream } = await exportData(person.ctx);
		await requestErasure(person.ctx);
		await removeQueuedFiles(database);
		await expect(new Response(stream).arrayBuffer()).rejects.toThrow();
	});

	it('stops packing when the reader goes away', async () => {
		const person = await makePerson(database, world);
		const { stream } = await exportData(person.ctx);
		const reader = stream.getReader();
		await reader.read();
		await reader.cancel();
		await unpack(person.ctx);
	});
});
