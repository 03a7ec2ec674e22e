import { prepareReader, readPixels } from './reader.ts';

export type QrFromFile =
	| { readonly ok: true; readonly text: string }
	| { readonly ok: false; readonly reason: 'no_qr' | 'too_large' | 'not_image' };

/** A phone's photo has 3-12 MB; more than this is no photo of a card. */
export const MAX_PICTURE_BYTES = 25 * 1024 * 1024;
const MAX_PICTURE_PIXELS = 120_000_000;
/** Longest sides tried, in pixels. Small first: quick, and noise of a photo averages out. */
const SIDES = [1200, 2000, 3600];

/** The picture's pixels, upright, at most `side` long; never enlarged. */
function pixelsOf(picture: ImageBitmap, side: number): ImageData | null {
	const scale = Math.min(1, side / Math.max(picture.width, picture.height));
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context) return null;
	context.fillStyle = 'white'; // a transparent background would read as black
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.imageSmoothingQuality = 'high';
	context.drawImage(picture, 0, 0, canvas.width, canvas.height);
	return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function openPicture(file: Blob): Promise<ImageBitmap | null> {
	try {
		return await createImageBitmap(file);
	} catch {
		return null;
	}
}

/**
 * Reads the QR in a picture the citizen chose: a photo of the card or a screenshot. All of it happens on the
 * phone; the picture is not sent anywhere. Rejects only when the reader itself cannot be loaded (no network).
 */
export async function readQrFromFile(file: Blob): Promise<QrFromFile> {
	if (file.size > MAX_PICTURE_BYTES) return { ok: false, reason: 'too_large' };
	const picture = await openPicture(file);
	if (!picture) return { ok: false, reason: 'not_image' };
	try {
		if (picture.width * picture.height > MAX_PICTURE_PIXELS) {
			return { ok: false, reason: 'too_large' };
		}
		await prepareReader();
		const longest = Math.max(picture.width, picture.height);
		const smaller = SIDES.filter((side) => side < longest);
		const sides = smaller.length < SIDES.length ? [...smaller, longest] : SIDES;
		for (const side of sides) {
			const pixels = pixelsOf(picture, side);
			const text = pixels && (await readPixels(pixels));
			if (text) return { ok: true, text };
		}
		return { ok: false, reason: 'no_qr' };
	} finally {
		picture.close();
	}
}
