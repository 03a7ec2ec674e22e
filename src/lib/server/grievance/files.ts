import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';

/** A file as it will be kept: photos drawn anew, PDF as it came. */
export interface CheckedFile {
	name: string;
	mime: 'image/jpeg' | 'image/webp' | 'application/pdf';
	bytes: Uint8Array;
	sha256: string;
	width: number | null;
	height: number | null;
	/** An Aadhaar number stood in the file's name and was hidden. */
	nameMasked: boolean;
}

const PHOTO_MIMES = new Set(['image/jpeg', 'image/png', 'image/webp']);
const ENDINGS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'application/pdf': 'pdf' } as const;
const NAME_LENGTH = 80;
/** In pixels; a panorama of a telephone has some 16,000. */
const LONGEST_SIDE = 20_000;
/** The slowest honest photo needs two; threads that draw do nothing else meanwhile. */
const DRAWING_SECONDS = 15;

/**
 * Looks at what a file is, not at what it is called, and makes it safe to keep and to show. Photos
 * (JPEG, PNG, WebP) are turned upright, shrunk to 2000 px and drawn anew, which drops place, camera
 * and anything hidden in them; PDFs are kept as they are and are only ever handed out as downloads.
 * @throws {Refusal} `upload_too_large` {megabytes}, `upload_type` (SVG, HTML, HEIC, ...),
 * `upload_mismatch` (a PDF called .jpg), `upload_unreadable` (cut off, damaged, too many pixels)
 */
export async function checkFile(input: { name: string; bytes: Uint8Array }): Promise<CheckedFile> {
	const { bytes } = input;
	if (bytes.length > UPLOAD_LIMITS.bytes) {
		throw new Refusal('upload_too_large', { megabytes: UPLOAD_LIMITS.bytes / 1e6 });
	}
	if (bytes.length === 0) throw new Refusal('upload_unreadable');
	const type = await fileTypeFromBuffer(bytes);
	const isPdf = type?.mime === 'application/pdf';
	if (!type || !(isPdf || PHOTO_MIMES.has(type.mime))) throw new Refusal('upload_type');
	const ending = /\.([a-z0-9]{1,5})$/i.exec(input.name)?.[1]?.toLowerCase();
	if (ending !== undefined && isPdf !== (ending === 'pdf')) throw new Refusal('upload_mismatch');
	const kept = isPdf ? keepPdf(bytes) : await redraw(bytes);
	return { ...kept, ...keptName(input.name, ENDINGS[kept.mime]), sha256: sha256Hex(kept.bytes) };
}

type Kept = Pick<CheckedFile, 'mime' | 'bytes' | 'width' | 'height'>;

function keepPdf(bytes: Uint8Array): Kept {
	// Cut off by a lost connection: without its end no reader opens it.
	const tail = Buffer.from(bytes.subarray(-2048)).toString('latin1');
	if (!tail.includes('%%EOF')) throw new Refusal('upload_unreadable');
	return { mime: 'application/pdf', bytes, width: null, height: null };
}

async function redraw(bytes: Uint8Array): Promise<Kept> {
	const { side, pixels } = UPLOAD_LIMITS;
	try {
		const image = sharp(bytes, { limitInputPixels: pixels, failOn: 'error' });
		const { hasAlpha, width, height } = await image.metadata();
		// One pixel wide and millions high: few bytes, few pixels, a minute of work.
		if (Math.max(width, height) > LONGEST_SIDE) throw new Refusal('upload_unreadable');
		const upright = image
			.timeout({ seconds: DRAWING_SECONDS })
			.autoOrient()
			.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
		const { data, info } = await (
			hasAlpha ? upright.webp({ quality: 80 }) : upright.jpeg({ quality: 80 })
		).toBuffer({ resolveWithObject: true });
		return {
			mime: hasAlpha ? 'image/webp' : 'image/jpeg',
			bytes: data,
			width: info.width,
			height: info.height,
		};
	} catch {
		throw new Refusal('upload_unreadable');
	}
}

/** The file's own name without folders, numbers of people and a false ending. */
function keptName(raw: string, ending: string): { name: string; nameMasked: boolean } {
	const base = cleanLine(raw.split(/[\\/]/).at(-1) ?? '').replace(/\.[a-z0-9]{1,5}$/i, '');
	const { text, masked } = maskAadhaarNumbers(base);
	const short = [...text.replace(/[<>:"|?*]/g, '_')].slice(0, NAME_LENGTH).join('').trim();
	return { name: `${short || 'file'}.${ending}`, nameMasked: masked > 0 };
}
