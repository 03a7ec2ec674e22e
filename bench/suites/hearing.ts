import { RoomServiceClient } from 'livekit-server-sdk';
import type { Page } from '@playwright/test';
import { DESKTOP, launch, PHONE } from '../../tests/support/browser.ts';
import type { Booked, SignedCitizen } from '../../tests/support/stack-product.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Suite } from '../lib/figures.ts';
import { Filing } from '../lib/filing.ts';
import { moveToAfternoon, settle, withProduct, type Product, type Stack } from '../lib/product.ts';
import { median, percentile } from '../lib/statistics.ts';

const TIMES = 10;
const hi = { locale: 'hi' } as const;

export const hearing: Suite = {
	metrics: {
		'hearing.join-to-first-frame.median': { unit: 'ms' },
		'hearing.join-to-first-frame.p95': { unit: 'ms' },
	},
	run: (figures, scale) =>
		withProduct('hearing', async (stack, product) => {
			const samples = await joinToFirstFrame(
				stack,
				product,
				Math.max(Math.round(TIMES * scale), 1),
			);
			const all = samples.map((one) => one.toFixed(0)).join(', ');
			const work = `tap on Join to the first decoded frame of the officer, ${samples.length} times: ${all} ms`;
			figures.set('hearing.join-to-first-frame.median', { value: median(samples), work });
			figures.set('hearing.join-to-first-frame.p95', { value: percentile(samples, 95), work });
		}),
};

/**
 * Two Chromium processes on the real pages: the officer's screen stays open and calls one citizen
 * after the other; each comes on a phone that was never here before, has camera and microphone on while
 * waiting, and taps Join when the officer is in the room.
 */
async function joinToFirstFrame(stack: Stack, product: Product, times: number): Promise<number[]> {
	await moveToAfternoon(product);
	const clerk = await product.staff('clerk');
	const dc = await product.staff('dc');
	const sitting = await product.sitting(clerk, 'dc', { slots: times });
	const people: { citizen: SignedCitizen; booked: Booked }[] = [];
	for (const { citizen, number } of await new Filing(product).filed(times)) {
		people.push({ citizen, booked: await product.book(clerk, number, sitting.id) });
	}
	await product.commands.openSitting(dc.ctx, sitting.id);
	await settle(product);

	const [desktop, phone] = [await launch(), await launch()];
	try {
		const office = await desktop.newContext({ ...DESKTOP, permissions: ['camera', 'microphone'] });
		await office.addCookies([dc.cookie]);
		const officer = await office.newPage();
		await officer.goto(`${stack.origin}/officer/sittings/${sitting.id}`);
		await officer.getByText(m.officer_devices_ready({}, hi)).waitFor();

		const samples: number[] = [];
		for (const { citizen, booked } of people) {
			const hearingId = await product.hearingId(citizen, booked);
			const context = await phone.newContext({ ...PHONE, permissions: ['camera', 'microphone'] });
			await context.addCookies([citizen.cookie]);
			const page = await context.newPage();
			await page.addInitScript(watchJoin);
			await page.goto(booked.booking.link);
			await page.getByRole('button', { name: m.hearing_check_again({}, hi) }).waitFor();

			await officer.locator('#call:enabled').click();
			await untilOfficerSends(stack, (await product.hearingRow(hearingId)).room);
			await page.getByRole('button', { name: m.hearing_join({}, hi), exact: true }).tap();
			samples.push(await firstFrame(page));

			await product.commands.conclude(dc.ctx, {
				hearingId,
				disposition: 'heard',
				order: 'none_yet',
				reasons: null,
				nextSlotId: null,
			});
			await context.close();
		}
		return samples;
	} finally {
		await Promise.all([desktop.close(), phone.close()]);
	}
}

/** Waits until the officer's picture and voice are in the room. */
async function untilOfficerSends({ livekit }: Stack, room: string): Promise<void> {
	const rooms = new RoomServiceClient(
		livekit.url.replace(/^ws/, 'http'),
		livekit.key,
		livekit.secret,
	);
	const patience = performance.now() + 30_000;
	for (;;) {
		const people = await rooms.listParticipants(room);
		if (people.some(({ tracks }) => tracks.length >= 2)) return;
		if (performance.now() > patience) throw new Error('the officer does not come into the room');
		await new Promise((done) => setTimeout(done, 100));
	}
}

declare global {
	interface Window {
		/** Instants of the page's own clock, in ms. */
		joinTimes: { tap: number | null; frame: number | null };
	}
}

/** Runs in the page before its own scripts: notes the tap and the other side's first picture. */
function watchJoin(): void {
	const times: Window['joinTimes'] = { tap: null, frame: null };
	window.joinTimes = times;
	addEventListener('pointerdown', ({ timeStamp }) => (times.tap = timeStamp), true);
	const seen = new WeakSet<Element>();
	new MutationObserver(() => {
		for (const video of document.querySelectorAll<HTMLVideoElement>('video.other')) {
			if (seen.has(video)) continue;
			seen.add(video);
			const look: VideoFrameRequestCallback = (_now, { width }) => {
				if (width > 0) times.frame ??= performance.now();
				else video.requestVideoFrameCallback(look);
			};
			video.requestVideoFrameCallback(look);
		}
	}).observe(document, { childList: true, subtree: true });
}

/** Waits for the first decoded frame. @returns ms since the last tap */
async function firstFrame(page: Page): Promise<number> {
	await page.waitForFunction(() => window.joinTimes.frame !== null);
	const { tap, frame } = await page.evaluate(() => window.joinTimes);
	if (tap === null || frame === null) throw new Error('the page has not seen the tap');
	return frame - tap;
}
