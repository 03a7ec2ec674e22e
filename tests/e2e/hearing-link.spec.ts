import { CASE_B } from '../support/pages-cases.ts';
import { CitizenSite } from '../support/pages.ts';
import { expect, freshMobile, test, type Locale, type Product } from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

test.use({ stackName: 'hearing_link' });

/** A citizen with a booked hearing, in a sitting of its own. */
async function invited(product: Product, inMinutes: number) {
	const clerk = await product.staff('clerk');
	const citizen = await product.citizen(freshMobile(), { name: CASE_B.name });
	const number = await product.file(citizen, CASE_B);
	const sitting = await product.sitting(clerk, 'dc', { inMinutes, slots: 1 });
	const booked = await product.book(clerk, number, sitting.id);
	return { citizen, booked, code: booked.booking.linkCode };
}

const linkOf = (locale: Locale, code: string) => `${locale === 'en' ? '/en' : ''}/h/${code}`;

for (const [index, locale] of (['hi', 'en'] as const).entries()) {
	test(`without JavaScript the link of an SMS leads over one code to its hearing (${locale})`, async ({
		stack,
		product,
		phone,
	}) => {
		const { citizen, booked, code } = await invited(product, 20 + 15 * index);
		const site = await CitizenSite.onPhone(phone, stack, { locale, script: false });
		await site.openLink(`${stack.origin}${linkOf(locale, code)}`);
		await expect(site.page.getByRole('textbox')).toHaveCount(0);
		await site.signInByLink(citizen.mobile);
		await site.expectTitle(m.hearing_title({}, site.words));
		expect(site.here()).toBe(`/citizen/hearings/${await product.hearingId(citizen, booked)}`);

		// The session that began opens the same link without another code.
		await site.openLink(`${stack.origin}${linkOf(locale, code)}`);
		await site.expectTitle(m.hearing_title({}, site.words));
		await site.close();
	});

	test(`a link that is unknown, broken or of a hearing called off gets one answer (${locale})`, async ({
		stack,
		product,
		phone,
	}) => {
		const { booked, code } = await invited(product, 60 + 30 * index);
		await product.callOff(booked);
		const site = await CitizenSite.onPhone(phone, stack, { locale, script: false });
		for (const gone of [
			code,
			'zzzzzzzzzzzz',
			'x',
			'..%2F',
			"'%20or%201=1",
			'a'.repeat(2000),
			'%00',
		]) {
			const answer = await site.page.request.get(`${stack.origin}${linkOf(locale, gone)}`);
			expect(answer.status(), gone).toBe(200);
			const html = await answer.text();
			expect(html, gone).toContain(m.link_unknown_title({}, site.words));
			expect(html, gone).not.toMatch(/\dxxx xx\d/);
		}
		await site.openLink(`${stack.origin}${linkOf(locale, code)}`);
		await site.link(m.link_unknown_sign_in({}, site.words)).click();
		await site.expectTitle(m.signin_title({}, site.words));
		await site.close();
	});
}

test('a code for a link that is over is not sent, and asking too often is limited as elsewhere', async ({
	stack,
	product,
	phone,
}) => {
	const { citizen, code } = await invited(product, 150);
	const ask = (link: string, site: CitizenSite) =>
		site.page.request.post(`${stack.origin}/h/${link}`, {
			headers: { origin: stack.origin, accept: 'text/html' },
			form: {},
			maxRedirects: 0,
		});
	const site = await CitizenSite.onPhone(phone, stack);
	expect((await ask('zzzzzzzzzzzz', site)).status()).toBe(404);
	expect(await stack.sms.codes(citizen.mobile)).toEqual([]);
	const statuses = [];
	for (let n = 0; n < 13; n += 1) {
		const other = await CitizenSite.onPhone(phone, stack);
		statuses.push((await ask(code, other)).status());
		await other.close();
	}
	expect(statuses.slice(0, 12)).toEqual(Array(12).fill(303));
	expect(statuses[12]).toBe(429);
	await site.close();
});
