import { readdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { DESKTOP, PHONE } from '../support/browser.ts';
import {
	cookieOf,
	isCitizen,
	PAGES,
	show,
	walkFiling,
	walkHearing,
	walkOutcome,
	walkSecondStep,
	walkSignIn,
	walkStaffForms,
	type Actor,
	type Look,
} from '../support/pages-tour.ts';
import { CitizenSite, OfficerSite, Site, StaffSite } from '../support/pages.ts';
import { makeStackWorld, type StackWorld } from '../support/stack-world.ts';
import { expect, test as base } from '../support/stack.ts';

interface Fixtures {
	world: StackWorld;
	/** A new page of an actor's own browser, which keeps what it has loaded from page to page. */
	pageOf(actor: Actor): Promise<Page>;
}

const test = base.extend<object, Fixtures>({
	world: [async ({ product }, use) => use(await makeStackWorld(product)), { scope: 'worker' }],
	pageOf: [
		async ({ desktop, world }, use) => {
			const contexts = new Map<Actor, BrowserContext>();
			const contextOf = async (actor: Actor) => {
				const context = await desktop.newContext(isCitizen(actor, world) ? PHONE : DESKTOP);
				const cookie = cookieOf(actor, world);
				if (cookie) await context.addCookies([cookie]);
				contexts.set(actor, context);
				return context;
			};
			await use(async (actor) => (contexts.get(actor) ?? (await contextOf(actor))).newPage());
		},
		{ scope: 'worker' },
	],
});
test.use({ stackName: 'accessibility' });

/** All rules of axe, on everything that the page shows; and it runs nothing that its own policy stops. */
const expectClean: Look = async (site, name) => {
	await expect(site.page.getByRole('heading', { level: 1 })).toHaveCount(1);
	await site.atRest();
	// All in the page itself, which has no foreign frames: the other way opens a second page each time.
	const { violations } = await new AxeBuilder({ page: site.page })
		.setLegacyMode(true)
		.options({ resultTypes: ['violations'] })
		.analyze();
	const findings = violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
	);
	expect.soft(findings, `${name} (${site.locale})`).toEqual([]);
	expect.soft(site.stopped, `policy of ${name} (${site.locale})`).toEqual([]);
};

/** A page whose style sheet did not come stands at the very edge. */
async function expectLaidOut(site: Site, name: string): Promise<void> {
	const title = await site.page.getByRole('heading', { level: 1 }).boundingBox();
	expect.soft(title?.x, `edge of ${name}`).toBeGreaterThanOrEqual(8);
}

test('every page of the product is looked at', () => {
	const pages = readdirSync('src/routes', { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('+page.svelte'))
		.map((path) => path.replace(/\/?\+page\.svelte$/, ''));
	expect(Object.keys(PAGES).toSorted()).toEqual(pages.toSorted());
});

for (const locale of ['hi', 'en'] as const) {
	for (const [folder, shown] of Object.entries(PAGES)) {
		if (shown.length === 0) continue;
		test(`axe finds nothing: ${folder} (${locale})`, async ({ stack, world, pageOf }) => {
			for (const one of shown) {
				const site = new Site(await pageOf(one.as), stack, locale);
				await show(site, one, world);
				await expectClean(site, one.name);
				await expectLaidOut(site, one.name);
				await site.page.close();
			}
		});
	}

	test(`axe finds nothing: signing in, with its errors (${locale})`, async ({ stack, phone }) => {
		const site = await CitizenSite.onPhone(phone, stack, { locale });
		await walkSignIn(site, expectClean);
		await site.close();
	});

	test(`axe finds nothing: every step of filing (${locale})`, async ({ stack, phone }) => {
		const site = await CitizenSite.onPhone(phone, stack, { locale });
		await walkFiling(site, expectClean);
		await site.close();
	});

	test(`axe finds nothing: forms of staff with errors (${locale})`, async ({
		stack,
		desktop,
		world,
	}) => {
		const context = await desktop.newContext(DESKTOP);
		const site = new Site(await context.newPage(), stack, locale);
		await walkStaffForms(site, world, expectClean);
		await context.close();
	});

	test(`axe finds nothing: the second step of staff (${locale})`, async ({
		stack,
		desktop,
		product,
	}) => {
		const context = await desktop.newContext(DESKTOP);
		const site = new StaffSite(await context.newPage(), stack, locale);
		await walkSecondStep(site, product, expectClean);
		await context.close();
	});
}

test('axe finds nothing: the hearing itself, on both sides, in both languages', async ({
	stack,
	product,
	world,
	phone,
	desktop,
}) => {
	const desk = await desktop.newContext(DESKTOP);
	await desk.addCookies([world.staff.dc.cookie]);
	const citizen = await phone.newContext(PHONE);
	await citizen.addCookies([world.citizens.waiting.cookie]);
	const [deskPage, citizenPage] = [await desk.newPage(), await citizen.newPage()];
	const pairs = (['hi', 'en'] as const).map((locale) => ({
		desk: new OfficerSite(deskPage, stack, locale),
		citizen: new CitizenSite(citizenPage, stack, locale),
	}));
	await walkHearing(pairs, { product, world }, expectClean);
	await walkOutcome(pairs, { product, world }, expectClean);
	await desk.close();
	await citizen.close();
});
