import { CASE_A } from '../support/pages-cases.ts';
import { photo } from '../support/pages-files.ts';
import { CitizenSite } from '../support/pages.ts';
import { qrOf } from '../support/stack-product.ts';
import { expect, freshMobile, test } from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

for (const locale of ['hi', 'en'] as const) {
	test(`without JavaScript a citizen signs in, files with a photo and tracks (${locale})`, async ({
		stack,
		phone,
	}) => {
		const mobile = freshMobile();
		const site = await CitizenSite.onPhone(phone, stack, { locale, script: false });
		await site.startFiling(mobile);

		// A step that is sent empty says what is missing.
		await site.next();
		await expect(site.errors).toContainText(m.error_category({}, site.words));
		await site.fileWhat(CASE_A);
		await site.fileWhere(CASE_A);
		await site.fileDetails(CASE_A);
		await site.addPhoto(await photo());
		await expect(site.photo(1)).toBeVisible();
		await site.afterPhotos();
		await site.chooseProof(CASE_A.name, 'aadhaar_qr');
		await site.showQr(qrOf({ mobile }));
		await site.agreeTo([m.file_id_keep_dob({}, site.words)]);
		await site.toReview();
		const number = await site.submit();
		await expect(site.text(number)).toBeVisible();

		const later = await CitizenSite.onPhone(phone, stack, { locale, script: false });
		await later.track(number, mobile);
		await expect(later.text(m.event_registered({}, later.words))).toBeVisible();
		await expect(later.text(CASE_A.details)).toBeVisible();
		await expect(
			later.page.getByRole('img', { name: m.attachment_photo({ number: 1 }, later.words) }),
		).toBeVisible();
		await later.link(m.track_receipt({}, later.words)).click();
		await later.expectTitle(m.receipt_title({}, later.words));
		await site.close();
		await later.close();
	});
}
