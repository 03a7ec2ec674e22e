import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import * as v from 'valibot';
import { decodeSecureQr } from './proofs/secure-qr.ts';

/**
 * Longest sides tried, in pixels. Small first: quick, and noise of a photo averages out; the largest
 * finds a code that fills a tenth of a phone's photo.
 */
const SIDES = [1200, 2000, 3600];
/** The three sizes take 0.3 s of one processor; the rest is for a busy machine. */
const TIMEOUT_MS = 10_000;
const MAX_PIXELS = 64_000_000;
/** Shorter ones are no signed data: the signature alone has 616 digits. */
const SECURE_DIGITS = 500;

const require = createRequire(import.meta.url);

/** CommonJS, as text: a built server has no file of its own for it. */
const READER = `
	const { readFileSync } = require('node:fs');
	const { parentPort, workerData } = require('node:worker_threads');
	const { prepareZXingModule, readBarcodes } = require(workerData.reader);
	// Its own copy; without this it would fetch one from a public address.
	const wasmBinary = readFileSync(workerData.wasm);
	prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
	const options = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 };
	parentPort.on('message', async (image) => {
		const symbols = await readBarcodes(image, options);
		parentPort.postMessage(symbols.filter((one) => one.isValid).map((one) => one.text));
	});
`;

/**
 * Whether the text of a QR holds somebody's Aadhaar data: a Secure QR, also a damaged one or of a layout
 * that is not known, or the XML that cards carried until 2018. Other QR codes are nobody's secret.
 */
export function isAadhaarCode(text: string): boolean {
	if (text.includes('<PrintLetterBarcodeData')) return true;
	const digits = text.trim();
	if (digits.length < SECURE_DIGITS || !/^\d+$/.test(digits)) return false;
	const result = decodeSecureQr(digits);
	return result.ok || result.problem === 'unknown_version' || result.problem === 'unknown_layout';
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Whether a picture (JPEG, PNG, WebP) shows an Aadhaar code. One at a time, because pixels take memory, in a
 * thread of its own and ten seconds at most.
 * @throws when the picture cannot be opened or was not read in time
 */
export function showsAadhaarCode(picture: Uint8Array): Promise<boolean> {
	const mine = turn.then(() => look(picture));
	turn = mine.catch(() => undefined);
	return mine;
}

async function look(picture: Uint8Array): Promise<boolean> {
	const { width, height } = await sharp(picture, { limitInputPixels: MAX_PIXELS }).metadata();
	const longest = Math.max(width, height);
	const smaller = SIDES.filter((side) => side < longest);
	// A picture is never enlarged.
	const sides = smaller.length < SIDES.length ? [...smaller, longest] : SIDES;
	const reader = new Worker(READER, {
		eval: true,
		workerData: {
			reader: require.resolve('zxing-wasm/reader'),
			wasm: require.resolve('zxing-wasm/reader/zxing_reader.wasm'),
		},
		env: {},
	});
	const late = AbortSignal.timeout(TIMEOUT_MS);
	try {
		for (const side of sides) {
			const texts = await textsIn(reader, await pixelsOf(picture, side), late);
			if (texts.some(isAadhaarCode)) return true;
		}
		return false;
	} finally {
		await reader.terminate();
	}
}

async function pixelsOf(picture: Uint8Array, side: number) {
	const { data, info } = await sharp(picture, { limitInputPixels: MAX_PIXELS })
		.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
		// A transparent background would read as black.
		.flatten({ background: 'white' })
		.toColourspace('srgb')
		.ensureAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

/** Texts of the codes in it. Rejects when the thread ends or takes too long. */
async function textsIn(
	reader: Worker,
	image: Awaited<ReturnType<typeof pixelsOf>>,
	late: AbortSignal,
): Promise<string[]> {
	const answer = once(reader, 'message', { signal: late });
	reader.postMessage(image, [image.data.buffer]);
	const [texts] = v.parse(v.tuple([v.array(v.string())]), await answer);
	return texts;
}
