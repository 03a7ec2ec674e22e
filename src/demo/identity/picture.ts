import sharp from 'sharp';
import { encode, renderSVG } from 'uqr';

// Low correction keeps the modules big: these are shown on screens, not printed on cards that get scratched.
const OPTIONS = { ecc: 'L', boostEcc: false, border: 4 } as const;

/** The QR of a text as SVG. Digits alone take uqr's numeric mode, less than half the size. */
export function qrSvg(text: string): string {
	return renderSVG(text, { ...OPTIONS, pixelSize: 4 });
}

/** The QR of a text as PNG; `modulePixels` is the side of one module. */
export async function qrPng(text: string, modulePixels = 6): Promise<Buffer> {
	const { data, size } = encode(text, OPTIONS);
	const pixels = Buffer.from(data.flat().map((dark) => (dark ? 0 : 255)));
	return sharp(pixels, { raw: { width: size, height: size, channels: 1 } })
		.resize(size * modulePixels, size * modulePixels, { kernel: 'nearest' })
		.png({ palette: true, colours: 2 })
		.toBuffer();
}
