/** Degrees, WGS 84; north and east are positive. */
export type PhotoPlace = { readonly latitude: number; readonly longitude: number };

const GPS_DIRECTORY = 0x8825;
const LATITUDE = { letter: 1, value: 2 } as const;
const LONGITUDE = { letter: 3, value: 4 } as const;
const RATIONAL = 5;
/** A directory of a real photo has some forty entries. */
const MOST_ENTRIES = 200;

type Entry = { type: number; count: number; at: number };

/** One directory of a TIFF: its entries by tag. Empty for what lies outside the bytes. */
function directory(view: DataView, start: number, little: boolean): Map<number, Entry> {
	const entries = new Map<number, Entry>();
	if (start < 8 || start + 2 > view.byteLength) return entries;
	const count = Math.min(view.getUint16(start, little), MOST_ENTRIES);
	for (let index = 0; index < count; index += 1) {
		const at = start + 2 + index * 12;
		if (at + 12 > view.byteLength) break;
		entries.set(view.getUint16(at, little), {
			type: view.getUint16(at + 2, little),
			count: view.getUint32(at + 4, little),
			at: at + 8,
		});
	}
	return entries;
}

/** Degrees, minutes, seconds as one number; null when it is none. */
function degrees(view: DataView, entry: Entry | undefined, little: boolean): number | null {
	if (entry?.type !== RATIONAL || entry.count !== 3) return null;
	const start = view.getUint32(entry.at, little);
	if (start + 24 > view.byteLength) return null;
	const part = (index: number) =>
		view.getUint32(start + index * 8, little) / view.getUint32(start + index * 8 + 4, little);
	const value = part(0) + part(1) / 60 + part(2) / 3600;
	return Number.isFinite(value) ? value : null;
}

/**
 * Where a photo was taken, as its EXIF says (Exif 3.0, 4.6.6: GPS attributes); null when it says nothing
 * that can be true. 0, 0 is what telephones write that do not know. Never throws.
 * @param exif the TIFF of the EXIF block, with `Exif\0\0` before it or not
 */
export function placeOfExif(exif: Uint8Array): PhotoPlace | null {
	const headed = exif[0] === 0x45 && exif[1] === 0x78 && exif[4] === 0;
	const tiff = headed ? exif.subarray(6) : exif;
	if (tiff.length < 8) return null;
	const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
	const order = view.getUint16(0);
	if (order !== 0x4949 && order !== 0x4d4d) return null;
	const little = order === 0x4949;
	const pointer = directory(view, view.getUint32(4, little), little).get(GPS_DIRECTORY);
	if (!pointer) return null;
	const gps = directory(view, view.getUint32(pointer.at, little), little);
	const signed = (tags: { letter: number; value: number }, negative: string) => {
		const value = degrees(view, gps.get(tags.value), little);
		const letter = gps.get(tags.letter);
		if (value === null || !letter) return null;
		return String.fromCharCode(view.getUint8(letter.at)) === negative ? -value : value;
	};
	const latitude = signed(LATITUDE, 'S');
	const longitude = signed(LONGITUDE, 'W');
	if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null;
	return fits({ latitude, longitude }) ? { latitude, longitude } : null;
}

const fits = ({ latitude, longitude }: PhotoPlace) =>
	Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

/** The EXIF block of a JPEG: the content of its first APP1 `Exif` segment; null without one. */
export function exifOfJpeg(bytes: Uint8Array): Uint8Array | null {
	if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
	let at = 2;
	while (at + 10 <= bytes.length && bytes[at] === 0xff) {
		const marker = bytes[at + 1] ?? 0;
		const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
		// The picture itself begins: nothing about it comes after.
		if (marker === 0xda || length < 2) return null;
		const content = bytes.subarray(at + 4, at + 2 + length);
		if (marker === 0xe1 && String.fromCharCode(...content.subarray(0, 4)) === 'Exif') {
			return content;
		}
		at += 2 + length;
	}
	return null;
}

/** `28.0833, 76.5833`: four decimals are some ten metres, which finds a broken road and no bed. */
export function placeText({ latitude, longitude }: PhotoPlace): string {
	return `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`;
}

/** What `placeText` wrote, read again; null for any other text. */
export function readPlaceText(text: string): PhotoPlace | null {
	const [, north, east] = /^(-?\d{1,2}\.\d{4}), (-?\d{1,3}\.\d{4})$/.exec(text) ?? [];
	if (north === undefined || east === undefined) return null;
	const place = { latitude: Number(north), longitude: Number(east) };
	return fits(place) ? place : null;
}
