import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import * as v from 'valibot';

/** A QR's photo has about 60 x 60 pixels in 1 kB. */
const MAX_BYTES = 64 * 1024;
const MAX_SIDE = 512;
const MAX_TILES = 64;
/** Decoding takes some 50 ms, the start of the thread among them; the rest is for a busy machine. */
const TIMEOUT_MS = 5000;
/** The decoder begins with 50 MB; V8's own limits do not count what WebAssembly takes. */
const MAX_WASM_BYTES = 128 * 1024 * 1024;

const require = createRequire(import.meta.url);

/** CommonJS, as text: a built server has no file of its own for it. */
const DECODER = `
	const { parentPort, workerData } = require('node:worker_threads');
	const grow = WebAssembly.Memory.prototype.grow;
	WebAssembly.Memory.prototype.grow = function (pages) {
		if (this.buffer.byteLength + pages * 65536 > workerData.maxWasmBytes) throw new RangeError('too much');
		return grow.call(this, pages);
	};
	const quiet = () => {};
	require(workerData.codec)({ print: quiet, printErr: quiet }).then((codec) => {
		const decoder = new codec.J2KDecoder();
		decoder.getEncodedBuffer(workerData.codestream.length).set(workerData.codestream);
		decoder.decode();
		const { width, height, componentCount } = decoder.getFrameInfo();
		const pixels = Uint8Array.from(decoder.getDecodedBuffer());
		parentPort.postMessage({ width, height, components: componentCount, pixels });
	});
`;

type Size = { readonly width: number; readonly height: number; readonly components: number };

/**
 * What the SIZ segment at the start of a codestream says (ISO/IEC 15444-1, A.5.1), if it is a picture that
 * this module takes: grey or colour, 8 bits without sign, every component as fine as the picture, not too big
 * and not in too many tiles. Null for every other one.
 */
function acceptedSize(codestream: Uint8Array): Size | null {
	if (codestream.length < 47 || codestream.length > MAX_BYTES) return null;
	const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.byteLength);
	const u32 = (at: number) => view.getUint32(at);
	if (u32(0) !== 0xff4fff51) return null;
	const components = view.getUint16(40);
	const end = 42 + 3 * components;
	// The segment's length counts itself and what follows it.
	if ((components !== 1 && components !== 3) || view.getUint16(4) !== end - 4) return null;
	// Depth less one, then the two steps between samples.
	const plain = codestream
		.subarray(42, end)
		.every((byte, index) => byte === (index % 3 === 0 ? 7 : 1));
	const [width, height] = [u32(8) - u32(16), u32(12) - u32(20)];
	if (!plain || width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) return null;
	const across = Math.ceil((u32(8) - u32(32)) / u32(24));
	const down = Math.ceil((u32(12) - u32(36)) / u32(28));
	if (across < 1 || down < 1 || !(across * down <= MAX_TILES)) return null;
	return { width, height, components };
}

const decodedSchema = v.object({
	width: v.number(),
	height: v.number(),
	components: v.picklist([1, 3]),
	pixels: v.instance(Uint8Array),
});

/** What the decoder posts, whatever it is; undefined when it fails, ends, or takes too long. */
function decode(codestream: Uint8Array): Promise<unknown> {
	return new Promise((done) => {
		const worker = new Worker(DECODER, {
			eval: true,
			env: {},
			execArgv: [],
			stdout: true,
			stderr: true,
			resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
			workerData: {
				codec: require.resolve('@cornerstonejs/codec-openjpeg/decodewasmjs'),
				codestream,
				maxWasmBytes: MAX_WASM_BYTES,
			},
		});
		const end = (message?: unknown) => {
			clearTimeout(timer);
			done(message);
			void worker.terminate();
		};
		const timer = setTimeout(end, TIMEOUT_MS);
		worker.once('message', end);
		worker.once('error', () => end());
		worker.once('exit', () => end());
	});
}

let turn: Promise<unknown> = Promise.resolve();

/** One at a time, so that many photos at once do not take many times the memory. */
function decodeInTurn(codestream: Uint8Array): Promise<unknown> {
	const mine = turn.then(() => decode(codestream));
	turn = mine.catch(() => undefined);
	return mine;
}

/**
 * The photo of a Secure QR (a JPEG 2000 codestream, grey or colour, 8 bits) as PNG of the same size. Null for
 * more than 64 kB, for more than 512 pixels a side and for whatever cannot be decoded. Decodes in a thread of
 * its own with limits on time and memory, because the decoder is C made for files that can be trusted. Never
 * throws.
 */
export async function photoAsPng(codestream: Uint8Array): Promise<Uint8Array | null> {
	const size = acceptedSize(codestream);
	if (size === null) return null;
	try {
		const decoded = v.safeParse(decodedSchema, await decodeInTurn(codestream));
		if (!decoded.success) return null;
		const { width, height, components, pixels } = decoded.output;
		if (width !== size.width || height !== size.height || components !== size.components) {
			return null;
		}
		if (pixels.length !== width * height * components) return null;
		const png = sharp(pixels, { raw: { width, height, channels: components } }).png();
		return Uint8Array.from(await png.toBuffer());
	} catch {
		return null;
	}
}

/** An e-KYC's photo has about 150 x 200 pixels. */
const MAX_PICTURE_BYTES = 256 * 1024;
const MAX_PICTURE_PIXELS = 2_000_000;
/** Sides tried, in pixels, until the picture fits. */
const SIDES = [200, 150, 100];
/** Its base64 then has less than 30 kB. */
const MAX_PNG_BYTES = 22_000;

/**
 * A proof's photo (the JPEG of an offline e-KYC, or what `photoAsPng` made) as a PNG of at most 22 kB, without
 * whatever else the file carries. Null for what cannot be decoded or is too large. Never throws.
 */
export async function smallPng(picture: Uint8Array): Promise<Uint8Array | null> {
	if (picture.length > MAX_PICTURE_BYTES) return null;
	try {
		for (const side of SIDES) {
			const png = await sharp(picture, { limitInputPixels: MAX_PICTURE_PIXELS })
				.resize(side, side, { fit: 'inside', withoutEnlargement: true })
				.png({ palette: true, colours: 64 })
				.toBuffer();
			if (png.length <= MAX_PNG_BYTES) return Uint8Array.from(png);
		}
		return null;
	} catch {
		return null;
	}
}
