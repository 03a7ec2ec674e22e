import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { qrPng } from '../../src/demo/identity/picture.ts';

/** A photo as a phone makes it: with the place in its EXIF. */
export async function photo(name = 'gali.jpg') {
	const sky = { r: 214, g: 226, b: 238 };
	const road = await sharp({
		create: { width: 1200, height: 380, channels: 3, background: { r: 150, g: 140, b: 128 } },
	})
		.png()
		.toBuffer();
	const buffer = await sharp({ create: { width: 1200, height: 900, channels: 3, background: sky } })
		.composite([{ input: road, left: 0, top: 520 }])
		.withExif({ IFD0: { Model: 'Phone' }, IFD3: { GPSLatitudeRef: 'N', GPSLongitudeRef: 'E' } })
		.jpeg({ quality: 80 })
		.toBuffer();
	return { name, mimeType: 'image/jpeg', buffer };
}

/** A real photo of 30 MB: noise does not compress. */
export async function hugePhoto(): Promise<Buffer> {
	const [width, height] = [3700, 2780];
	const noise = randomBytes(width * height * 3);
	return sharp(noise, { raw: { width, height, channels: 3 } })
		.jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
		.toBuffer();
}

/** A screenshot of a QR. */
export async function qrPicture(text: string) {
	return { name: 'qr.png', mimeType: 'image/png', buffer: await qrPng(text) };
}
