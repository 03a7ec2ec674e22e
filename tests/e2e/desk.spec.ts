import type { Page } from '@playwright/test';
import { DESKTOP } from '../support/browser.ts';
import { CASE_B } from '../support/pages-cases.ts';
import { DeskSite } from '../support/pages.ts';
import type { SignedStaff } from '../support/stack-product.ts';
import {
	ANY,
	expect,
	freshMobile,
	like,
	test,
	type Product,
	type Stack,
} from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

// Its sittings lie one behind the other in the afternoon of the same officer, who hears by rule.
test.use({ stackName: 'desk' });

const hi = { locale: 'hi' } as const;
type Browser = Parameters<Parameters<typeof test>[2]>[0]['desktop'];

async function at(desktop: Browser, stack: Stack, who: SignedStaff): Promise<DeskSite> {
	const context = await desktop.newContext(DESKTOP);
	await context.addCookies([who.cookie]);
	return new DeskSite(await context.newPage(), stack);
}

/** A citizen who asked for a hearing. */
async function waiting(product: Product, name = CASE_B.name) {
	const citizen = await product.citizen(freshMobile(), { name });
	return { ...citizen, number: await product.file(citizen, CASE_B) };
}

const chosenTime = (page: Page) => page.locator('input[name=slot]:checked');

/** Seconds that a practised clerk takes: a key, and a look before a decision. */
const SECONDS = { key: 0.28, decision: 1.35 };

test('a clerk books a waiting citizen with at most 30 keys and no mouse, in less than 20 seconds', async ({
	stack,
	product,
	desktop,
}) => {
	const clerk = await product.staff('clerk');
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 30, slots: 3 });
	const other = await waiting(product);
	const one = await waiting(product);
	const site = await at(desktop, stack, clerk);
	const { page } = site;
	await page.addInitScript(() => {
		addEventListener('pointerdown', () => (document.documentElement.dataset.mouse = 'yes'), true);
	});
	let keys = 0;
	let decisions = 0;
	const press = async (key: string) => {
		keys += 1;
		await page.keyboard.press(key);
	};
	await site.open('/desk');
	await expect(page.locator('#q')).toBeFocused();

	// The name or number that the citizen says; a mobile would be ten keys.
	decisions += 1;
	for (const digit of one.number.slice(-6)) await press(digit);
	await press('Enter');
	// One case is found and chosen; the first free time has the focus, and is kept for it.
	await expect(page.getByText(m.desk_held({}, hi))).toBeVisible();
	await expect(chosenTime(page)).toBeFocused();
	// A later time, by an arrow.
	decisions += 1;
	await press('ArrowRight');
	await expect(chosenTime(page)).toHaveValue(sitting.slotList[1]?.id ?? '');
	// What goes out to whom stands beside the button.
	const masked = `${one.mobile.slice(0, 2)}xxx xx${one.mobile.slice(-3)}`;
	await expect(page.getByText(m.desk_sms_will({ mobile: masked }, hi))).toBeVisible();
	decisions += 1;
	await press('Enter');
	await expect(site.text(m.desk_done({ number: one.number }, hi))).toBeVisible();
	await expect(page.locator('#q')).toBeFocused();
	const said = like(
		m.sms_hearing_booked(
			{ number: one.number, starts: ANY, officer: ANY, token: 2, link: ANY },
			hi,
		),
	);
	const [text = ''] = await stack.sms.wait(one.mobile, said);
	await expect(page.getByText(m.desk_sms_sent({ mobile: masked }, hi))).toContainText(text);

	const seconds = keys * SECONDS.key + decisions * SECONDS.decision;
	const typedOut = `${keys} keys, ${decisions} decisions, ${seconds.toFixed(1)} s`;
	test.info().annotations.push({ type: 'keys', description: typedOut });
	console.log(`The clerk's booking: ${typedOut}`);
	expect(keys).toBeLessThanOrEqual(30);
	expect(seconds).toBeLessThan(20);

	// From the list with arrows alone; the keys of the page are letters where somebody types.
	await page.keyboard.type('/?[]');
	await expect(page.locator('#q')).toHaveValue('/?[]');
	await page.locator('#q').fill('');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('?');
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.locator('[data-case]').first()).toBeFocused();
	await expect(site.link(other.number)).toBeVisible();
	expect(await page.evaluate(() => document.documentElement.dataset.mouse)).toBeUndefined();
	await page.context().close();
});

test('two clerks see each other book, and what is typed and chosen stays', async ({
	stack,
	product,
	desktop,
}) => {
	const [first, second] = [await product.staff('clerk'), await product.staff('clerk')];
	const sitting = await product.sitting(first, 'dc', { inMinutes: 100, slots: 3 });
	const [one, two, three] = [
		await waiting(product),
		await waiting(product),
		await waiting(product),
	];
	const [a, b] = [await at(desktop, stack, first), await at(desktop, stack, second)];
	const slots = sitting.slotList.map(({ id }) => id);

	await test.step('what one has chosen is taken for the other', async () => {
		await a.choose(one.number, sitting.id);
		await expect(a.page.getByText(m.desk_held({}, hi))).toBeVisible();
		await b.open(`/desk?case=${two.number}&sitting=${sitting.id}`);
		await expect(chosenTime(b.page)).toHaveValue(slots[1] ?? '');
		await expect(b.page.getByText(m.desk_held({}, hi))).toBeVisible();
		await b.page.locator('#q').pressSequentially('धर्म');
	});

	await test.step('a third booking comes up on both desks, and nothing else changes', async () => {
		await product.book(first, three.number, sitting.id);
		await expect(a.page.locator(`input[name=slot][value="${slots[2]}"]`)).toBeDisabled();
		await expect(b.page.locator(`input[name=slot][value="${slots[2]}"]`)).toBeDisabled();
		await expect(b.page.locator('#q')).toHaveValue('धर्म');
		await expect(b.page.locator('#q')).toBeFocused();
		await expect(chosenTime(a.page)).toHaveValue(slots[0] ?? '');
	});

	await test.step('both get the time that they chose', async () => {
		await a.button(m.desk_confirm({}, hi)).click();
		await expect(a.text(m.desk_done({ number: one.number }, hi))).toBeVisible();
		await b.button(m.desk_confirm({}, hi)).click();
		await expect(b.text(m.desk_done({ number: two.number }, hi))).toBeVisible();
	});

	await test.step('the way back shows what is true now, and no second booking', async () => {
		await a.page.goBack();
		await expect(a.text(m.desk_already({}, hi))).toBeVisible();
		await expect(a.button(m.desk_confirm({}, hi))).toHaveCount(0);
	});
	await a.page.context().close();
	await b.page.context().close();
});

test('a hearing is moved, swapped and called off, each with a reason and an SMS', async ({
	stack,
	product,
	desktop,
}) => {
	const clerk = await product.staff('clerk');
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 170, slots: 3 });
	const [one, two] = [await waiting(product), await waiting(product, 'कमला देवी')];
	const booked = await product.book(clerk, one.number, sitting.id);
	await product.book(clerk, two.number, sitting.id);
	const site = await at(desktop, stack, clerk);
	const { page } = site;
	const moved = (number: string, token: number) =>
		like(m.sms_hearing_moved({ number, starts: ANY, officer: ANY, token, link: ANY }, hi));

	await test.step('moved to another time: without a reason not, with one it is', async () => {
		await site.open(`/desk?case=${one.number}`);
		await site.link(m.desk_move({}, hi)).click();
		await expect(site.text(m.desk_moving({ number: one.number }, hi))).toBeVisible();
		await expect(chosenTime(page)).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(site.errors).toContainText(m.error_desk_reason({}, hi));
		await expect(page.getByLabel(m.desk_move_reason({}, hi))).toBeFocused();
		await page.keyboard.type('अधिकारी दौरे पर');
		await page.keyboard.press('Enter');
		await expect(site.text(m.desk_moved({ number: one.number }, hi))).toBeVisible();
		await stack.sms.wait(one.mobile, moved(one.number, 3));
	});

	await test.step('the page of the old booking says where to look', async () => {
		await site.open(`/desk/bookings/${booked.booking.id}`);
		await expect(site.text(m.desk_booking_ended({}, hi))).toBeVisible();
		await expect(page.getByText('अधिकारी दौरे पर')).toBeVisible();
		await site.link(m.desk_open_case({}, hi)).click();
		await site.link(m.desk_change_booking({}, hi)).click();
	});

	await test.step('swapped with another: both are shown before, and both are told', async () => {
		await page.getByLabel(m.desk_swap_with({}, hi)).fill('RWR-26-999999');
		await site.button(m.desk_swap_find({}, hi)).click();
		await expect(page.getByText(m.refusal_swap_unknown({}, hi))).toBeVisible();
		await page.getByLabel(m.desk_swap_with({}, hi)).fill(two.number);
		await site.button(m.desk_swap_find({}, hi)).click();
		await expect(site.text(m.desk_swap_after({}, hi))).toBeVisible();
		await page.getByLabel(m.desk_swap_reason({}, hi)).fill('दूर से आते हैं');
		await site.button(m.desk_swap_confirm({}, hi)).click();
		await expect(site.text(m.desk_swapped({}, hi))).toBeVisible();
		await stack.sms.wait(one.mobile, moved(one.number, 2));
		await stack.sms.wait(two.mobile, moved(two.number, 3));
	});

	await test.step('on a page that another clerk has outdated nothing is done, and the words say so', async () => {
		const stale = await page.context().newPage();
		const other = new DeskSite(stale, stack);
		// Without its live stream, as after a lost line.
		await stale.route('**/live', (route) => route.abort());
		await stale.goto(page.url());
		await page.getByLabel(m.desk_cancel_reason({}, hi)).fill('नागरिक नहीं आ सकते');
		await site.button(m.desk_cancel_confirm({}, hi)).click();
		await expect(site.text(m.desk_cancelled({}, hi))).toBeVisible();
		await stack.sms.wait(
			one.mobile,
			like(m.sms_hearing_revoked({ number: one.number, starts: ANY, link: ANY }, hi)),
		);
		await stale.getByLabel(m.desk_cancel_reason({}, hi)).fill('दूसरा कारण');
		await other.button(m.desk_cancel_confirm({}, hi)).click();
		await expect(other.errors).toBeVisible();
		await expect(other.text(m.desk_booking_ended({}, hi))).toBeVisible();
	});
	await page.context().close();
});

test('a time that was kept too long is not lost in silence: words, the choice stays, Enter books it', async ({
	stack,
	product,
	desktop,
}) => {
	const clerk = await product.staff('clerk');
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 240, slots: 2 });
	const one = await waiting(product);
	const site = await at(desktop, stack, clerk);
	const { page } = site;
	await site.choose(one.number, sitting.id);
	await expect(page.getByText(m.desk_held({}, hi))).toBeVisible();
	await page.keyboard.press('ArrowRight');
	const later = sitting.slotList[1]?.id ?? '';
	await expect(chosenTime(page)).toHaveValue(later);
	await expect(page.getByText(m.desk_held({}, hi))).toBeVisible();
	await stack.advanceClock('+6m');
	await page.keyboard.press('Enter');
	await expect(site.errors).toContainText(m.refusal_desk_hold_expired({}, hi));
	await expect(chosenTime(page)).toHaveValue(later);
	await expect(chosenTime(page)).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(site.text(m.desk_done({ number: one.number }, hi))).toBeVisible();
	await page.context().close();
});
