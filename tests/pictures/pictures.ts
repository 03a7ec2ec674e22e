import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
	cookieOf,
	PAGES,
	show,
	walkFiling,
	walkHearing,
	walkSignIn,
	walkStaffForms,
	type Look,
} from '../support/pages-tour.ts';
import { CitizenSite, OfficerSite, Site } from '../support/pages.ts';
import { makeStackWorld } from '../support/stack-world.ts';
import { test } from '../support/stack.ts';
import { ROOT } from '../../scripts/lib/root.mjs';

test.use({ stackName: 'pictures' });

const FOLDER = join(ROOT, 'pictures');
const LOCALES = ['hi', 'en'] as const;
const SIZES = [
	{ width: 360, height: 740 },
	{ width: 1366, height: 768 },
] as const;

/** One picture a width, of the whole page, once its fonts and images are there. */
const shoot: Look = async (site, name) => {
	const { page } = site;
	const before = page.viewportSize();
	for (const size of SIZES) {
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

test('every page and state, in both languages and two widths', async ({
	stack,
	product,
	phone,
	desktop,
}) => {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	const world = await makeStackWorld(product);

	for (const locale of LOCALES) {
		for (const one of Object.values(PAGES).flat()) {
			const { name, as, print } = one;
			const context = await desktop.newContext({ viewport: SIZES[1], locale: `${locale}-IN` });
			const cookie = cookieOf(as, world);
			if (cookie) await context.addCookies([cookie]);
			const site = new Site(await context.newPage(), stack, locale);
			await show(site, one, world);
			await shoot(site, name);
			if (print) {
				await site.page.emulateMedia({ media: 'print' });
				await shoot(site, `${name}-print`);
			}
			await context.close();
		}
		const walk = async (work: (site: CitizenSite) => Promise<void>) => {
			const context = await phone.newContext({ viewport: SIZES[0], hasTouch: true });
			await work(new CitizenSite(await context.newPage(), stack, locale));
			await context.close();
		};
		await walk((site) => walkSignIn(site, shoot));
		await walk((site) => walkFiling(site, shoot));
		await walk((site) => walkStaffForms(site, world, shoot));
	}

	const desk = await desktop.newContext({ viewport: SIZES[1] });
	await desk.addCookies([world.staff.dc.cookie]);
	const citizen = await phone.newContext({ viewport: SIZES[0], hasTouch: true });
	await citizen.addCookies([world.citizens.waiting.cookie]);
	const [deskPage, citizenPage] = [await desk.newPage(), await citizen.newPage()];
	const pairs = LOCALES.map((locale) => ({
		desk: new OfficerSite(deskPage, stack, locale),
		citizen: new CitizenSite(citizenPage, stack, locale),
	}));
	await walkHearing(pairs, { product, world }, shoot);
	await desk.close();
	await citizen.close();
});
