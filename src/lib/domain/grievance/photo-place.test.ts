import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exifOfJpeg, placeOfExif, placeText, readPlaceText } from './photo-place.ts';

type Gps = { ns: string; ew: string; lat: number[]; lon: number[]; little?: boolean };

/** A TIFF with one directory that points to a GPS directory; numbers are over 100. */
function exif({ ns, ew, lat, lon, little = true }: Gps): Uint8Array {
	const bytes = new Uint8Array(6 + 200);
	bytes.set([0x45, 0x78, 0x69, 0x66, 0, 0]);
	const view = new DataView(bytes.buffer, 6);
	view.setUint16(0, little ? 0x4949 : 0x4d4d);
	view.setUint16(2, 42, little);
	view.setUint32(4, 8, little);
	const entry = (at: number, tag: number, type: number, count: number, value: number) => {
		view.setUint16(at, tag, little);
		view.setUint16(at + 2, type, little);
		view.setUint32(at + 4, count, little);
		view.setUint32(at + 8, value, little);
	};
	view.setUint16(8, 1, little);
	entry(10, 0x8825, 4, 1, 30);
	view.setUint16(30, 4, little);
	entry(32, 1, 2, 2, 0);
	view.setUint8(40, ns.charCodeAt(0));
	entry(44, 2, 5, 3, 100);
	entry(56, 3, 2, 2, 0);
	view.setUint8(64, ew.charCodeAt(0));
	entry(68, 4, 5, 3, 130);
	const rationals = (at: number, parts: number[]) =>
		parts.forEach((part, index) => {
			view.setUint32(at + index * 8, Math.round(part * 100), little);
			view.setUint32(at + index * 8 + 4, 100, little);
		});
	rationals(100, lat);
	rationals(130, lon);
	return bytes;
}

const bawal = { ns: 'N', ew: 'E', lat: [28, 4, 59.88], lon: [76, 34, 59.88] };

describe('placeOfExif', () => {
	it('answers nothing for what cannot be a place', () => {
		expect(placeOfExif(new Uint8Array())).toBeNull();
		expect(placeOfExif(new TextEncoder().encode('Exif\0\0not a tiff at all'))).toBeNull();
		expect(placeOfExif(exif({ ...bawal, lat: [0, 0, 0], lon: [0, 0, 0] }))).toBeNull();
		expect(placeOfExif(exif({ ...bawal, lat: [91, 0, 0] }))).toBeNull();
		expect(placeOfExif(exif({ ...bawal, lon: [181, 0, 0] }))).toBeNull();
		const endless = exif(bawal);
		new DataView(endless.buffer, 6).setUint32(104, 0, true);
		expect(placeOfExif(endless)).toBeNull();
	});

	it('never throws and never leaves the earth, whatever the bytes', () => {
		const start = exif(bawal);
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(205), fc.nat(255)), { maxLength: 40 }), (changes) => {
				const bytes = start.slice();
				for (const [at, value] of changes) bytes[at] = value;
				const place = placeOfExif(bytes);
				expect(Math.abs(place?.latitude ?? 0)).toBeLessThanOrEqual(90);
				expect(Math.abs(place?.longitude ?? 0)).toBeLessThanOrEqual(180);
			}),
		);
	});

	it.each([true, false])('reads degrees, minutes and seconds (little end first: %s)', (little) => {
		const place = placeOfExif(exif({ ...bawal, little }));
		expect(place && placeText(place)).toBe('28.0833, 76.5833');
		const south = placeOfExif(exif({ ...bawal, little, ns: 'S', ew: 'W' }));
		expect(south && placeText(south)).toBe('-28.0833, -76.5833');
	});
});

describe('exifOfJpeg', () => {
	it('finds the block behind another, and nothing after the picture began', () => {
		const block = exif(bawal);
		const segment = [0xff, 0xe1, 0, block.length + 2, ...block];
		const before = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
		expect(exifOfJpeg(new Uint8Array([...before, ...segment, 0xff, 0xda, 0, 4]))).toEqual(block);
		expect(exifOfJpeg(new Uint8Array([...before, 0xff, 0xda, 0, 4, 0, 0, ...segment]))).toBeNull();
		expect(exifOfJpeg(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).toBeNull();
		expect(exifOfJpeg(new Uint8Array([...before, 0xff, 0xe1, 0, 0, ...block]))).toBeNull();
	});
});

describe('readPlaceText', () => {
	it('reads what placeText writes and nothing else', () => {
		expect(readPlaceText('28.0833, 76.5833')).toEqual({ latitude: 28.0833, longitude: 76.5833 });
		for (const text of ['', '28, 76', '91.0000, 76.0000', '28.0833,76.5833', '<b>', 'NaN, NaN']) {
			expect(readPlaceText(text)).toBeNull();
		}
	});
});
