import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import * as v from 'valibot';
import { readFile } from 'node:fs/promises';
import type { Download } from '@playwright/test';
import { AxeBuilder } from '@axe-core/playwright';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { m } from '#lib/paraglide/messages.js';
import { exportSchema } from '#lib/server/privacy/export-shape.ts';
import { CASE_A } from '../support/pages-cases.ts';
import { photo } from '../support/pages-files.ts';
import { CitizenSite } from '../support/pages.ts';
import { qrOf } from '../support/stack-product.ts';
import { expect, freshMobile, test } from '../support/stack.ts';

async function unpack(download: Download) {
	const bytes = new Uint8Array(await readFile(await download.path()));
	const entries = await new ZipReader(new Uint8ArrayReader(bytes)).getEntries();
	const json = entries.find((entry) => entry.filename === 'data.json');
	if (!json || json.directory) throw new Error('no data.json');
	const text = new TextDecoder().decode(await json.getData(new Uint8ArrayWriter()));
	return {
		data: v.parse(exportSchema, JSON.parse(text)),
		names: entries.map((entry) => entry.filename),
	};
}

async function expectClean(site: CitizenSite): Promise<void> {
	// Only a browser that runs scripts can be asked.
	if (!site.script) return;
	const { violations } = await new AxeBuilder({ page: site.page }).analyze();
	expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([]);
}

for (const { locale, script } of [
	{ locale: 'hi', script: false },
	{ locale: 'en', script: true },
] as const) {
	const how = `${locale}, JavaScript ${script ? 'on' : 'off'}`;

	test(`a citizen reads the notice, sees, corrects, takes back, copies and asks for erasure (${how})`, async ({
		stack,
		phone,
	}) => {
		const mobile = freshMobile();
		const site = await CitizenSite.onPhone(phone, stack, { locale, script });
		const { page, words } = site;
		await site.startFiling(mobile);
		await site.fileWhat(CASE_A);
		await site.fileWhere(CASE_A);
		await site.fileDetails(CASE_A);
		await site.addPhoto(await photo());
		await expect(site.photo(1)).toBeVisible();
		await site.afterPhotos();
		await site.chooseProof(CASE_A.name, 'aadhaar_qr');
		await site.showQr(qrOf({ mobile }));
		await site.agreeTo([m.file_id_keep_name({}, words)]);
		await site.toReview();
		// The whole notice stands on the page that asks for the agreement.
		await expect(site.text(m.notice_version({ version: NOTICE_VERSION }, words))).toBeVisible();
		await expect(site.text(m.notice_contact_board({}, words))).toBeVisible();
		const number = await site.submit();

		await site.link(m.ui_nav_my_data({}, words)).click();
		await site.expectTitle(m.data_title({}, words));
		await expectClean(site);
		await expect(site.text(m.consent_why_not({}, words))).toBeVisible();
		await expect(page.getByRole('main')).not.toContainText(mobile);

		const withdraw = page.getByRole('button', { name: m.consent_withdraw({}, words) });
		await expect(withdraw).toHaveCount(1);
		await withdraw.click();
		await expect(site.text(m.data_withdrawn({}, words))).toBeVisible();
		await expect(withdraw).toHaveCount(0);

		const name = page.getByLabel(m.data_name({}, words), { exact: true });
		await name.fill('9876543210');
		await site.button(m.data_correct_save({}, words)).click();
		await expect(site.errors).toContainText(m.error_name_number({}, words));
		await expect(name).toHaveValue('9876543210');
		await name.fill('कमला रानी');
		await page.getByLabel(m.data_email({}, words), { exact: true }).fill('kamla@example.in');
		await site.button(m.data_correct_save({}, words)).click();
		await expect(site.text(m.data_saved({}, words))).toBeVisible();

		const [download] = await Promise.all([
			page.waitForEvent('download'),
			site.button(m.data_export_button({}, words)).click(),
		]);
		const { data, names } = await unpack(download);
		expect(data.person).toMatchObject({ name: 'कमला रानी', email: 'kamla@example.in' });
		expect(data.person.mobile).toBe(`+91${mobile}`);
		expect(data.proofs[0]?.fields).toEqual({});
		expect(data.grievances[0]).toMatchObject({ number, details: CASE_A.details });
		expect(names.filter((one) => one.startsWith('files/'))).toHaveLength(1);

		await site.openCase(number);
		await site.link(m.track_looks({ count: 0 }, words)).click();
		await site.expectTitle(m.data_looks_one({ number }, words));
		await expect(site.text(m.data_looks_none({}, words))).toBeVisible();
		await site.link(m.data_looks_back({}, words)).click();

		await site.link(m.erase_link({}, words)).click();
		await expect(site.text(m.erase_later_open({ number }, words))).toBeVisible();
		await site.button(m.erase_button_request({}, words)).click();
		await expect(site.errors).toContainText(m.error_understood({}, words));
		await expectClean(site);
		await page.getByLabel(m.erase_understood({}, words)).check();
		await site.button(m.erase_button_request({}, words)).click();
		await expect(site.text(m.erase_requested_open({}, words))).toBeVisible();
		await site.button(m.erase_cancel({}, words)).click();
		await expect(site.text(m.erase_cancelled({}, words))).toBeVisible();
		await site.close();
	});

	test(`an account without a grievance is gone at once, and its number is free (${how})`, async ({
		stack,
		phone,
	}) => {
		const mobile = freshMobile();
		const site = await CitizenSite.onPhone(phone, stack, { locale, script });
		const { page, words } = site;
		await site.startFiling(mobile);
		await site.fileWhat(CASE_A);
		await site.open('/citizen/data/erase');
		await page.getByLabel(m.erase_understood({}, words)).check();
		await site.button(m.erase_button_whole({}, words)).click();
		await site.expectTitle(m.erase_done_title({}, words));
		await site.open('/citizen/data');
		await site.expectTitle(m.signin_title({}, words));
		await site.signIn(mobile);
		await site.expectTitle(m.data_title({}, words));
		await expect(site.text(m.data_consents_none({}, words))).toBeVisible();
		await site.close();
	});
}

test('nobody gets a copy by an address, without signing in, or from another site', async ({
	stack,
	phone,
}) => {
	const site = await CitizenSite.onPhone(phone, stack);
	const { request } = site.context;
	const url = `${stack.origin}/citizen/data/export`;
	const headers = { origin: stack.origin };
	const anonymous = await request.post(url, { headers, form: {}, maxRedirects: 0 });
	expect(anonymous.status()).toBe(303);
	expect((await request.get(url)).status()).toBe(405);
	const foreign = await request.post(url, {
		headers: { origin: 'https://elsewhere.example' },
		form: {},
	});
	expect(foreign.status()).toBe(403);
	await site.close();
});
