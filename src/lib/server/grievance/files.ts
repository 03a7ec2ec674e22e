import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { placeOfExif, placeText, readPlaceText } from '#lib/domain/grievance/photo-place.ts';
import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { showsAadhaarCode } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { checkPdf } from './pdf/check.ts';

/** A file as it came. */
export interface GivenFile {
	name: string;
	bytes: Uint8Array;
	/** Its sender wants the place of the photo kept. */
	keepPlace?: boolean;
	/** The place as `placeText` writes it, when the browser read it and made the photo smaller. */
	place?: string | null;
}

/** A file as it will be kept: photos drawn anew, PDF as it came. */
export interface CheckedFile {
	name: string;
	mime: 'image/jpeg' | 'image/webp' | 'application/pdf';
	bytes: Uint8Array;
	sha256: string;
	width: number | null;
	height: number | null;
	/** Where the photo was taken, when that is wanted and known. */
	place: string | null;
	/** An Aadhaar number seems to stand in the PDF's text. */
	aadhaarSeen: boolean;
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
 * Looks at what a file is, not at what it is called, and makes it safe to keep and to show. First of all the
 * scanner sees it, when there is one. Photos (JPEG, PNG, WebP) are turned upright, shrunk to 2000 px and
 * drawn anew, which drops camera and anything hidden in them, and the place unless it is wanted; PDFs are
 * looked through, kept as they are and only ever handed out as downloads.
 * @throws {Refusal} `upload_too_large` {megabytes}, `upload_infected`, `upload_not_checked` (scanner down),
 * `upload_type` (SVG, HTML, HEIC, ...), `upload_mismatch` (a PDF called .jpg), `upload_unreadable` (cut off,
 * damaged, too many pixels), `upload_aadhaar_qr`, and of PDFs as `checkPdf`
 */
export async function checkFile(
	ctx: Pick<Context, 'scanner' | 'log'>,
	input: GivenFile,
): Promise<CheckedFile> {
	const { bytes } = input;
	if (bytes.length > UPLOAD_LIMITS.bytes) {
		throw new Refusal('upload_too_large', { megabytes: UPLOAD_LIMITS.bytes / 1e6 });
	}
	if (bytes.length === 0) throw new Refusal('upload_unreadable');
	await scan(ctx, bytes);
	const type = await fileTypeFromBuffer(bytes);
	const isPdf = type?.mime === 'application/pdf';
	if (!type || !(isPdf || PHOTO_MIMES.has(type.mime))) throw new Refusal('upload_type');
	const ending = /\.([a-z0-9]{1,5})$/i.exec(input.name)?.[1]?.toLowerCase();
	if (ending !== undefined && isPdf !== (ending === 'pdf')) throw new Refusal('upload_mismatch');
	const kept = isPdf ? await keepPdf(bytes) : await keepPhoto(ctx, input);
	return { ...kept, ...keptName(input.name, ENDINGS[kept.mime]), sha256: sha256Hex(kept.bytes) };
}

async function scan({ scanner, log }: Pick<Context, 'scanner' | 'log'>, bytes: Uint8Array) {
	if (!scanner) return;
	const verdict = await scanner.scan(bytes).catch((problem: unknown) => {
		log.error({ err: problem }, 'scanner');
		throw new Refusal('upload_not_checked');
	});
	if (verdict === 'infected') throw new Refusal('upload_infected');
}

type Kept = Omit<CheckedFile, 'name' | 'nameMasked' | 'sha256'>;

async function keepPdf(bytes: Uint8Array): Promise<Kept> {
	const { aadhaar } = await checkPdf(bytes);
	const mime = 'application/pdf';
	return { mime, bytes, width: null, height: null, place: null, aadhaarSeen: aadhaar };
}

async function keepPhoto(ctx: Pick<Context, 'log'>, input: GivenFile): Promise<Kept> {
	const { exif, ...drawn } = await redraw(input.bytes);
	const aadhaarCode = await showsAadhaarCode(input.bytes).catch((problem: unknown) => {
		ctx.log.error({ err: problem }, 'reading codes');
		throw new Refusal('upload_not_checked');
	});
	if (aadhaarCode) throw new Refusal('upload_aadhaar_qr');
	const told = input.place ? readPlaceText(input.place) : null;
	const place = input.keepPlace ? (told ?? (exif ? placeOfExif(exif) : null)) : null;
	return { ...drawn, place: place ? placeText(place) : null, aadhaarSeen: false };
}

/** The photo drawn anew, and the EXIF of the one that came. */
async function redraw(bytes: Uint8Array) {
	const { side, pixels } = UPLOAD_LIMITS;
	try {
		const image = sharp(bytes, { limitInputPixels: pixels, failOn: 'error' });
		const { hasAlpha, width, height, exif } = await image.metadata();
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
			mime: hasAlpha ? ('image/webp' as const) : ('image/jpeg' as const),
			bytes: data,
			exif,
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
