import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import {
	addDraftAttachment,
	draft,
	openAttachment,
	removeDraftAttachment,
	saveDraft,
	submitDraft,
	tracking,
} from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { caseB, makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let photo: Buffer;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	photo = await picture(640, 480).jpeg().toBuffer();
});
afterAll(() => database.close());

const picture = (width: number, height: number, background = '#a52a2a') =>
	sharp({ create: { width, height, channels: 3, background } });
const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const citizenCtx = async () => testContext(database.db, { actor: await makeCitizen(database.db) });
const add = async (name: string, bytes: Uint8Array | string, ctx?: Context) =>
	addDraftAttachment(ctx ?? (await citizenCtx()), {
		name,
		bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
	});

async function contentOf(ctx: Context, id: string): Promise<Buffer> {
	const { stream } = await openAttachment(ctx, id);
	return Buffer.from(await new Response(stream).arrayBuffer());
}

describe('files that are not taken', () => {
	it('says how large a photo may be to one of 30 MB', async () => {
		const large = Buffer.concat([photo, Buffer.alloc(30_000_000)]);
		expect(await refusalOf(add('photo.jpg', large))).toEqual({
			code: 'upload_too_large',
			facts: { megabytes: 10 },
		});
	});

	it.each([
		['an SVG with a script', 'photo.svg', SVG],
		['an SVG called .jpg', 'photo.jpg', SVG],
		['an SVG behind an XML head', 'photo.png', `<?xml version="1.0"?>${SVG}`],
		['a page', 'photo.html', '<!doctype html><script>alert(1)</script>'],
		['words', 'photo.jpg', 'just words'],
		['a GIF', 'photo.gif', 'GIF89a\x01\x00\x01\x00\x00\x00\x00;'],
		['a ZIP', 'photo.zip', 'PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
		['a program', 'photo.jpg', 'MZ\x90\x00\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
	])('refuses %s', async (_, name, bytes) => {
		expect(await refusalCode(add(name, bytes))).toBe('upload_type');
	});

	it('refuses a PDF called .jpg and a photo called .pdf', async () => {
		expect(await refusalCode(add('photo.jpg', PDF))).toBe('upload_mismatch');
		expect(await refusalCode(add('paper.pdf', photo))).toBe('upload_mismatch');
	});

	it('refuses what is empty, cut off or damaged', async () => {
		expect(await refusalCode(add('photo.jpg', ''))).toBe('upload_unreadable');
		const noisy = await sharp(
			Buffer.from(Array.from({ length: 30_000 }, (_, n) => (n * 7919) % 256)),
			{
				raw: { width: 100, height: 100, channels: 3 },
			},
		)
			.jpeg()
			.toBuffer();
		expect(await refusalCode(add('photo.jpg', noisy.subarray(0, noisy.length / 2)))).toBe(
			'upload_unreadable',
		);
		expect(await refusalCode(add('photo.png', '\x89PNG\r\n\x1a\n'))).toMatch(/^upload_/);
		expect(await refusalCode(add('paper.pdf', PDF.subarray(0, 20)))).toBe('upload_unreadable');
	});

	it('refuses a small file that unfolds into a giant', async () => {
		const bomb = await picture(12_000, 12_000).png({ compressionLevel: 9 }).toBuffer();
		expect(bomb.length).toBeLessThan(10_000_000);
		expect(await refusalCode(add('photo.png', bomb))).toBe('upload_unreadable');
	});

	it('refuses the sixth, keeps the five, also when all come at once', async () => {
		const ctx = await citizenCtx();
		const photos = await Promise.all(
			Array.from({ length: 8 }, (_, n) => picture(50, 50, `#0000${n}0`).png().toBuffer()),
		);
		const codes = await Promise.all(photos.map((bytes) => refusalCode(add('p.png', bytes, ctx))));
		expect(codes.filter((code) => code === null)).toHaveLength(5);
		expect(codes.filter((code) => code === 'upload_too_many')).toHaveLength(3);
		expect((await draft(ctx)).attachments).toHaveLength(5);
	});
});

describe('files that are taken', () => {
	it('are turned upright, shrunk, and lose place, camera and time', async () => {
		const ctx = await citizenCtx();
		const taken = await picture(3000, 1500)
			.withExif({
				IFD0: { Make: 'SECRETCAM', Orientation: '6' },
				IFD3: { GPSLatitude: '28/1 5/1 0/1' },
			})
			.withMetadata({ orientation: 6 })
			.jpeg()
			.toBuffer();
		expect((await sharp(taken).metadata()).orientation).toBe(6);
		const kept = await add('IMG 1.JPG', taken, ctx);
		expect(kept).toMatchObject({
			mime: 'image/jpeg',
			width: 1000,
			height: 2000,
			name: 'IMG 1.jpg',
		});
		const bytes = await contentOf(ctx, kept.id);
		const metadata = await sharp(bytes).metadata();
		expect(metadata.exif).toBeUndefined();
		expect(bytes.includes('SECRETCAM')).toBe(false);
		expect(bytes.length).toBe(kept.bytes);
	});

	it('are photos as JPEG or WebP and PDFs as they came', async () => {
		const ctx = await citizenCtx();
		const clear = await sharp({
			create: { width: 20, height: 20, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
		})
			.png()
			.toBuffer();
		expect((await add('a.png', clear, ctx)).mime).toBe('image/webp');
		expect((await add('a.webp', await picture(20, 20).webp().toBuffer(), ctx)).mime).toBe(
			'image/jpeg',
		);
		const paper = await add('काग़ज़.pdf', PDF, ctx);
		expect(paper.mime).toBe('application/pdf');
		expect(await contentOf(ctx, paper.id)).toEqual(PDF);
	});

	it('are one when the same comes twice, also at once', async () => {
		const ctx = await citizenCtx();
		const both = await Promise.all([add('a.jpg', photo, ctx), add('b.jpg', photo, ctx)]);
		const third = await add('c.jpg', photo, ctx);
		expect(new Set([...both, third].map((one) => one.id)).size).toBe(1);
		expect((await draft(ctx)).attachments).toHaveLength(1);
	});

	it('have names without folders, Aadhaar numbers and false endings', async () => {
		const ctx = await citizenCtx();
		const one = await add('../../etc/आधार 2341 2341 2346.jpg', photo, ctx);
		expect(one.name).toBe('आधार XXXX XXXX 2346.jpg');
		expect((await draft(ctx)).masked).toEqual(['attachment']);
		const other = await picture(10, 10).jpeg().toBuffer();
		expect((await add('', other, ctx)).name).toBe('file.jpg');
		expect(
			(await add(`${'x'.repeat(5000)}.png`, await picture(11, 11).png().toBuffer(), ctx)).name,
		).toHaveLength(84);
	});

	it('can be taken out again by their citizen alone', async () => {
		const ctx = await citizenCtx();
		const one = await add('a.jpg', photo, ctx);
		await removeDraftAttachment(await citizenCtx(), one.id);
		expect((await draft(ctx)).attachments).toHaveLength(1);
		await removeDraftAttachment(ctx, one.id);
		await removeDraftAttachment(ctx, one.id);
		expect((await draft(ctx)).attachments).toEqual([]);
		expect(await refusalCode(openAttachment(ctx, one.id))).toBe('not_found');
	});

	it('go with the grievance and are opened by its citizen and by staff of the case, logged', async () => {
		const actor = await makeCitizen(database.db);
		const ctx = testContext(database.db, { actor });
		const one = await add('a.jpg', photo, ctx);
		const { submissionKey } = await saveDraft(ctx, caseB(world));
		const { number } = await submitDraft(ctx, { submissionKey });
		const seen = await tracking(ctx, number);
		expect(seen.attachments).toMatchObject([{ id: one.id, purpose: 'complaint' }]);
		const staff = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		expect((await contentOf(ctx, one.id)).length).toBe(one.bytes);
		expect((await contentOf(staff, one.id)).length).toBe(one.bytes);
		const log = await database.sql`select reason from access_log where grievance_id = ${seen.id}`;
		expect(log.map((row) => row['reason'])).toEqual(['attachment']);
		for (const other of [
			await citizenCtx(),
			testContext(database.db),
			testContext(database.db, { actor: staffOf(world.posts.otherClerk) }),
		]) {
			expect(await refusalCode(openAttachment(other, one.id))).toBe('not_found');
		}
		expect(await refusalCode(openAttachment(ctx, 'x'))).toBe('not_found');
	});
});
