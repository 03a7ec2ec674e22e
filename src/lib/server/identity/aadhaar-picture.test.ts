import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeDemoQr } from '../../../demo/identity/sign-demo.ts';
import { qrPng } from '../../../demo/identity/picture.ts';
import { isAadhaarCode, showsAadhaarCode } from './aadhaar-picture.ts';

const SECURE = makeDemoQr({
	fields: { name: 'Ramkumari Saini', dob: '01-01-1970', gender: 'F', district: 'Rewari' },
	last4: '4321',
	signedAt: new Date('2026-03-01T05:00:00Z'),
	mobile: '9876543210',
});
const OLD_XML =
	'<?xml version="1.0" encoding="UTF-8"?> <PrintLetterBarcodeData uid="234123412346" name="A"/>';

describe('isAadhaarCode', () => {
	it('knows a Secure QR, one of an unknown version, and the old XML', () => {
		expect(isAadhaarCode(SECURE)).toBe(true);
		expect(isAadhaarCode(` ${SECURE}\n`)).toBe(true);
		expect(isAadhaarCode(OLD_XML)).toBe(true);
	});

	it.each([
		['an address', 'https://example.org/'],
		['a payment', 'upi://pay?pa=shop@bank&pn=Shop'],
		['a short number', '12345678901234567890'],
		['a long number that holds nothing', '7'.repeat(900)],
		['a beginning of a Secure QR', SECURE.slice(0, 400)],
		['no text', ''],
	])('lets %s be', (_, text) => {
		expect(isAadhaarCode(text)).toBe(false);
	});
});

/** A phone's photo of 12 megapixels in which the code takes `side` pixels, crooked and not quite sharp. */
async function photoWith(text: string, side: number): Promise<Buffer> {
	const code = await sharp(await qrPng(text, 4))
		.resize(side, side)
		.rotate(7, { background: '#eeeeee' })
		.png()
		.toBuffer();
	const noise = { type: 'gaussian', mean: 150, sigma: 25 } as const;
	return sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#000', noise } })
		.composite([{ input: code, left: 1500, top: 800 }])
		.blur(1)
		.jpeg({ quality: 85 })
		.toBuffer();
}

describe('showsAadhaarCode', () => {
	it.each([400, 600, 1200, 1800])('finds a Secure QR of %i pixels in a photo', async (side) => {
		expect(await showsAadhaarCode(await photoWith(SECURE, side))).toBe(true);
	});

	it('finds the old XML, in a small transparent picture too', async () => {
		const code = await qrPng(OLD_XML, 3);
		expect(await showsAadhaarCode(await sharp(code).ensureAlpha(0.99).png().toBuffer())).toBe(true);
	});

	it('lets a photo without a code and one with another code be', async () => {
		expect(await showsAadhaarCode(await photoWith('https://example.org/pump/12', 600))).toBe(false);
		const wall = {
			create: { width: 500, height: 400, channels: 3, background: '#a52a2a' },
		} as const;
		expect(await showsAadhaarCode(await sharp(wall).jpeg().toBuffer())).toBe(false);
	});

	it('leaves the thread of the server free meanwhile', async () => {
		const picture = await photoWith('https://example.org/pump/12', 600);
		const before = performance.eventLoopUtilization();
		await showsAadhaarCode(picture);
		// Read on this very thread it would be busy nearly all the time.
		expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
	});
});
