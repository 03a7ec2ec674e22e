import { makeDemoKyc } from '../../src/demo/identity/sign-kyc.ts';
import { CASE_A } from '../support/pages-cases.ts';
import { CitizenSite } from '../support/pages.ts';
import { expect, freshMobile, test } from '../support/stack.ts';
import { draft } from '#lib/server/grievance/index.ts';
import { m } from '#lib/paraglide/messages.js';

const SHARE_CODE = 'Kunji#2026';

async function kycOf(mobile: string) {
	const zip = await makeDemoKyc(
		{
			fields: { name: 'Ramkumari Saini', dob: '01-01-1970', gender: 'F', district: 'Rewari' },
			last4: '4321',
			signedAt: new Date('2026-03-01T05:00:00Z'),
			mobile,
		},
		SHARE_CODE,
	);
	return {
		name: 'offlineaadhaar20260301.zip',
		mimeType: 'application/zip',
		buffer: Buffer.from(zip),
	};
}

for (const script of [true, false]) {
	test(`a citizen shows an offline e-KYC ${script ? 'with' : 'without'} JavaScript`, async ({
		stack,
		phone,
		product,
	}) => {
		const citizen = await product.citizen(freshMobile(), { name: CASE_A.name });
		const site = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie, script });
		const words = site.words;
		await site.open('/citizen/file/identity');
		await site.chooseProof(CASE_A.name, 'aadhaar_ekyc');
		await site.next();
		await expect(site.errors).toContainText(m.error_ekyc_zip({}, words));
		await expect(site.errors).toContainText(m.error_share_code({}, words));

		const zip = await kycOf(citizen.mobile);
		await site.showEkyc(zip, 'another');
		await site.next();
		await expect(site.errors).toContainText(m.refusal_share_code_wrong({}, words));
		// What opens somebody's file is not sent back into a page; with a script the page stays as it is.
		const typed = site.page.getByLabel(m.file_id_share_code({}, words));
		await expect(typed).toHaveValue(script ? 'another' : '');

		await site.showEkyc({ ...zip, buffer: Buffer.from('%PDF-1.7') }, SHARE_CODE);
		await site.next();
		await expect(site.errors).toContainText(m.refusal_kyc_unsupported({}, words));

		await site.showEkyc(zip, SHARE_CODE);
		await site.agreeTo([m.file_id_keep_name({}, words)]);
		await expect(site.text('01-01-1970')).toBeVisible();
		// Neither the file's key nor the file is in the page in which the citizen agrees.
		expect(await site.page.content()).not.toContain(SHARE_CODE);
		await site.next();
		await expect(site.errors).toHaveCount(0);
		await expect(site.page).not.toHaveURL(/identity/);
		const { answers } = await draft(citizen.ctx);
		expect(answers.proof?.fields).toEqual({ name: 'Ramkumari Saini' });
		expect(answers.proof?.photo).toBeUndefined();
		expect(await product.rowsWith([SHARE_CODE, '432120260301'])).toEqual([]);
		await site.close();
	});
}
