import type { ReaderOptions } from 'zxing-wasm/reader';
import { pickText } from './pick-text.ts';

const OPTIONS: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 };

async function loadReader() {
	const [reader, wasm] = await Promise.all([
		import('zxing-wasm/reader'),
		import('zxing-wasm/reader/zxing_reader.wasm?url'),
	]);
	// Without this it would fetch its wasm from a public CDN.
	const locateFile = () => wasm.default;
	await reader.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
	return reader;
}

let loading: ReturnType<typeof loadReader> | null = null;

/** The reader and its wasm come once, only when somebody has a picture, and from our own server. */
function reader(): ReturnType<typeof loadReader> {
	loading ??= loadReader().catch((error: unknown) => {
		loading = null; // a lost connection now must not spoil the next attempt
		throw error;
	});
	return loading;
}

/** Gets the reader ready. Rejects when it cannot be loaded (no network). */
export async function prepareReader(): Promise<void> {
	await reader();
}

/** The text of the QR in a picture; null when there is none. Rejects as `prepareReader`. */
export async function readPixels(pixels: ImageData): Promise<string | null> {
	const { readBarcodes } = await reader();
	return pickText(await readBarcodes(pixels, OPTIONS));
}
