import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { pickText } from '#lib/client/qr/pick-text.ts';
import { qrPng, qrSvg } from './picture.ts';
import { makeDemoQr } from './sign-demo.ts';

const TEXT = makeDemoQr({
	fields: {
		name: 'Sunita Devi',
		dob: '14-08-1987',
		gender: 'F',
		careOf: 'W/O Ramesh Kumar',
		district: 'Rewari',
		house: '12',
		location: 'Ward 2',
		pin: '123501',
		postOffice: 'Bawal',
		state: 'Haryana',
		subDistrict: 'Bawal',
		vtc: 'Bawal',
	},
	last4: '4327',
	signedAt: new Date('2026-03-01T05:00:00Z'),
	mobile: '9812345654',
	email: 'sunita@example.in',
});

async function read(picture: Buffer): Promise<string | null> {
	return pickText(await readBarcodes(new Uint8Array(picture), { formats: ['QRCode'] }));
}

beforeAll(async () => {
	const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
	const { buffer } = Uint8Array.from(await readFile(wasm));
	await prepareZXingModule({ overrides: { wasmBinary: buffer }, fireImmediately: true });
});

describe('pictures of a QR', () => {
	it('read back to the same text: PNG, SVG, and a photo of it', async () => {
		const png = await qrPng(TEXT);
		expect(await read(png)).toBe(TEXT);
		expect(
			await read(
				await sharp(Buffer.from(qrSvg(TEXT)))
					.png()
					.toBuffer(),
			),
		).toBe(TEXT);
		const photo = sharp(png).rotate(7, { background: '#b8a' }).blur(1.2).jpeg({ quality: 60 });
		expect(await read(await photo.toBuffer())).toBe(TEXT);
	});

	it('fit the numeric mode: no bigger than a real one', () => {
		expect(TEXT.length).toBeLessThan(3300);
	});
});
