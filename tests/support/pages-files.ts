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
		.withExif({
			IFD0: { Model: 'Phone' },
			IFD3: {
				GPSLatitudeRef: 'N',
				GPSLatitude: '28/1 4/1 5988/100',
				GPSLongitudeRef: 'E',
				GPSLongitude: '76/1 34/1 5988/100',
			},
		})
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

/** A film (y4m) of a picture that somebody holds before a camera, 1280 x 720, two frames. */
export async function filmOf(picture: Buffer): Promise<Buffer> {
	const [width, height] = [1280, 720];
	const shown = await sharp(picture)
		.resize(680, 680, { fit: 'inside', kernel: 'lanczos3' })
		.toBuffer();
	const grey = await sharp({ create: { width, height, channels: 3, background: '#b4b4b4' } })
		.composite([{ input: shown }])
		.greyscale()
		.raw()
		.toBuffer({ resolveWithObject: true });
	const step = grey.info.channels;
	const light = Buffer.from(
		Uint8Array.from({ length: width * height }, (_, at) => grey.data[at * step] ?? 0),
	);
	const frame = Buffer.concat([
		Buffer.from('FRAME\n'),
		light,
		Buffer.alloc((width * height) / 2, 128),
	]);
	const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
	return Buffer.concat([head, frame, frame]);
}
