import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { pino } from 'pino';
import sharp from 'sharp';
import { qrPng } from '../../src/demo/identity/picture.ts';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import { fileAnswer } from '#lib/http/file.ts';
import {
	addDraftAttachment,
	caseFile,
	draft,
	openAttachment,
	removeDraftAttachment,
	saveDraft,
	submitDraft,
	tracking,
} from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { caseB, makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';
import { addressFor, proofIn } from '../support/addresses.ts';
import { makePdf } from '../support/pdf.ts';
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
const PDF = makePdf();
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const citizenCtx = async () => testContext(database.db, { actor: await makeCitizen(database.db) });
const add = async (name: string, bytes: Uint8Array | string, ctx?: Context) =>
	addDraftAttachment(ctx ?? (await citizenCtx()), {
		name,
		bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
	});

async function contentOf(ctx: Context, id: string): Promise<Buffer> {
	const { stream } = await openAttachment(ctx, id, addressFor(ctx, id));
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

const DEMO_QR = makeDemoQr({
	fields: { name: 'Ramkumari Saini', dob: '01-01-1970', gender: 'F', district: 'Rewari' },
	last4: '4321',
	signedAt: new Date('2026-03-01T05:00:00Z'),
	mobile: '9876543210',
});

describe('a photo of an Aadhaar', () => {
	it('is refused, and nothing of it is stored', async () => {
		const ctx = await citizenCtx();
		for (const text of [DEMO_QR, '<PrintLetterBarcodeData uid="234123412346"/>']) {
			const card = await sharp(await qrPng(text, 3))
				.extend({ top: 80, left: 200, right: 300, bottom: 90, background: 'white' })
				.jpeg({ quality: 85 })
				.toBuffer();
			expect(await refusalCode(add('card.jpg', card, ctx))).toBe('upload_aadhaar_qr');
		}
		expect((await draft(ctx)).attachments).toEqual([]);
		const pump = await qrPng('https://example.org/handpump/12', 6);
		expect((await add('pump.png', pump, ctx)).mime).toBe('image/jpeg');
	});
});

describe('the place of a photo', () => {
	const GPS = {
		GPSLatitudeRef: 'N',
		GPSLatitude: '28/1 4/1 5988/100',
		GPSLongitudeRef: 'E',
		GPSLongitude: '76/1 34/1 5988/100',
	};

	it('is dropped unless its citizen wants it kept', async () => {
		const ctx = await citizenCtx();
		const taken = await picture(640, 480).withExif({ IFD3: GPS }).jpeg().toBuffer();
		const plain = await addDraftAttachment(ctx, { name: 'a.jpg', bytes: taken });
		expect(plain.place).toBeNull();
		// The same photo again, now with its place.
		const placed = await addDraftAttachment(ctx, { name: 'a.jpg', bytes: taken, keepPlace: true });
		expect(placed.id).toBe(plain.id);
		expect(placed.place).toBe('28.0833, 76.5833');
		const metadata = await sharp(await contentOf(ctx, placed.id)).metadata();
		expect(metadata.exif).toBeUndefined();
		const [row] = await database.sql`
			select attachment::text as all from attachment where id = ${placed.id}`;
		expect(JSON.stringify(row)).not.toMatch(/28\.08|76\.58/);
	});

	it('goes with the case to staff, and is nothing where the photo knows none', async () => {
		const ctx = await citizenCtx();
		const taken = await picture(640, 480).withExif({ IFD3: GPS }).png().toBuffer();
		await addDraftAttachment(ctx, { name: 'a.png', bytes: taken, keepPlace: true });
		const other = await picture(641, 480).jpeg().toBuffer();
		await addDraftAttachment(ctx, { name: 'b.jpg', bytes: other, keepPlace: true });
		const { submissionKey } = await saveDraft(ctx, caseB(world));
		const { number } = await submitDraft(ctx, { submissionKey });
		const staff = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		const { attachments } = await caseFile(staff, number, 'test');
		expect(attachments.map(({ place }) => place)).toEqual(['28.0833, 76.5833', null]);
	});
});

describe('an Aadhaar number in a PDF', () => {
	it('flags the file for citizen and staff, and stands nowhere else', async () => {
		const ctx = await citizenCtx();
		const lines: string[] = [];
		const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
		const paper = makePdf({ lines: ['Ration card', '2341 2341 2346'] });
		const seen = await add('paper.pdf', paper, { ...ctx, log });
		expect(seen.aadhaarSeen).toBe(true);
		expect((await add('other.pdf', PDF, ctx)).aadhaarSeen).toBe(false);
		const { submissionKey } = await saveDraft(ctx, caseB(world));
		const { number } = await submitDraft(ctx, { submissionKey });
		const staff = testContext(database.db, { actor: staffOf(world.posts.ddpo) });
		const { attachments } = await caseFile(staff, number, 'test');
		expect(attachments.map(({ aadhaarSeen }) => aadhaarSeen)).toEqual([true, false]);
		const [row] = await database.sql`
			select attachment::text as all from attachment where id = ${seen.id}`;
		expect(JSON.stringify(row) + lines.join()).not.toMatch(/2341|2346/);
	});
});

describe('the address of a file', () => {
	async function filed() {
		const ctx = testContext(database.db, { actor: await makeCitizen(database.db) });
		const one = await add('a.jpg', photo, ctx);
		const { submissionKey } = await saveDraft(ctx, caseB(world));
		const { number } = await submitDraft(ctx, { submissionKey });
		const { id } = await tracking(ctx, number);
		return { ctx, one, number, grievanceId: id };
	}
	const staff = (now?: Date) =>
		testContext(database.db, { actor: staffOf(world.posts.ddpo), ...(now ? { now } : {}) });

	it('opens it for the one it was made for, and for nobody else who may see the case', async () => {
		const { ctx, one, number } = await filed();
		const [shown] = (await tracking(ctx, number)).attachments;
		const [forStaff] = (await caseFile(staff(), number, 'test')).attachments;
		if (!shown || !forStaff) throw new Error('no attachment');
		expect((await openAttachment(ctx, one.id, proofIn(shown.href))).name).toBe('a.jpg');
		expect((await openAttachment(staff(), one.id, proofIn(forStaff.href))).name).toBe('a.jpg');
		expect(await refusalCode(openAttachment(staff(), one.id, proofIn(shown.href)))).toBe(
			'not_found',
		);
		expect(await refusalCode(openAttachment(ctx, one.id, proofIn(forStaff.href)))).toBe(
			'not_found',
		);
		const other = await filed();
		expect(await refusalCode(openAttachment(ctx, other.one.id, proofIn(shown.href)))).toBe(
			'not_found',
		);
		const mine = addressFor(ctx, other.one.id);
		expect(await refusalCode(openAttachment(ctx, other.one.id, mine))).toBe('not_found');
	});

	it.each([
		['no seal', { seal: null }],
		['an empty one', { seal: '' }],
		['a made-up one', { seal: Buffer.alloc(32).toString('base64url') }],
		['no end', { until: null }],
		['a later end', { until: '9999999999999' }],
	])('does not open with %s', async (_, change) => {
		const { ctx, one } = await filed();
		const address = { ...addressFor(ctx, one.id), ...change };
		expect(await refusalCode(openAttachment(ctx, one.id, address))).toBe('not_found');
	});

	it('ends after five to ten minutes, and is the same for five', async () => {
		const { ctx, one } = await filed();
		const at = (minutes: number) => ({
			...ctx,
			clock: fixedClock(new Date(TEST_NOW.getTime() + minutes * 60_000)),
		});
		const address = addressFor(ctx, one.id);
		expect(addressFor(at(4.9), one.id)).toEqual(address);
		expect(await refusalCode(openAttachment(at(9.9), one.id, address))).toBeNull();
		expect(await refusalCode(openAttachment(at(10), one.id, address))).toBe('address_ended');
		expect(
			await refusalCode(openAttachment(at(10), one.id, addressFor(at(10), one.id))),
		).toBeNull();
	});

	it('leaves one line in the log of views however often the browser asks', async () => {
		const { one, grievanceId } = await filed();
		const views = async () => {
			const [row] = await database.sql`
				select count(*)::int as views from access_log
				where grievance_id = ${grievanceId} and reason = 'attachment'`;
			return row?.['views'];
		};
		const address = addressFor(staff(), one.id);
		await Promise.all([1, 2, 3].map(() => openAttachment(staff(), one.id, address)));
		expect(await views()).toBe(1);
		const later = staff(new Date(TEST_NOW.getTime() + 600_000));
		await openAttachment(later, one.id, addressFor(later, one.id));
		expect(await views()).toBe(2);
	});

	it('gives headers under which no page can take it in or run it', async () => {
		const { ctx, one } = await filed();
		const opened = await openAttachment(ctx, one.id, addressFor(ctx, one.id));
		const { headers } = await fileAnswer(new Request('http://localhost'), opened);
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
		expect(headers.get('content-disposition')).toBe("inline; filename*=UTF-8''a.jpg");
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
		expect(await refusalCode(openAttachment(ctx, one.id, addressFor(ctx, one.id)))).toBe(
			'not_found',
		);
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
			expect(await refusalCode(openAttachment(other, one.id, addressFor(other, one.id)))).toBe(
				'not_found',
			);
		}
		expect(await refusalCode(openAttachment(ctx, 'x', addressFor(ctx, 'x')))).toBe('not_found');
	});
});
