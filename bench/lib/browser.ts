import { gzipSync } from 'node:zlib';
import type { Browser, Page } from '@playwright/test';
import { PHONE } from '../../tests/support/browser.ts';

type Cookie = { name: string; value: string; url: string };

/** A phone that was never here before opens a page; nothing of it stays. */
export async function coldVisit<Result>(
	browser: Browser,
	cookies: readonly Cookie[],
	work: (page: Page) => Promise<Result>,
): Promise<Result> {
	const context = await browser.newContext(PHONE);
	try {
		await context.addCookies([...cookies]);
		return await work(await context.newPage());
	} finally {
		await context.close();
	}
}

const kbitPerSecond = (kbit: number) => (kbit * 1000) / 8;

/**
 * Largest Contentful Paint of a page on an emulated slow 4G line (1.6 Mbit/s down, 750 kbit/s up,
 * 150 ms round trip) and a processor four times slower, in ms since the navigation began.
 */
export async function slowPaint(page: Page, url: string): Promise<number> {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Network.enable');
	await devtools.send('Network.emulateNetworkConditions', {
		offline: false,
		latency: 150,
		downloadThroughput: kbitPerSecond(1600),
		uploadThroughput: kbitPerSecond(750),
	});
	await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
	await page.goto(url, { waitUntil: 'networkidle' });
	return page.evaluate(
		() =>
			new Promise<number>((done) => {
				// Buffered entries come in one call, the last of them counts.
				new PerformanceObserver((list) => done(list.getEntries().at(-1)?.startTime ?? NaN)).observe(
					{
						type: 'largest-contentful-paint',
						buffered: true,
					},
				);
			}),
	);
}

/**
 * All scripts that a page fetches by itself on a cold visit, each gzipped as the build does it.
 * @returns their bytes
 * @throws when another page opens instead
 */
export async function scriptBytes(page: Page, url: string): Promise<number> {
	const scripts = new Map<string, Promise<number>>();
	page.on('response', (response) => {
		if (!/javascript/.test(response.headers()['content-type'] ?? '')) return;
		scripts.set(
			response.url(),
			response.body().then((body) => gzipSync(body, { level: 9 }).length),
		);
	});
	await page.goto(url, { waitUntil: 'networkidle' });
	const { origin, pathname } = new URL(page.url());
	if (origin + pathname !== url) throw new Error(`${url} led to ${pathname}`);
	const sizes = await Promise.all(scripts.values());
	return sizes.reduce((sum, size) => sum + size, 0);
}
