import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { looksLikeAadhaar } from '#lib/domain/identity/verhoeff.ts';
import { m } from '#lib/paraglide/messages.js';
import { randomBytes } from 'node:crypto';
import { CASE_A, CASE_B } from '../support/pages-cases.ts';
import { qrPicture } from '../support/pages-files.ts';
import { CitizenSite } from '../support/pages.ts';
import { makePdf } from '../support/pdf.ts';
import { qrOf } from '../support/stack-product.ts';
import { expect, freshMobile, test } from '../support/stack.ts';

const hi = { locale: 'hi' } as const;
const PHOTOS = '/citizen/file/photos';
const UPLOADS = '**/api/uploads/*';

/** A photo with the place in its EXIF that stays well above one part of a sending, also when made smaller. */
async function largePhoto(name = 'gali.jpg') {
	const [width, height] = [2400, 1800];
	const buffer = await sharp(randomBytes((width * height * 3) / 4), {
		raw: { width: width / 2, height: height / 2, channels: 3 },
	})
		.resize(width, height)
		.withExif({
			IFD3: {
				GPSLatitudeRef: 'N',
				GPSLatitude: '28/1 4/1 5988/100',
				GPSLongitudeRef: 'E',
				GPSLongitude: '76/1 34/1 5988/100',
			},
		})
		.jpeg({ quality: 90 })
		.toBuffer();
	return { name, mimeType: 'image/jpeg', buffer };
}

/** Offsets of the parts that the page sends, and how often it begins. */
function watchSending(page: Page) {
	const seen = { begun: 0, offsets: [] as number[] };
	page.on('request', (request) => {
		if (!request.url().includes('/api/uploads')) return;
		if (request.method() === 'POST') seen.begun += 1;
		if (request.method() === 'PATCH') seen.offsets.push(Number(request.headers()['upload-offset']));
	});
	return seen;
}

const firstPart = (page: Page) =>
	page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());

test('a photo that is chosen before the script has come goes as soon as it is there', async ({
	stack,
	phone,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	let release = () => {};
	const chosen = new Promise<void>((done) => (release = done));
	await site.page.route('**/_app/**/*.js', async (route) => {
		await chosen;
		await route.continue();
	});
	await site.page.goto(stack.origin + PHOTOS, { waitUntil: 'commit' });
	await site.addPhoto(await largePhoto());
	release();
	await expect(site.photo(1)).toBeVisible();
	await site.close();
});

test('a photo goes on by itself after the line was lost in the middle, and arrives whole once', async ({
	stack,
	phone,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	await site.open(PHOTOS);
	const sending = watchSending(site.page);
	await site.page.getByLabel(m.file_photos_place({}, hi)).check();
	const context = site.page.context();
	await site.page.route(UPLOADS, async (route) => {
		const offset = Number(route.request().headers()['upload-offset'] ?? 0);
		if (offset === 0) return route.continue();
		await context.setOffline(true);
		await route.abort('internetdisconnected');
	});
	await site.addPhoto(await largePhoto());
	await expect(site.page.getByText(m.upload_waiting({}, hi)).last()).toBeVisible();
	await expect(site.page.getByRole('progressbar')).toBeVisible();
	const before = sending.offsets.length;
	await site.page.unroute(UPLOADS);
	await context.setOffline(false);
	await expect(site.photo(1)).toBeVisible();
	await expect(site.photo(2)).toHaveCount(0);
	await expect(
		site.page.getByText(m.attachment_place({ place: '28.0833, 76.5833' }, hi)),
	).toBeVisible();
	expect(sending.begun).toBe(1);
	expect(sending.offsets.slice(before)[0]).toBeGreaterThan(0);
	const width = await site
		.photo(1)
		.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth);
	expect(width).toBe(2000);
	await site.close();
});

test('after the page was loaded anew the same file goes on where it was', async ({
	stack,
	phone,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	await site.open(PHOTOS);
	let parts = 0;
	await site.page.route(UPLOADS, async (route) => {
		if (route.request().method() !== 'PATCH' || parts++ === 0) return route.continue();
		await route.abort('connectionreset');
	});
	const file = await largePhoto();
	const part = firstPart(site.page);
	await site.addPhoto(file);
	await part;
	await expect(site.page.getByText(m.upload_waiting({}, hi)).last()).toBeVisible();
	const kept = await site.page.evaluate(() => JSON.stringify({ ...localStorage }));
	expect(kept).toContain('/api/uploads/');
	expect(kept).not.toContain('gali');
	await site.page.unroute(UPLOADS);
	await site.page.reload();
	const sending = watchSending(site.page);
	await site.addPhoto(file);
	await expect(site.photo(1)).toBeVisible();
	expect(sending.begun).toBe(0);
	expect(sending.offsets[0]).toBeGreaterThan(0);
	expect(await site.page.evaluate(() => localStorage.length)).toBe(0);
	await site.close();
});

test('the code that sends comes only when a file is chosen', async ({ stack, phone, product }) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	const scripts: Promise<number>[] = [];
	site.page.on('requestfinished', (one) => {
		if (!/\.js$/.test(new URL(one.url()).pathname)) return;
		scripts.push(one.sizes().then(({ responseBodySize }) => responseBodySize));
	});
	const weight = async () => (await Promise.all(scripts)).reduce((sum, one) => sum + one, 0);
	await site.open(PHOTOS);
	await site.page.waitForLoadState('networkidle');
	const cold = await weight();
	expect(cold).toBeGreaterThan(10_000);
	expect(cold).toBeLessThan(60_000);
	await site.addPhoto(await largePhoto());
	await expect(site.photo(1)).toBeVisible();
	const warm = await weight();
	expect(warm).toBeGreaterThan(cold + 5_000);
	test.info().annotations.push({ type: 'JavaScript', description: `${cold}, then ${warm} bytes` });
	await site.close();
});

for (const script of [true, false]) {
	test(`an Aadhaar is refused with the way to the identity step, and one in a PDF is told of (${script ? 'with' : 'without'} JavaScript)`, async ({
		stack,
		phone,
		product,
	}) => {
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie, script });
		await site.open('/citizen/file/what');
		await site.fileWhat(CASE_B);
		await site.fileWhere(CASE_B);
		await site.fileDetails(CASE_B);
		await site.addPhoto(await qrPicture(qrOf(citizen)));
		await expect(site.errors).toContainText(m.refusal_upload_aadhaar_qr({}, hi));
		await site.addPhoto({
			name: 'ration.pdf',
			mimeType: 'application/pdf',
			buffer: makePdf({ lines: ['Ration card', '2341 2341 2346'] }),
		});
		await expect(site.page.getByText(m.file_photos_aadhaar_seen({}, hi))).toBeVisible();
		await site.addPhoto({
			name: 'form.pdf',
			mimeType: 'application/pdf',
			buffer: makePdf({ catalogue: '/OpenAction << /S /JavaScript /JS (1) >>' }),
		});
		await expect(site.errors).toContainText(m.refusal_upload_pdf_active({}, hi));
		await site.afterPhotos();
		await site.chooseProof(CASE_B.name, 'mobile_only');
		await site.toReview();
		await expect(site.page.getByText(m.file_photos_aadhaar_seen({}, hi))).toBeVisible();
		await site.open(PHOTOS);
		await site.addPhoto(await qrPicture(qrOf(citizen)));
		await site.link(m.upload_to_identity({}, hi)).click();
		await expect(site.page).toHaveURL(/\/citizen\/file\/identity$/);
		await site.close();
	});
}

/** Twelve digits that pass for an Aadhaar number. */
function canary(start: string): string {
	for (let last = 0; last < 10; last += 1) {
		if (looksLikeAadhaar(`${start}${last}`)) return `${start}${last}`;
	}
	throw new Error('no check digit fits');
}
const inFours = (digits: string, mark: string) => digits.replace(/(\d{4})(?=\d)/g, `$1${mark}`);
const inHindi = (digits: string) =>
	digits.replace(/\d/g, (digit) => String.fromCharCode(0x966 + Number(digit)));

test('numbers of people stand in no table, no log and no stored file', async ({
	stack,
	phone,
	product,
}) => {
	const mobile = freshMobile();
	const numbers = ['58231904771', '61740293385', '73920185546', '84613029957', '92750381164'].map(
		canary,
	);
	const [plain = '', spaced = '', dashed = '', hindi = '', inName = ''] = numbers;
	const site = await CitizenSite.onPhone(phone, stack);
	await site.startFiling(mobile);
	await site.fileWhat(CASE_B);
	await site.fileWhere({ ...CASE_B, placeNote: `मकान ${inFours(dashed, '-')}` });
	await site.fileDetails({
		...CASE_B,
		details: `${CASE_B.details} ${plain} और ${inHindi(hindi)}`,
		relief: `${CASE_B.relief} ${inFours(spaced, ' ')}`,
	});
	// One that came whole and one that is cut off for good.
	await site.addPhoto(await largePhoto(`${inFours(inName, ' ')}.jpg`));
	await expect(site.photo(1)).toBeVisible();
	const part = firstPart(site.page);
	await site.page.route(UPLOADS, async (route) =>
		route.request().method() === 'PATCH' && route.request().headers()['upload-offset'] !== '0'
			? route.abort('connectionreset')
			: route.continue(),
	);
	await site.addPhoto(await largePhoto(`${inName}.jpg`));
	await part;
	await expect(site.page.getByText(m.upload_waiting({}, hi)).last()).toBeVisible();
	const half = readdirSync(join(stack.dataDir, 'files', 'incoming'));
	expect(half.length).toBeGreaterThan(0);
	await site.open('/citizen/file/identity');
	await site.page.unroute(UPLOADS);
	await site.chooseProof(CASE_B.name, 'mobile_only');
	await site.toReview();
	const number = await site.submit();
	await expect(site.text(number)).toBeVisible();

	const needles = [
		mobile,
		...numbers.flatMap((one) => [
			one,
			inFours(one, ' '),
			inFours(one, '-'),
			inHindi(one),
			inHindi(inFours(one, ' ')),
		]),
	];
	expect(await product.rowsWith(needles)).toEqual([]);
	const folders = [join(stack.dataDir, 'files'), stack.logs];
	const paths = folders.flatMap((folder) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((one) => one.isFile())
			.map((one) => join(one.parentPath, one.name)),
	);
	expect(paths.map((path) => path.split('/').at(-1))).toEqual(
		expect.arrayContaining(['web.log', 'worker.log']),
	);
	const found = paths.flatMap((path) => {
		const content = readFileSync(path);
		return needles
			.filter((one) => path.includes(one) || content.includes(one))
			.map((one) => `${path}: ${one}`);
	});
	expect(found).toEqual([]);
	await site.close();
});
