import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { caseFile, draft } from '#lib/server/grievance/index.ts';
import { m } from '#lib/paraglide/messages.js';
import { qrPng } from '../../src/demo/identity/picture.ts';
import { launch, type Devices } from '../support/browser.ts';
import { CASE_A } from '../support/pages-cases.ts';
import { filmOf, qrPicture } from '../support/pages-files.ts';
import { CitizenSite } from '../support/pages.ts';
import { qrOf, type Product, type SignedCitizen } from '../support/stack-product.ts';
import { expect, freshMobile, test, type Stack } from '../support/stack.ts';

let folder = '';
test.beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'jansunwai-film-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** The identity step on a phone with these devices; the browser ends with the work. */
async function atIdentity(
	{ stack, citizen }: { stack: Stack; citizen: SignedCitizen },
	devices: Devices,
	work: (site: CitizenSite) => Promise<void>,
): Promise<void> {
	const browser: Browser = await launch(devices);
	try {
		const site = await CitizenSite.onPhone(browser, stack, { cookie: citizen.cookie });
		await site.open('/citizen/file/identity');
		await site.chooseProof(CASE_A.name, 'aadhaar_qr');
		await work(site);
	} finally {
		await browser.close();
	}
}

/** A citizen who has answered everything but who they are. */
async function almostFiled(product: Product): Promise<SignedCitizen> {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	await product.answer(citizen, CASE_A);
	return citizen;
}

/** What the database holds of the proof of a filed grievance, unsealed. */
async function stored(product: Product, number: string) {
	const { ctx } = await product.staff('dc');
	const { proof } = await caseFile(ctx, number, 'test');
	const [row] = await product.platform.sql`
		select p.photo is not null as photo, p.fields is not null as fields from identity_proof p
		join grievance g on g.proof_id = p.id where g.number = ${number}`;
	return { proof, row };
}

test('the camera reads a Secure QR, the citizen ticks what may be kept, and files with it', async ({
	stack,
	product,
}) => {
	const citizen = await almostFiled(product);
	const film = join(folder, 'qr.y4m');
	await writeFile(film, await filmOf(await qrPng(qrOf(citizen))));
	await atIdentity({ stack, citizen }, { film }, async (site) => {
		const { words } = site;
		const elsewhere: string[] = [];
		site.page.on('request', (request) => {
			if (!request.url().startsWith(stack.origin)) elsewhere.push(request.url());
		});
		await site.button(m.file_id_camera_start({}, words)).click();
		await expect(site.text(m.file_id_camera_found({}, words))).toBeVisible();
		await expect(site.page.locator('video')).toHaveCount(0);
		await site.agreeTo([m.file_id_keep_name({}, words), m.file_id_keep_photo({}, words)]);
		await expect(site.text('01-01-1970')).toBeVisible();
		expect((await draft(citizen.ctx)).answers.proof).toBeNull();
		await site.toReview();
		await expect(site.page.getByRole('main')).toContainText(
			m.proof_strength_signature_and_mobile_match({}, words),
		);
		const number = await site.submit();
		const { proof, row } = await stored(product, number);
		expect(proof).toMatchObject({
			kind: 'aadhaar_qr',
			strength: 'signature_and_mobile_match',
			fields: { name: 'Ramkumari Saini' },
		});
		expect(Object.keys(proof?.fields ?? {})).toEqual(['name']);
		expect(row).toMatchObject({ photo: true });
		expect(elsewhere).toEqual([]);
	});
	expect(await product.rowsWith(['01-01-1970', '432120260301', qrOf(citizen)])).toEqual([]);
});

test('a picture of the QR does the same; of what is not ticked nothing is stored', async ({
	stack,
	product,
}) => {
	const citizen = await almostFiled(product);
	await atIdentity({ stack, citizen }, {}, async (site) => {
		await site.showQr(await qrPicture(qrOf({ mobile: freshMobile() })));
		await site.agreeTo();
		await site.toReview();
		const number = await site.submit();
		const { proof, row } = await stored(product, number);
		expect(proof).toMatchObject({ strength: 'signature_only', fields: {}, lastFour: '4321' });
		expect(row).toEqual({ photo: false, fields: false });
	});
});

test('while no QR is in sight the page says so, and the camera goes off when it is told to', async ({
	stack,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	await atIdentity({ stack, citizen }, {}, async (site) => {
		const { words } = site;
		await site.button(m.file_id_camera_start({}, words)).click();
		await expect(site.text(m.file_id_camera_looking({}, words))).toBeVisible();
		const video = site.page.locator('video');
		await expect(video).toHaveJSProperty('paused', false);
		const track = await video.evaluateHandle((element) =>
			element instanceof HTMLVideoElement && element.srcObject instanceof MediaStream
				? element.srcObject.getVideoTracks()[0]
				: undefined,
		);
		await site.button(m.file_id_camera_stop({}, words)).click();
		await expect(video).toHaveCount(0);
		expect(await track.evaluate((one) => one?.readyState)).toBe('ended');
	});
});

const PROBLEMS: [string, Devices, typeof m.file_id_camera_blocked][] = [
	['is refused', { camera: false }, m.file_id_camera_blocked],
	['is not there', { devices: false }, m.file_id_camera_none],
];
for (const [what, devices, message] of PROBLEMS) {
	test(`a camera that ${what} is told with what to do, and the digits still go`, async ({
		stack,
		product,
	}) => {
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		await atIdentity({ stack, citizen }, devices, async (site) => {
			const { words } = site;
			await site.button(m.file_id_camera_start({}, words)).click();
			await expect(site.text(message({}, words))).toBeVisible();
			await site.showQr(qrOf(citizen));
			await site.agreeTo();
		});
	});
}

test('the camera is there also for whoever comes from a page without one', async ({
	stack,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
	await atIdentity({ stack, citizen }, {}, async (site) => {
		const { words } = site;
		await site.open('/citizen/file/photos');
		await site.afterPhotos();
		await site.chooseProof(CASE_A.name, 'aadhaar_qr');
		await site.button(m.file_id_camera_start({}, words)).click();
		await expect(site.text(m.file_id_camera_looking({}, words))).toBeVisible();
	});
});
