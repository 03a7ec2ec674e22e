import { m } from '#lib/paraglide/messages.js';
import { DESKTOP } from '../support/browser.ts';
import { CASE_B } from '../support/pages-cases.ts';
import { StaffSite } from '../support/pages.ts';
import {
	categoryWords,
	placeWords,
	postWords,
	type SignedStaff,
} from '../support/stack-product.ts';
import { ANY, expect, freshMobile, like, test, type Stack } from '../support/stack.ts';

const hi = { locale: 'hi' } as const;
type Browser = Parameters<Parameters<typeof test>[2]>[0]['desktop'];

async function at(desktop: Browser, stack: Stack, who: SignedStaff): Promise<StaffSite> {
	const context = await desktop.newContext(DESKTOP);
	await context.addCookies([who.cookie]);
	return new StaffSite(await context.newPage(), stack);
}

/** The one page of the counter, with a family id. */
async function fillCase(site: StaffSite): Promise<void> {
	const { page } = site;
	await page.getByRole('radio', { name: m.file_where_rural({}, hi) }).check();
	await page.getByRole('searchbox').fill(CASE_B.search);
	await site.button(m.file_where_find({}, hi)).click();
	await page
		.getByRole('radio', { name: placeWords(CASE_B.place, 'hi') })
		.first()
		.check();
	await page
		.getByLabel(m.file_review_what({}, hi), { exact: true })
		.selectOption({ label: categoryWords(CASE_B.category, 'hi') });
	await page.getByLabel(m.case_complaint({}, hi), { exact: true }).fill(CASE_B.details);
	await page.getByLabel(m.case_relief({}, hi), { exact: true }).fill(CASE_B.relief);
	await page.getByLabel(m.register_name({}, hi), { exact: true }).fill(CASE_B.name);
	await page.getByRole('radio', { name: m.file_id_ppp({}, hi) }).check();
	await page.getByLabel(m.file_id_ppp_number({}, hi)).fill('4ABC12X9');
	await page.getByLabel(m.register_agreed({}, hi)).check();
}

test('a clerk files for a citizen who reads out the code, attests the card, and prints the receipt', async ({
	stack,
	product,
	desktop,
}) => {
	const mobile = freshMobile();
	const clerk = await product.staff('clerk');
	const site = await at(desktop, stack, clerk);
	const { page } = site;
	await site.open('/desk');
	await page
		.getByRole('navigation')
		.getByRole('link', { name: m.nav_register({}, hi) })
		.click();
	await site.expectTitle(m.register_title({}, hi));
	await page.getByLabel(m.register_mobile({}, hi)).fill(mobile);
	await site.button(m.file_next({}, hi)).click();
	await site.expectTitle(m.register_code_title({}, hi));
	const [, post = '', code = ''] = await stack.sms.wait(
		mobile,
		like(m.sms_otp_acting({ post: ANY, code: ANY }, hi)),
	);
	expect(post).toBe(postWords('clerk', 'hi'));
	await page.getByLabel(m.code_label({}, hi), { exact: true }).fill(code);
	await site.button(m.file_next({}, hi)).click();
	await site.expectTitle(m.register_form_title({}, hi));
	await fillCase(site);
	await page.getByLabel(m.register_saw_paper({}, hi)).check();
	await site.button(m.register_submit({}, hi)).click();
	await site.expectTitle(m.receipt_title({}, hi));
	const number = /filed\/([^/]+)$/.exec(page.url())?.[1] ?? '';
	await expect(site.text(number)).toBeVisible();
	await expect(site.text(CASE_B.details)).toBeVisible();
	// The message goes to the citizen, whose grievance it is.
	await expect.poll(async () => (await stack.sms.to(mobile)).join('\n')).toContain(number);
	await site.open(`/desk?case=${number}`);
	await expect(site.text(m.proof_strength_attested_by_clerk({}, hi))).toBeVisible();
	await page.context().close();
});

test('an agent attests, files, and sees a list of it and nothing of others', async ({
	stack,
	product,
	desktop,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_B.name });
	const foreign = await product.file(citizen, CASE_B);
	const site = await at(desktop, stack, await product.staff('csc-bawal'));
	const { page } = site;
	await site.open('/desk/register');
	await page.getByLabel(m.register_mobile({}, hi)).fill(freshMobile());
	await page.getByRole('radio', { name: m.register_way_attested({}, hi) }).check();
	await site.button(m.file_next({}, hi)).click();
	await expect(site.errors).toContainText(m.error_document({}, hi));
	await page
		.getByLabel(m.register_reason({}, hi))
		.selectOption({ label: m.register_reason_no_signal({}, hi) });
	await page.getByLabel(m.register_paper({}, hi)).fill('वोटर कार्ड');
	await site.button(m.file_next({}, hi)).click();
	await site.expectTitle(m.register_form_title({}, hi));
	await fillCase(site);
	await expect(page.getByLabel(m.register_saw_paper({}, hi))).toHaveCount(0);
	await site.button(m.register_submit({}, hi)).click();
	await site.expectTitle(m.receipt_title({}, hi));
	const number = /filed\/([^/]+)$/.exec(page.url())?.[1] ?? '';
	await site.open('/desk/filed');
	await expect(site.link(number)).toBeVisible();
	await expect(site.link(foreign)).toHaveCount(0);
	for (const path of [`/desk/filed/${foreign}`, `/department/grievances/${foreign}`, '/desk']) {
		expect((await site.open(path))?.status()).toBeGreaterThanOrEqual(403);
	}
	expect((await site.open(`/department/grievances/${number}`))?.status()).toBe(403);
	await page.context().close();
});

test('a clerk who saw the family card says so on the desk, once', async ({
	stack,
	product,
	desktop,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: CASE_B.name });
	const number = await product.file(citizen, CASE_B, { proof: 'ppp' });
	const site = await at(desktop, stack, await product.staff('clerk'));
	await site.open(`/desk?case=${number}`);
	await expect(site.text(m.proof_strength_declared({}, hi))).toBeVisible();
	await site.button(m.desk_attest_family({}, hi)).click();
	await expect(site.text(m.proof_strength_attested_by_clerk({}, hi))).toBeVisible();
	await expect(site.button(m.desk_attest_family({}, hi))).toHaveCount(0);
	await site.page.context().close();
});
