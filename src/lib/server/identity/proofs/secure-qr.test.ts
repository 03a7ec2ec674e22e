import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DEMO_PHOTO } from '../../../../demo/identity/photo.ts';
import {
	demoPayload,
	makeDemoQr,
	signPayload,
	toDecimal,
	type DemoCard,
} from '../../../../demo/identity/sign-demo.ts';
import { decodeSecureQr } from './secure-qr.ts';

const CARD: DemoCard = {
	fields: {
		name: 'Sunita Devi',
		dob: '14-08-1987',
		gender: 'F',
		careOf: 'W/O Ramesh',
		district: 'Rewari',
		house: '12',
		location: 'Ward 2',
		pin: '123501',
		postOffice: 'Bawal',
		state: 'Haryana',
		subDistrict: 'Bawal',
		vtc: 'Bawal',
	},
	last4: '4327',
	signedAt: new Date('2026-03-01T05:00:00.123Z'),
	mobile: '+919812345654',
	email: 'sunita@example.in',
};

function decoded(text: string) {
	const result = decodeSecureQr(text);
	if (!result.ok) throw new Error(result.problem);
	return result.qr;
}

describe('decodeSecureQr', () => {
	it('reads every field of V1 and V2, in gzip and zlib', () => {
		for (const version of ['V1', 'V2']) {
			for (const compression of ['gzip', 'zlib'] as const) {
				const qr = decoded(makeDemoQr(CARD, { version, compression }));
				expect(qr).toMatchObject({
					version,
					referenceId: '432720260301103000123',
					signedAt: CARD.signedAt,
					photo: { width: 60, height: 60 },
				});
				expect(qr.fields).toEqual({
					...CARD.fields,
					landmark: '',
					street: '',
					mobileLast4: version === 'V1' ? null : '5654',
				});
				expect(qr.photo?.codestream).toEqual(DEMO_PHOTO);
				expect(qr.signature).toHaveLength(256);
			}
		}
	});

	it('reads white space around the number, however much, and names in ISO-8859-1', () => {
		const fields = { ...CARD.fields, name: 'José Ñandú' };
		const spaces = ' \n'.repeat(20_000);
		expect(decoded(`${spaces}${makeDemoQr({ ...CARD, fields })}\r\n`).fields.name).toBe(
			'José Ñandú',
		);
	});

	it('finds the hashes by the flag, whichever are there', () => {
		const hashes = (card: DemoCard) => {
			const { emailHash, mobileHash } = decoded(makeDemoQr(card, { version: 'V1' }));
			return [emailHash?.length, mobileHash?.length];
		};
		expect(hashes(CARD)).toEqual([32, 32]);
		expect(hashes({ ...CARD, email: undefined })).toEqual([undefined, 32]);
		expect(hashes({ ...CARD, mobile: undefined })).toEqual([32, undefined]);
		expect(hashes({ ...CARD, email: undefined, mobile: undefined })).toEqual([
			undefined,
			undefined,
		]);
		const both = decoded(makeDemoQr(CARD));
		expect(both.emailHash).not.toEqual(both.mobileHash);
	});

	it('reads cards without a photo', () => {
		const qr = decoded(makeDemoQr({ ...CARD, photo: null }));
		expect(qr.photo).toBeNull();
		expect(qr.mobileHash).toHaveLength(32);
	});

	it('finds the codestream in a JP2 file, whether its box tells its length or not', () => {
		const box = (type: string, content: Uint8Array, length = content.length + 8) => {
			const head = Buffer.alloc(8);
			head.writeUInt32BE(length);
			head.write(type, 4, 'latin1');
			return Buffer.concat([head, content]);
		};
		const long = Buffer.alloc(8);
		long.writeBigUInt64BE(BigInt(DEMO_PHOTO.length + 16));
		const start = [
			box('jP  ', Buffer.from('0d0a870a', 'hex')),
			box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
		];
		const files = [
			[...start, box('jp2c', DEMO_PHOTO)],
			[...start, box('jp2c', DEMO_PHOTO, 0)],
			[...start, box('jp2c', Buffer.concat([long, DEMO_PHOTO]), 1)],
			[...start, box('jp2c', DEMO_PHOTO), box('xml ', Buffer.from('<a/>'))],
		];
		for (const boxes of files) {
			const qr = decoded(makeDemoQr({ ...CARD, photo: Buffer.concat(boxes) }));
			expect(qr.photo).toMatchObject({ width: 60, height: 60 });
			expect(Buffer.from(qr.photo?.codestream ?? []).equals(DEMO_PHOTO)).toBe(true);
			expect([qr.emailHash?.length, qr.mobileHash?.length]).toEqual([32, 32]);
		}
		const wrong = [
			start,
			[...start, box('jp2c', DEMO_PHOTO, 7)],
			[...start, box('jp2c', DEMO_PHOTO, 100_000)],
			[...start, box('jp2c', DEMO_PHOTO), Buffer.alloc(3)],
			[...start, box('jp2c', DEMO_PHOTO), box('jp2c', DEMO_PHOTO)],
			[...start, box('jp2c', Buffer.from('no codestream is in here, not at all'))],
		];
		for (const boxes of wrong) {
			expect(decodeSecureQr(makeDemoQr({ ...CARD, photo: Buffer.concat(boxes) })).ok).toBe(false);
		}
	});

	it('reads a time of signing without milliseconds', () => {
		const payload = demoPayload(CARD).toString('latin1').replace('103000123', '103000');
		const qr = decoded(signPayload(Buffer.from(payload, 'latin1')));
		expect(qr.referenceId).toBe('432720260301103000');
		expect(qr.signedAt).toEqual(new Date('2026-03-01T05:00:00Z'));
	});

	it('reads later cards that announce hashes and leave them out; V1 never did', () => {
		for (const version of ['V2', 'V3']) {
			const qr = decoded(makeDemoQr(CARD, { version, withoutHashes: true }));
			expect([qr.version, qr.emailHash, qr.mobileHash]).toEqual([version, null, null]);
			expect(qr.photo?.codestream).toEqual(DEMO_PHOTO);
		}
		expect(decodeSecureQr(makeDemoQr(CARD, { version: 'V1', withoutHashes: true }))).toEqual({
			ok: false,
			problem: 'unknown_layout',
			version: 'V1',
		});
	});

	it.each(['V0', 'V4', 'V5', 'V9', 'V22'])('does not guess at %s', (version) => {
		const problem = { ok: false, problem: 'unknown_version', version };
		expect(decodeSecureQr(makeDemoQr(CARD, { version }))).toEqual(problem);
	});

	it.each(['X2', 'v2', 'V', 'VV', '4', '__proto__', 'constructor'])(
		'does not guess at a beginning of %j',
		(version) => {
			expect(decodeSecureQr(makeDemoQr(CARD, { version }))).toMatchObject({
				ok: false,
				problem: 'unknown_layout',
			});
		},
	);

	it('refuses a payload cut anywhere in its text, its photo or its hashes', () => {
		const payload = demoPayload(CARD);
		for (let length = 0; length < payload.length; length += 7) {
			expect(decodeSecureQr(signPayload(payload.subarray(0, length))).ok).toBe(false);
		}
	});

	it('refuses a reference id that names no time', () => {
		const payload = demoPayload(CARD).toString('latin1').replace('20260301', '20261301');
		expect(decodeSecureQr(signPayload(Buffer.from(payload, 'latin1')))).toMatchObject({
			problem: 'unknown_layout',
		});
	});

	it.each([
		['nothing', '', 'empty'],
		['white space', ' \n ', 'empty'],
		['words', 'hello', 'not_digits'],
		['a sign', '-12345', 'not_digits'],
		['hexadecimal', '0x1f8b', 'not_digits'],
		['an exponent', '1e5', 'not_digits'],
		['a leading zero', '0123', 'not_digits'],
		['Devanagari digits', '१२३', 'not_digits'],
		['the old XML', '<?xml version="1.0"?><PrintLetterBarcodeData/>', 'not_digits'],
		['a small number', '7', 'not_compressed'],
		['100,000 digits', '9'.repeat(100_000), 'too_long'],
		['20,000 digits', '9'.repeat(20_000), 'not_compressed'],
		['a gzip header alone', toDecimal(Buffer.from('1f8b', 'hex')), 'not_compressed'],
		['a zlib header alone', toDecimal(Buffer.from('78', 'hex')), 'not_compressed'],
		['gzip of nothing', toDecimal(gzipSync('')), 'unknown_layout'],
		['gzip of words', toDecimal(gzipSync('hello '.repeat(100))), 'unknown_layout'],
		['separators only', toDecimal(gzipSync(Buffer.alloc(2000, 0xff))), 'unknown_layout'],
	])('refuses %s', (_what, text, problem) => {
		expect(decodeSecureQr(text)).toMatchObject({ ok: false, problem });
	});

	it('refuses a bomb, however it is wrapped', () => {
		const eightMegabytes = Buffer.alloc(8 * 1024 * 1024);
		const small = [gzipSync(eightMegabytes), deflateSync(eightMegabytes)].map(toDecimal);
		expect(Math.max(...small.map((text) => text.length))).toBeLessThan(20_001);
		for (const text of small) {
			expect(decodeSecureQr(text)).toMatchObject({ problem: 'not_compressed' });
		}
		// Deflate squeezes at most 1,032 to 1: a gigabyte needs 2.5 million digits and is not even unpacked.
		expect(decodeSecureQr('9'.repeat(2_500_000))).toMatchObject({ problem: 'too_long' });
	});
});
