import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../support/browser.ts';
import {
	cookieOf,
	PAGES,
	show,
	walkFiling,
	walkHearing,
	walkOutcome,
	walkSecondStep,
	walkRefusedDevices,
	walkSignIn,
	walkStaffForms,
	type Look,
} from '../support/pages-tour.ts';
import { CitizenSite, OfficerSite, Site, StaffSite } from '../support/pages.ts';
import { makeStackWorld, type StackWorld } from '../support/stack-world.ts';
import { test as base } from '../support/stack.ts';
import { ROOT } from '../../scripts/lib/root.mjs';

const test = base.extend<object, { world: StackWorld }>({
	world: [async ({ product }, use) => use(await makeStackWorld(product)), { scope: 'worker' }],
});
test.use({ stackName: 'pictures' });

const FOLDER = join(ROOT, 'pictures');
const LOCALES = ['hi', 'en'] as const;
const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1366, height: 768 };
/** A4 between its margins, in the pixels of a style sheet. */
const PAPER = { width: 688, height: 1000 };

/** One picture a width, of the whole page, once its fonts and images are there. */
const shootAt =
	(...sizes: (typeof PHONE)[]): Look =>
	async (site, name) => {
		const { page } = site;
		const before = page.viewportSize();
		for (const size of sizes) {
			await page.setViewportSize(size);
			await page.evaluate(async () => {
				for (const image of document.images) image.loading = 'eager';
				await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
				await document.fonts.ready;
			});
			await page.screenshot({
				path: join(FOLDER, `${name}-${site.locale}-${size.width}.png`),
				fullPage: true,
				animations: 'disabled',
			});
		}
		if (before) await page.setViewportSize(before);
	};
const shoot = shootAt(PHONE, DESKTOP);
const shootPaper = shootAt(PAPER);

test.beforeAll(() => void mkdirSync(FOLDER, { recursive: true }));

for (const locale of LOCALES) {
	test(`pages (${locale})`, async ({ stack, world, desktop }) => {
		for (const one of Object.values(PAGES).flat()) {
			const { name, as, print } = one;
			const context = await desktop.newContext({ viewport: DESKTOP, locale: `${locale}-IN` });
			const cookie = cookieOf(as, world);
			if (cookie) await context.addCookies([cookie]);
			const site = new Site(await context.newPage(), stack, locale);
			await show(site, one, world);
			await shoot(site, name);
			if (print) {
				await site.page.emulateMedia({ media: 'print' });
				await shootPaper(site, `${name}-print`);
			}
			await context.close();
		}
	});

	test(`signing in, filing, forms with errors (${locale})`, async ({ stack, world, phone }) => {
		const walk = async (work: (site: CitizenSite) => Promise<void>) => {
			const context = await phone.newContext({ viewport: PHONE, hasTouch: true });
			await work(new CitizenSite(await context.newPage(), stack, locale));
			await context.close();
		};
		await walk((site) => walkSignIn(site, shoot));
		await walk((site) => walkFiling(site, shoot));
		await walk((site) => walkStaffForms(site, world, shoot));
	});

	test(`the second step of staff (${locale})`, async ({ stack, product, desktop }) => {
		const context = await desktop.newContext({ viewport: DESKTOP });
		const site = new StaffSite(await context.newPage(), stack, locale);
		await walkSecondStep(site, product, shoot);
		await context.close();
	});

	test(`a phone that gives no camera (${locale})`, async ({ stack, world }) => {
		const browser = await launch({ camera: false });
		const context = await browser.newContext({ viewport: PHONE, hasTouch: true });
		await context.addCookies([world.citizens.waiting.cookie]);
		await walkRefusedDevices(new CitizenSite(await context.newPage(), stack, locale), world, shoot);
		await browser.close();
	});
}

test('the hearing and its outcome, on both sides', async ({
	stack,
	product,
	world,
	phone,
	desktop,
}) => {
	const desk = await desktop.newContext({ viewport: DESKTOP });
	await desk.addCookies([world.staff.dc.cookie]);
	const citizen = await phone.newContext({ viewport: PHONE, hasTouch: true });
	await citizen.addCookies([world.citizens.waiting.cookie]);
	const [deskPage, citizenPage] = [await desk.newPage(), await citizen.newPage()];
	const pairs = LOCALES.map((locale) => ({
		desk: new OfficerSite(deskPage, stack, locale),
		citizen: new CitizenSite(citizenPage, stack, locale),
	}));
	await walkHearing(pairs, { product, world }, shoot);
	await walkOutcome(pairs, { product, world }, shoot);
	await desk.close();
	await citizen.close();
});
