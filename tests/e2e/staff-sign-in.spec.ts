import type { Browser, BrowserContext } from '@playwright/test';
import { DESKTOP } from '../support/browser.ts';
import { CitizenSite, StaffSite } from '../support/pages.ts';
import {
	expect,
	freshAppCode,
	freshMobile,
	passwordOf,
	test,
	type Locale,
	type Stack,
} from '../support/stack.ts';
import { m } from '#lib/paraglide/messages.js';

test.use({ stackName: 'staff_sign_in' });

const hi = { locale: 'hi' } as const;

async function office(
	desktop: Browser,
	stack: Stack,
	{ locale = 'hi', script = true }: { locale?: Locale; script?: boolean } = {},
): Promise<StaffSite> {
	const context = await desktop.newContext({ ...DESKTOP, javaScriptEnabled: script });
	return new StaffSite(await context.newPage(), stack, locale);
}

const sessionOf = async (context: BrowserContext) =>
	(await context.cookies()).find(({ name }) => name === 'session')?.value;

for (const locale of ['hi', 'en'] as const) {
	test(`without JavaScript a new member of staff sets up the app and signs in with it (${locale})`, async ({
		stack,
		product,
		desktop,
	}) => {
		const userName = `new.member.${locale}`;
		const { firstPassword } = await product.newStaff(userName);
		const site = await office(desktop, stack, { locale, script: false });
		const { words } = site;
		await site.givePassword(userName, firstPassword);
		await site.replacePassword(firstPassword, 'long enough for all');
		const app = await site.readAppKey();
		await expect(site.page.getByRole('img', { name: m.staff_set_up_qr({}, words) })).toBeVisible();
		const codes = await site.finishSetUp(app.code());
		await site.link(m.staff_recovery_kept({}, words)).click();
		await site.expectSignedIn();

		// The codes were shown this one time.
		await site.open('/staff/sign-in/set-up');
		expect(await site.page.content()).not.toContain(codes[0]);
		await site.signOut();

		await site.givePassword(userName, 'long enough for all');
		await site.expectTitle(m.staff_code_title({}, words));
		await site.giveAppCode(app.code(-1));
		await expect(site.errors).toContainText(m.refusal_code_used({}, words));
		await site.giveAppCode(app.code(1));
		await site.expectSignedIn();
		await site.signOut();

		await site.givePassword(userName, 'long enough for all');
		await site.giveRecoveryCode(codes[0] ?? '');
		await site.expectSignedIn();
		await site.open('/staff/security');
		await expect(site.text(m.staff_recovery_left({ count: 9 }, words))).toBeVisible();
		await site.signOut();
		await site.givePassword(userName, 'long enough for all');
		await site.giveRecoveryCode(codes[0] ?? '');
		await expect(site.errors).toContainText(m.refusal_recovery_code_wrong({}, words));
		await site.page.context().close();
	});
}

test('there is no session between the two steps, and what is wanted opens after the second', async ({
	stack,
	desktop,
}) => {
	const site = await office(desktop, stack);
	await site.open('/staff/sign-in?next=%2Fdepartment%2Fdirections');
	await site.page.getByLabel(m.staff_user_name({}, hi)).fill('adc.rewari');
	await site.page
		.getByLabel(m.staff_password({}, hi), { exact: true })
		.fill(passwordOf('adc.rewari'));
	await site.button(m.staff_sign_in({}, hi)).click();
	await site.expectTitle(m.staff_code_title({}, hi));
	expect(await sessionOf(site.page.context())).toBeUndefined();
	const pending = (await site.page.context().cookies()).find(
		({ name }) => name === 'staff-sign-in',
	);
	expect(pending).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
	for (const path of ['/department', '/staff/post', '/staff/security', '/staff/password']) {
		const answer = await site.page.request.get(`${stack.origin}${path}`, { maxRedirects: 0 });
		expect(answer.status(), path).toBe(303);
		expect(answer.headers()['location'], path).toContain('/staff/sign-in');
	}
	await site.giveAppCode(await freshAppCode(stack, 'adc.rewari'));
	await site.expectSignedIn();
	expect(site.here()).toBe('/department/directions');
	const after = (await site.page.context().cookies()).map(({ name }) => name);
	expect(after).not.toContain('staff-sign-in');
	await site.page.context().close();
});

test('the cookie of a half-done sign-in is worth nothing in another browser', async ({
	stack,
	desktop,
}) => {
	const [owner, thief] = [await office(desktop, stack), await office(desktop, stack)];
	await owner.givePassword('sdm.bawal', passwordOf('sdm.bawal'));
	await owner.expectTitle(m.staff_code_title({}, hi));
	const cookies = await owner.page.context().cookies();
	await thief.page.context().addCookies(cookies.filter(({ name }) => name === 'staff-sign-in'));
	await thief.open('/staff/sign-in/code');
	await thief.expectTitle(m.staff_sign_in_title({}, hi));
	await expect(thief.text(m.refusal_sign_in_again({}, hi))).toBeVisible();
	await owner.giveAppCode(await freshAppCode(stack, 'sdm.bawal'));
	await owner.expectSignedIn();
	await owner.page.context().close();
	await thief.page.context().close();
});

test('five wrong codes lead back to the password', async ({ stack, desktop }) => {
	const site = await office(desktop, stack);
	await site.givePassword('collector.jodhpur', passwordOf('collector.jodhpur'));
	const right = [await freshAppCode(stack, 'collector.jodhpur')];
	const wrong = ['000000', '111111', '222222'].find((one) => !right.includes(one)) ?? '';
	for (let tries = 0; tries < 4; tries += 1) {
		await site.giveAppCode(wrong);
		await expect(site.errors).toContainText(m.refusal_app_code_wrong({}, hi));
	}
	await site.giveAppCode(wrong);
	await site.expectTitle(m.staff_sign_in_title({}, hi));
	await expect(site.text(m.refusal_sign_in_again({}, hi))).toBeVisible();
	expect(await sessionOf(site.page.context())).toBeUndefined();
	await site.page.context().close();
});

test('the session’s identifier changes at every change of privilege, and the one before is dead', async ({
	stack,
	product,
	desktop,
}) => {
	const userName = 'changing.person';
	const { firstPassword } = await product.newStaff(userName);
	const site = await office(desktop, stack);
	const context = site.page.context();
	const planted = 'planted'.repeat(6);
	await context.addCookies([{ name: 'session', value: planted, url: stack.origin }]);
	await site.givePassword(userName, firstPassword);
	await site.replacePassword(firstPassword, 'long enough for all');
	const app = await site.readAppKey();
	await site.finishSetUp(app.code());
	const first = await sessionOf(context);
	expect(first).not.toBe(planted);

	await site.open('/staff/password');
	await site.replacePassword('long enough for all', 'another one for all');
	await site.expectSignedIn();
	await expect.poll(() => sessionOf(context)).not.toBe(first);
	const second = await sessionOf(context);

	await site.signOut();
	await site.givePassword(userName, 'another one for all');
	await site.giveAppCode(app.code(1));
	await site.expectSignedIn();
	const third = await sessionOf(context);
	expect(new Set([planted, first, second, third]).size).toBe(4);

	const stranger = await desktop.newContext();
	for (const value of [planted, first, second]) {
		await stranger.addCookies([{ name: 'session', value: value ?? '', url: stack.origin }]);
		const answer = await stranger.request.get(`${stack.origin}/staff/security`, {
			maxRedirects: 0,
		});
		expect(answer.status()).toBe(303);
	}
	await stranger.close();
	await context.close();
});

test('a person sees all own sign-ins, ends one and then all others; what is ended gets nothing', async ({
	stack,
	product,
	desktop,
}) => {
	const cookies = [];
	for (let n = 0; n < 4; n += 1) cookies.push((await product.staff('hr-division')).cookie);
	const [mine, ...others] = cookies;
	const site = await office(desktop, stack);
	if (mine) await site.page.context().addCookies([mine]);
	const alive = async () => {
		const answers = [];
		for (const { name, value } of others) {
			const headers = { cookie: `${name}=${value}` };
			const answer = await fetch(`${stack.origin}/department`, { headers, redirect: 'manual' });
			answers.push(answer.status);
		}
		return answers.filter((status) => status === 200).length;
	};
	await site.open('/staff/security');
	await expect(site.text(m.sessions_this({}, hi))).toBeVisible();
	const end = site.page.getByRole('button', { name: new RegExp(`^${m.sessions_end({}, hi)}`) });
	await expect(end).toHaveCount(3);
	expect(await alive()).toBe(3);
	await end.first().click();
	await expect(site.text(m.sessions_ended({}, hi))).toBeVisible();
	await expect(end).toHaveCount(2);
	expect(await alive()).toBe(2);
	await site.button(m.sessions_end_others({}, hi)).click();
	await expect(site.text(m.sessions_only_this({}, hi))).toBeVisible();
	expect(await alive()).toBe(0);
	await site.expectSignedIn();
	await site.page.context().close();
});

test('a citizen finds the own sign-ins under the own grievances and ends another, without JavaScript', async ({
	stack,
	product,
	phone,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: 'कमला देवी' });
	const lost = await CitizenSite.onPhone(phone, stack, { cookie: citizen.cookie });
	const site = await CitizenSite.onPhone(phone, stack, { script: false });
	await site.open('/citizen');
	await site.signIn(citizen.mobile);
	await site.link(m.sessions_title({}, hi)).click();
	await site.expectTitle(m.sessions_title({}, hi));
	await lost.open('/citizen');
	await lost.expectTitle(m.mine_title({}, hi));
	await site.page
		.getByRole('button', { name: new RegExp(`^${m.sessions_end({}, hi)} ?: Android · Chrome`) })
		.click();
	await expect(site.text(m.sessions_ended({}, hi))).toBeVisible();
	await expect(site.text(m.sessions_only_this({}, hi))).toBeVisible();
	await lost.open('/citizen');
	await lost.expectTitle(m.signin_title({}, hi));
	await site.open('/citizen');
	await site.expectTitle(m.mine_title({}, hi));
	await site.close();
	await lost.close();
});

test('a shut account, and a second factor taken away, sign the person out at once', async ({
	stack,
	product,
	desktop,
}) => {
	const admin = await product.staff('hr-administrator');
	const person = await product.staff('hr-state');
	const site = await office(desktop, stack);
	await site.page.context().addCookies([person.cookie]);
	const { personId } = person.actor;
	await site.open('/staff/security');
	await site.expectTitle(m.staff_security_title({}, hi));
	await product.commands.setStaffDisabled(admin.ctx, { personId, disabled: true });
	await product.commands.setStaffDisabled(admin.ctx, { personId, disabled: false });
	await site.open('/staff/security');
	await site.expectTitle(m.staff_sign_in_title({}, hi));

	const again = await product.staff('hr-state');
	await site.page.context().addCookies([again.cookie]);
	const desk = await office(desktop, stack);
	await desk.page.context().addCookies([admin.cookie]);
	await desk.open(`/admin/staff/${personId}`);
	await desk.button(m.admin_factor_reset({}, hi)).click();
	await expect(desk.text(m.admin_done_factor({}, hi))).toBeVisible();
	await expect(desk.text(m.admin_factor_none({}, hi))).toBeVisible();
	await site.open('/staff/security');
	await site.expectTitle(m.staff_sign_in_title({}, hi));
	await site.givePassword('state.haryana', passwordOf('state.haryana'));
	await site.expectTitle(m.staff_set_up_title({}, hi));
	await site.page.context().close();
	await desk.page.context().close();
});
