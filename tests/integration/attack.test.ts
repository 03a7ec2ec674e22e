import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staffSignInForm } from '#lib/forms/staff.ts';
import { readForm, typedValues } from '#lib/http/form.ts';
import { addDraftAttachment, caseFile, saveDraft } from '#lib/server/grievance/index.ts';
import { signInStaff } from '#lib/server/masters/index.ts';
import { openLog } from '#lib/server/platform/log.ts';
import { person } from '#lib/server/db/schema/masters.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import {
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
	type World,
} from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());

const formWith = (...fields: [string, string][]) => {
	const form = new FormData();
	for (const [name, value] of fields) form.append(name, value);
	return form;
};

describe('a form with hostile fields', () => {
	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
		'gives what was typed in a field called %s back, or leaves it out',
		(name) => {
			const values = typedValues(formWith([name, 'x'], [name, 'y'], ['mobile', '98']));
			expect(values['mobile']).toBe('98');
			// A page is given plain objects and texts; anything else is an error of ours.
			expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
			const texts = Object.values(values).flat();
			expect(texts.filter((one) => typeof one !== 'string')).toEqual([]);
		},
	);

	it('signs nobody in by a name with NUL, and is no error of the database', async () => {
		const form = formWith(['userName', 'dc\0'], ['password', 'a\0b']);
		const read = readForm(staffSignInForm, form, 'hi');
		if (!read.ok) throw new Error('refused by the form');
		const ctx = testContext(database.db);
		expect(await refusalCode(signInStaff(ctx, read.data))).toBe('sign_in_failed');
	});
});

/** A PNG of one bit a pixel, all of one colour. */
function plainPng(width: number, height: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type), data]);
		const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
		length.writeUInt32BE(data.length);
		sum.writeUInt32BE(crc32(body));
		return Buffer.concat([length, body, sum]);
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head[8] = 1;
	const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(rows)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

describe('a photo that costs a minute to draw', () => {
	it('is refused by its longest side, though it has few pixels', async () => {
		const ctx = testContext(database.db, { actor: await makeCitizen(database.db) });
		const add = (bytes: Buffer) => addDraftAttachment(ctx, { name: 'photo.png', bytes });
		expect(await refusalCode(add(plainPng(1, 30_000)))).toBe('upload_unreadable');
		expect(await refusalCode(add(plainPng(30_000, 1)))).toBe('upload_unreadable');
		expect(await refusalCode(add(plainPng(16_000, 8)))).toBeNull();
		const square = await sharp(plainPng(8, 8)).png().toBuffer();
		expect(await refusalCode(add(square))).toBeNull();
	});
});

describe('numbers of people', () => {
	it.each(['राम 9876543210', 'Ram ९८७६५ ४३२१०', 'Ram 98-76-54'])(
		'do not lie readable in a citizen’s name: %s',
		async (name) => {
			const ctx = testContext(database.db, { actor: await makeCitizen(database.db) });
			expect(await refusalCode(saveDraft(ctx, { name }))).toBe('invalid_input');
			expect(await refusalCode(saveDraft(ctx, { name: 'राम कुमार 2' }))).toBeNull();
		},
	);

	it('do not reach the log with the values of a query that failed', async () => {
		const lines: string[] = [];
		const log = openLog('web', 'info', { write: (line) => lines.push(line) });
		const failing = [
			database.db.insert(person).values({ ...held(), userName: '9876543210\0' }),
			database.db.execute(sql`select ${'9876543210'}::uuid`),
		];
		for (const work of failing) {
			const err: unknown = await Promise.resolve(work).catch((problem: unknown) => problem);
			expect(err).toBeInstanceOf(Error);
			log.error({ err });
		}
		expect(lines).toHaveLength(2);
		expect(lines.join('')).not.toContain('9876543210');
		// What failed and where is still there.
		expect(lines[0]).toMatch(/insert into .*22021.* at /s);
		expect(lines[1]).toContain('22P02');
	});
});

const held = () => ({
	nameHi: 'क',
	nameEn: 'k',
	passwordHash: 'x',
	createdAt: new Date('2026-11-16T06:30:00Z'),
});

describe('a post that was complained of', () => {
	it('does not read of that in another case of the same citizen', async () => {
		const citizen = await makeCitizen(database.db);
		const against = await fileGrievance(database.db, world, {
			citizen,
			answers: { againstPostId: world.posts.ddpo.id },
		});
		const { number } = await fileGrievance(database.db, world, { citizen });
		const earlier = async (name: 'ddpo' | 'dc') => {
			const ctx = testContext(database.db, { actor: staffOf(world.posts[name]) });
			return (await caseFile(ctx, number, 'test')).earlier.map((one) => one.number);
		};
		expect(await earlier('ddpo')).toEqual([]);
		expect(await earlier('dc')).toEqual([against.number]);
	});
});
