import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DEMO_PHOTO } from '../../../../demo/identity/photo.ts';
import { photoAsPng, smallPng } from './photo.ts';
import { decodeSecureQr } from './secure-qr.ts';

const SAMPLE = resolve('../shared/data/aadhaar/uidai-published-secure-qr.txt');
if (!existsSync(SAMPLE)) console.error(`UIDAI's published sample is not tried: no ${SAMPLE}`);

type Encoder = {
	getDecodedBuffer(frame: object): Uint8Array;
	getEncodedBuffer(): Uint8Array;
	setQuality(lossless: boolean, quality: number): void;
	encode(): void;
};
type Codec = { J2KEncoder: new () => Encoder };

/** A lossless codestream of these pixels. */
async function encode(width: number, height: number, pixels: Uint8Array): Promise<Uint8Array> {
	const load = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (options: {
		print: () => void;
	}) => Promise<Codec>;
	const encoder = new (await load({ print: () => {} })).J2KEncoder();
	const componentCount = pixels.length / (width * height);
	const frame = { width, height, bitsPerSample: 8, componentCount, isSigned: false };
	encoder.getDecodedBuffer({ ...frame, isUsingColorTransform: componentCount === 3 }).set(pixels);
	encoder.setQuality(true, 0);
	encoder.encode();
	return Uint8Array.from(encoder.getEncodedBuffer());
}

const noise = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 7919 + 13) % 251);

describe('photoAsPng', () => {
	it('makes a PNG of the same size', async () => {
		const png = await photoAsPng(DEMO_PHOTO);
		expect(await sharp(png ?? undefined).metadata()).toMatchObject({
			format: 'png',
			width: 60,
			height: 60,
		});
	});

	it('keeps every pixel, grey and colour', async () => {
		for (const channels of [1, 3]) {
			const pixels = noise(64 * 48 * channels);
			const png = await photoAsPng(await encode(64, 48, pixels));
			const raw = await sharp(png ?? undefined)
				.toColourspace(channels === 1 ? 'b-w' : 'srgb')
				.raw()
				.toBuffer();
			expect(Buffer.from(pixels).equals(raw)).toBe(true);
		}
	});

	it('takes 512 pixels a side and refuses more', async () => {
		const flat = (side: number) => encode(side, 512, new Uint8Array(side * 512));
		expect(await photoAsPng(await flat(512))).not.toBeNull();
		expect(await photoAsPng(await flat(513))).toBeNull();
	});

	it('refuses more than 64 kB', async () => {
		const large = await encode(400, 400, noise(400 * 400));
		expect(large.length).toBeGreaterThan(64 * 1024);
		expect(await photoAsPng(large)).toBeNull();
	});

	it('refuses a picture that claims to be small and is cut into countless tiles', async () => {
		const tiles = Buffer.from(DEMO_PHOTO);
		tiles.writeUInt32BE(1, 24);
		tiles.writeUInt32BE(1, 28);
		expect(await photoAsPng(tiles)).toBeNull();
		tiles.writeUInt32BE(0, 24);
		expect(await photoAsPng(tiles)).toBeNull();
	});

	it('refuses other kinds of picture', async () => {
		const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } });
		for (const format of ['jpeg', 'png', 'webp'] as const) {
			expect(await photoAsPng(await picture.clone().toFormat(format).toBuffer())).toBeNull();
		}
		for (const bytes of [[], [0xff, 0x4f], Array.from({ length: 500 }, () => 0xff)]) {
			expect(await photoAsPng(Uint8Array.from(bytes))).toBeNull();
		}
	});

	it('never throws on a photo that was changed or cut, and gives a whole picture or none', async () => {
		const changes = fc.array(fc.tuple(fc.nat(DEMO_PHOTO.length - 1), fc.nat(255)), {
			minLength: 1,
			maxLength: 6,
		});
		await fc.assert(
			fc.asyncProperty(
				changes,
				fc.nat(DEMO_PHOTO.length),
				fc.boolean(),
				async (all, cut, whole) => {
					const bytes = Buffer.from(DEMO_PHOTO);
					for (const [at, value] of all) bytes[at] = value;
					const png = await photoAsPng(whole ? bytes : bytes.subarray(0, cut));
					if (png !== null) expect((await sharp(png).metadata()).format).toBe('png');
				},
			),
			{ numRuns: 25 },
		);
	});

	it.skipIf(!existsSync(SAMPLE))("shows the photo of UIDAI's published sample", async () => {
		const result = decodeSecureQr(readFileSync(SAMPLE, 'latin1'));
		const photo = result.ok ? result.qr.photo : null;
		const png = await photoAsPng(photo?.codestream ?? new Uint8Array());
		const { width, height, ...rest } = await sharp(png ?? undefined).metadata();
		expect([width, height, rest.format]).toEqual([60, 60, 'png']);
		const [channel] = (await sharp(png ?? undefined).stats()).channels;
		expect(channel?.stdev).toBeGreaterThan(10); // a face, not one colour
	});
});

describe('smallPng', () => {
	const picture = (side: number) =>
		sharp(noise(side * side * 3), { raw: { width: side, height: side, channels: 3 } });

	it('makes of any photo a PNG whose base64 has at most 30 kB, without the rest of the file', async () => {
		const jpeg = await picture(300)
			.withExif({ IFD0: { Copyright: 'secret' } })
			.jpeg({ quality: 95 })
			.toBuffer();
		const png = Buffer.from((await smallPng(jpeg)) ?? []);
		const { format, width, exif } = await sharp(png).metadata();
		expect(format).toBe('png');
		expect(width).toBeGreaterThanOrEqual(100);
		expect(exif).toBeUndefined();
		expect(png.toString('base64').length).toBeLessThanOrEqual(30_000);
	});

	it('does not enlarge a small one', async () => {
		const png = await smallPng(await picture(60).jpeg().toBuffer());
		expect(await sharp(png ?? undefined).metadata()).toMatchObject({ width: 60, height: 60 });
	});

	it('gives null for what is no picture, too many bytes or too many pixels', async () => {
		expect(await smallPng(Buffer.from('hello'))).toBeNull();
		expect(await smallPng(Buffer.alloc(0))).toBeNull();
		expect(await smallPng(Buffer.alloc(300_000, 0xff))).toBeNull();
		const wide = await sharp({
			create: { width: 2000, height: 2000, channels: 3, background: 'red' },
		})
			.png()
			.toBuffer();
		expect(wide.length).toBeLessThan(256 * 1024);
		expect(await smallPng(wide)).toBeNull();
	});
});
