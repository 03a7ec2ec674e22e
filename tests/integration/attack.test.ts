import { createHash, randomUUID } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import { sittingForm } from '#lib/forms/appointment.ts';
import { staffSignInForm } from '#lib/forms/staff.ts';
import { fileAnswer } from '#lib/http/file.ts';
import { readForm, typedValues, words } from '#lib/http/form.ts';
import {
	bookSlot,
	calendarFile,
	createSitting,
	findForDesk,
} from '#lib/server/appointment/index.ts';
import {
	addDraftAttachment,
	caseFile,
	openAttachment,
	saveDraft,
} from '#lib/server/grievance/index.ts';
import { searchPlaces, signInStaff } from '#lib/server/masters/index.ts';
import type { Actor, Context } from '#lib/server/platform/context.ts';
import { openLog } from '#lib/server/platform/log.ts';
import { jurisdiction, person } from '#lib/server/db/schema/masters.ts';
import { asClerk, makeSitting } from '../support/appointment.ts';
import { addressFor } from '../support/addresses.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import {
	fileGrievance,
	makeCitizen,
	makeWorld,
	staffOf,
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

describe('a sitting that cannot be', () => {
	const typed = (changes: Record<string, string> = {}) =>
		formWith(
			...Object.entries({
				post: '00000000-0000-4000-8000-000000000000',
				date: '2026-11-17',
				time: '11:00',
				slots: '6',
				minutes: '10',
				capacity: '1',
				mode: 'video',
				...changes,
			}),
		);

	it.each([
		['time', 'x'],
		['time', '24:00'],
		['time', ''],
		['date', 'x'],
		['date', '2026-02-30'],
		['slots', 'x'],
	])('is refused at its field: %s %j', (name, value) => {
		const read = readForm(sittingForm, typed({ [name]: value }), 'hi');
		expect(read.ok ? [] : Object.keys(read.errors)).toEqual([name]);
	});

	it('is refused beyond half a year, in words', async () => {
		const clerk = asClerk(database.db, world);
		const on = (date: string) =>
			makeSittingOn(clerk, { postId: world.posts.dc.id, startsAt: istInstant(date, '11:00') });
		expect(await refusalOf(on('2027-05-16'))).toEqual({
			code: 'sitting_too_far',
			facts: { days: 180 },
		});
		expect(words('refusal_sitting_too_far', 'en', { days: 180 })).toContain('at most 180 days');
		expect(await refusalOf(on('9999-12-31'))).toMatchObject({ code: 'sitting_too_far' });
		expect(await refusalOf(on('2027-05-15'))).toBeNull();
	});
});

const makeSittingOn = (clerk: Context, input: { postId: string; startsAt: Date }) =>
	createSitting(clerk, { ...input, slotMinutes: 10, slots: 2, capacity: 1, mode: 'video' });

describe('a search', () => {
	it('of the desk with NUL finds what it finds without', async () => {
		const clerk = asClerk(database.db, world);
		await fileGrievance(database.db, world, { answers: { name: 'नीलम रानी' } });
		const names = async (text: string) =>
			(await findForDesk(clerk, text)).rows.map((one) => one.citizenName);
		expect(await names('नीलम\0 रानी')).toEqual(['नीलम रानी']);
		expect(await names('x\0y')).toEqual([]);
	});

	it('for a place takes a name with more digits than a number of the database has', async () => {
		const [made] = await database.db
			.insert(jurisdiction)
			.values({
				kind: 'village',
				lgdCode: 999_001,
				nameHi: 'चक 12345678901234567890',
				nameEn: 'Chak 12345678901234567890',
				parentId: world.blockId,
			})
			.returning();
		const { districtId } = world;
		const reading = { db: database.db, locale: 'hi' } as const;
		const there = await searchPlaces(reading, { districtId, area: 'rural', text: 'चक' });
		expect(there.map((one) => one.id)).toEqual([made?.id]);
	});
});

describe('the code of a citizen’s link', () => {
	it('is read by the citizen, the hearing officer and clerks of the district alone', async () => {
		const { db } = database;
		const { number: grievanceNumber, citizen } = await fileGrievance(db, world);
		const sitting = await makeSitting(db, world);
		const booked = await bookSlot(asClerk(db, world), {
			grievanceNumber,
			slotId: sitting.slotList[0]?.id ?? '',
			key: randomUUID(),
		});
		const read = (actor: Actor) => refusalCode(calendarFile(testContext(db, { actor }), booked.id));
		const { dc, clerk, ddpo, nodal, secretary, monitor, otherClerk } = world.posts;
		expect(await read(citizen)).toBeNull();
		expect(await read(staffOf(dc))).toBeNull();
		expect(await read(staffOf(clerk))).toBeNull();
		for (const post of [ddpo, nodal, secretary, monitor, otherClerk]) {
			expect(await read(staffOf(post))).toBe('forbidden');
		}
		expect(await read(await makeCitizen(db))).toBe('forbidden');
	});
});

describe('a file that a browser keeps', () => {
	it('is asked for each time, and sent again only when it is another', async () => {
		const ctx = testContext(database.db, { actor: await makeCitizen(database.db) });
		const { id } = await addDraftAttachment(ctx, { name: 'a.png', bytes: plainPng(8, 8) });
		const get = async (known?: string, by = ctx) => {
			const headers: HeadersInit = known === undefined ? {} : { 'if-none-match': known };
			return fileAnswer(
				new Request('http://x/', { headers }),
				await openAttachment(by, id, addressFor(by, id)),
			);
		};
		const first = await get();
		const etag = first.headers.get('etag') ?? '';
		const content = Buffer.from(await first.arrayBuffer());
		expect(etag).toBe(`"${createHash('sha256').update(content).digest('hex')}"`);
		expect(first.headers.get('cache-control')).toBe('private, no-cache');
		for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
			const again = await get(known);
			expect(again.status).toBe(304);
			expect(again.headers.get('etag')).toBe(etag);
			expect(await again.text()).toBe('');
		}
		expect((await get('"x"')).status).toBe(200);
		const other = testContext(database.db, { actor: await makeCitizen(database.db) });
		expect(await refusalCode(get(etag, other))).toBe('not_found');
	});
});
