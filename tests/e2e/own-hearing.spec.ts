import { CASE_B } from '../support/pages-cases.ts';
import { CitizenSite } from '../support/pages.ts';
import { ANY, expect, freshMobile, like, test, type Product } from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

test.use({ stackName: 'own_hearing' });

async function wishing(product: Product, name = CASE_B.name) {
	const citizen = await product.citizen(freshMobile(), { name });
	return { citizen, number: await product.file(citizen, CASE_B) };
}
const hi = { locale: 'hi' as const };
const pageOf = (number: string) => `/citizen/grievances/${number}/hearing`;
const proposedTo = (number: string) =>
	like(m.sms_hearing_proposed({ number, starts: ANY, officer: ANY, answerBy: ANY, link: ANY }, hi));
const standingSlots = async (product: Product, number: string) => {
	const rows = await product.platform.sql<{ status: string; starts_at: Date }[]>`
		select b.status, s.starts_at from booking b join slot s on s.id = b.slot_id
		join grievance g on g.id = b.grievance_id where g.number = ${number} order by b.created_at`;
	return rows.map((row) => row.status);
};

for (const script of [false, true]) {
	test(`a proposal comes by SMS, is looked at, put off to another day and confirmed (JavaScript: ${script})`, async ({
		stack,
		product,
		phone,
	}) => {
		const { citizen, number } = await wishing(product);
		await product.propose(number);
		const sms = await stack.sms.wait(citizen.mobile, proposedTo(number));
		const link = sms[4] ?? '';
		const site = await CitizenSite.onPhone(phone, stack, { script, cookie: citizen.cookie });
		// What a link preview does: it looks, with the cookie of the phone, and nothing is confirmed.
		for (let look = 0; look < 3; look += 1) await site.page.request.get(link);
		expect(await standingSlots(product, number)).toEqual(['proposed']);

		await site.openLink(link);
		await site.expectTitle(m.own_hearing_title({}, site.words));
		expect(site.here()).toBe(pageOf(number));
		const first = site.page.getByLabel(m.own_hearing_other_from({}, site.words));
		await site.button(m.own_hearing_other_send({}, site.words)).click();
		await expect(site.errors).toBeVisible();
		await first.fill((await first.getAttribute('min')) ?? '');
		await site.button(m.own_hearing_other_send({}, site.words)).click();
		await expect(site.text(m.own_hearing_done_other({}, site.words))).toBeVisible();
		expect(await standingSlots(product, number)).toEqual(['excused', 'proposed']);
		await site.button(m.own_hearing_confirm({}, site.words)).click();
		await expect(site.text(m.own_hearing_done_confirmed({}, site.words))).toBeVisible();
		await expect(site.link(m.track_calendar({}, site.words))).toBeVisible();
		expect(await standingSlots(product, number)).toEqual(['excused', 'confirmed']);
		await stack.sms.wait(
			citizen.mobile,
			like(m.sms_hearing_booked({ number, starts: ANY, officer: ANY, token: ANY, link: ANY }, hi)),
		);
		await site.close();
	});
}

test('a citizen chooses a free time without JavaScript, moves it, and calls it off', async ({
	stack,
	product,
	phone,
}) => {
	const { citizen, number } = await wishing(product);
	const site = await CitizenSite.onPhone(phone, stack, { script: false, cookie: citizen.cookie });
	const { words } = site;
	await site.open(`${pageOf(number)}`);
	await site.link(m.own_hearing_choose({}, words)).click();
	await site.expectTitle(m.own_hearing_pick_day({}, words));
	await site.page.locator('.days a').nth(3).click();
	await site.expectTitle(m.own_hearing_pick_time({}, words));
	await site.page.locator('.picks button').first().click();
	await site.expectTitle(m.own_hearing_sure({}, words));
	expect(await standingSlots(product, number)).toEqual([]);
	await site.button(m.own_hearing_take({}, words)).click();
	await expect(site.text(m.own_hearing_done_confirmed({}, words))).toBeVisible();
	expect(await standingSlots(product, number)).toEqual(['confirmed']);

	await site.link(m.own_hearing_move({}, words)).click();
	await site.page.locator('.days a').last().click();
	await site.page.locator('.picks a').last().click();
	await site.expectTitle(m.own_hearing_sure({}, words));
	await site.button(m.own_hearing_take({}, words)).click();
	await expect(site.text(m.own_hearing_done_moved({}, words))).toBeVisible();
	expect(await standingSlots(product, number)).toEqual(['superseded', 'confirmed']);
	await stack.sms.wait(
		citizen.mobile,
		like(m.sms_hearing_moved({ number, starts: ANY, officer: ANY, token: ANY, link: ANY }, hi)),
	);

	await site.link(m.own_hearing_cancel({}, words)).click();
	await site.button(m.own_hearing_cancel_yes({}, words)).click();
	await expect(site.text(m.own_hearing_done_cancelled({}, words))).toBeVisible();
	expect(await standingSlots(product, number)).toEqual(['superseded', 'excused']);
	await expect(site.button(m.track_hearing_ask({}, words))).toBeVisible();
	await site.close();
});

test('who waits on the list is offered the seat that somebody gives back, and takes it', async ({
	stack,
	product,
	phone,
}) => {
	const [one, next] = [await wishing(product), await wishing(product, 'ओमवती')];
	await product.list(next.number, 'sdm-bawal');
	const clerk = await product.staff('clerk');
	const sitting = await product.sitting(clerk, 'sdm-bawal', { inMinutes: 3 * 24 * 60, slots: 1 });
	await product.book(clerk, one.number, sitting.id);

	const site = await CitizenSite.onPhone(phone, stack, { cookie: next.citizen.cookie });
	const { words } = site;
	await site.open(pageOf(next.number));
	await expect(site.text(m.own_hearing_waiting({}, words))).toBeVisible();

	const other = await CitizenSite.onPhone(phone, stack, { cookie: one.citizen.cookie });
	await other.open(`${pageOf(one.number)}?cancel`);
	await other.button(m.own_hearing_cancel_yes({}, words)).click();
	await expect(other.text(m.own_hearing_done_cancelled({}, words))).toBeVisible();

	const offer = { number: next.number, starts: ANY, officer: ANY, until: ANY, link: ANY };
	const sms = await stack.sms.wait(next.citizen.mobile, like(m.sms_hearing_offer(offer, hi)));
	await site.openLink(sms[4] ?? '');
	await site.button(m.own_hearing_accept({}, words)).click();
	await expect(site.text(m.own_hearing_done_confirmed({}, words))).toBeVisible();
	expect(await standingSlots(product, next.number)).toEqual(['confirmed']);
	await site.close();
	await other.close();
});
