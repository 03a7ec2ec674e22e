import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	demoPayload,
	makeDemoQr,
	signPayload,
	toDecimal,
	type DemoCard,
} from '../../../../demo/identity/sign-demo.ts';
import {
	certificateRegistry,
	givenCertificates,
	type CertificateRegistry,
	type SigningCertificate,
} from './certificates.ts';
import { decodeSecureQr } from './secure-qr.ts';
import { verifySecureQr } from './verify.ts';

const CARD: DemoCard = {
	fields: { name: 'Ramesh Kumar', dob: '02-01-1979', gender: 'M', district: 'Rewari' },
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
};
const TEXT = makeDemoQr(CARD);
const DEMO = certificateRegistry({ demo: true });
const PRODUCTION = certificateRegistry({ demo: false });

const DATA = resolve('../shared/data/aadhaar');
const SAMPLE = existsSync(`${DATA}/uidai-published-secure-qr.txt`)
	? readFileSync(`${DATA}/uidai-published-secure-qr.txt`, 'latin1').trim()
	: null;
if (SAMPLE === null) console.error(`UIDAI's published sample is not tried: no ${DATA}`);

function ownKey(from: string, to: string) {
	const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const certificate: SigningCertificate = {
		name: 'test',
		fingerprint: from,
		validFrom: new Date(from),
		validTo: new Date(to),
		publicKey,
	};
	return { certificate, key: privateKey };
}

/** Not squeezed, because the tests make thousands. */
const gzipStored = (bytes: Buffer) => gzipSync(bytes, { level: 0 });

/** Every `step`-th digit changed to one other digit: never valid, never a throw. */
function digitChanges(text: string, registry: CertificateRegistry, step: number): string[] {
	const passed: string[] = [];
	for (let at = 0; at < text.length; at += step) {
		const other = String((Number(text[at]) + 1 + (at % 9)) % 10);
		const changed = text.slice(0, at) + other + text.slice(at + 1);
		if (verifySecureQr(changed, registry).signature === 'valid') passed.push(`${at}: ${other}`);
	}
	return passed;
}

describe('verifySecureQr on QRs of our own', () => {
	it('accepts what the demonstration signed, in a demonstration', () => {
		expect(verifySecureQr(TEXT, DEMO)).toMatchObject({
			signature: 'valid',
			withinWindow: true,
			version: 'V2',
			referenceId: '901720260505143000000',
			fields: { name: 'Ramesh Kumar', mobileLast4: '5654' },
			photo: { width: 60, height: 60 },
			hasMobileHash: true,
			hasEmailHash: false,
			publishedSample: false,
			mobileMatch: null,
		});
	});

	it('does not know the demonstration in production', () => {
		expect(verifySecureQr(TEXT, PRODUCTION)).toMatchObject({
			signature: 'unknown_certificate',
			withinWindow: false,
			mobileMatch: null,
			certificateFingerprint: null,
		});
		const inUidaisTime = makeDemoQr({ ...CARD, signedAt: new Date('2022-01-01T00:00:00Z') });
		expect(verifySecureQr(inUidaisTime, PRODUCTION)).toMatchObject({
			signature: 'invalid',
			withinWindow: true,
		});
	});

	it('tells the holder from somebody with a photo of the card', () => {
		const match = (mobile: string, card: DemoCard = CARD) =>
			verifySecureQr(makeDemoQr(card), DEMO, { mobile }).mobileMatch;
		expect(match('+919812345654')).toBe(true);
		expect(match('९८१२३ ४५६५४')).toBe(true);
		expect(match('+919812345655')).toBe(false);
		expect(match('no number')).toBeNull();
		expect(match('9812345654', { ...CARD, mobile: undefined })).toBeNull();
		for (const digit of '0123456789') {
			expect(match('9812345654', { ...CARD, last4: `901${digit}` })).toBe(true);
		}
	});

	it('says nothing about the mobile when the signature does not hold', () => {
		const { key } = ownKey('2020-01-01', '2030-01-01');
		const forged = verifySecureQr(makeDemoQr(CARD, { key }), DEMO, { mobile: '9812345654' });
		expect(forged).toMatchObject({ signature: 'invalid', mobileMatch: null });
	});

	it('asks only certificates whose window covers the instant of signing', () => {
		const old = ownKey('2015-01-01T00:00:00Z', '2019-12-31T00:00:00Z');
		const current = ownKey('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
		const certificates = [old.certificate, current.certificate];
		const enforced: CertificateRegistry = { certificates, windows: 'enforced' };
		const reported = givenCertificates(certificates);
		const verdict = (text: string, registry: CertificateRegistry) => {
			const { signature, withinWindow } = verifySecureQr(text, registry);
			return [signature, withinWindow];
		};
		const byOld = makeDemoQr(CARD, { key: old.key });
		const byCurrent = makeDemoQr(CARD, { key: current.key });
		const between = makeDemoQr(
			{ ...CARD, signedAt: new Date('2021-01-01T00:00:00Z') },
			{ key: current.key },
		);
		expect(verdict(byCurrent, enforced)).toEqual(['valid', true]);
		expect(verdict(byOld, enforced)).toEqual(['invalid', true]);
		expect(verdict(between, enforced)).toEqual(['unknown_certificate', false]);
		expect(verdict(byOld, reported)).toEqual(['valid', false]);
		expect(verdict(between, reported)).toEqual(['valid', false]);
		expect(verdict(TEXT, reported)).toEqual(['invalid', false]);
		expect(verdict(TEXT, givenCertificates([old.certificate]))).toEqual(['invalid', false]);
		expect(verdict(TEXT, givenCertificates([]))).toEqual(['unknown_certificate', false]);
	});

	it('takes the second certificate when two cover the instant', () => {
		const first = ownKey('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
		const second = ownKey('2026-02-01T00:00:00Z', '2027-02-01T00:00:00Z');
		const registry: CertificateRegistry = {
			certificates: [first.certificate, second.certificate],
			windows: 'enforced',
		};
		expect(verifySecureQr(makeDemoQr(CARD, { key: second.key }), registry)).toMatchObject({
			signature: 'valid',
			certificateFingerprint: second.certificate.fingerprint,
		});
	});

	it('holds no certificate with another kind of key for a signer', () => {
		const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const { certificate } = ownKey('2026-01-01', '2027-01-01');
		const registry = givenCertificates([{ ...certificate, publicKey }]);
		expect(verifySecureQr(TEXT, registry).signature).toBe('invalid');
	});

	it('accepts V1 and zlib, and names the version it does not support', () => {
		for (const options of [{ version: 'V1' }, { compression: 'zlib' }] as const) {
			expect(verifySecureQr(makeDemoQr(CARD, options), DEMO).signature).toBe('valid');
		}
		expect(verifySecureQr(makeDemoQr(CARD, { version: 'V5' }), DEMO)).toMatchObject({
			signature: 'unsupported',
			withinWindow: false,
			version: 'V5',
			problem: 'unknown_version',
			fields: null,
		});
	});

	it('refuses every change of a digit', () => {
		expect(digitChanges(TEXT, DEMO, 5)).toEqual([]);
	});

	it('refuses every flipped bit of what was signed, and of the signature', () => {
		const signed = demoPayload(CARD);
		const qr = decodeSecureQr(signPayload(signed));
		const whole = Buffer.concat([signed, qr.ok ? qr.qr.signature : Buffer.alloc(0)]);
		const passed: number[] = [];
		for (let bit = 0; bit < whole.length * 8; bit += 11) {
			const flipped = Buffer.from(whole);
			flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			const text = toDecimal(gzipStored(flipped));
			if (verifySecureQr(text, DEMO).signature === 'valid') passed.push(bit);
		}
		expect(passed).toEqual([]);
		expect(verifySecureQr(toDecimal(gzipStored(whole)), DEMO).signature).toBe('valid');
	});

	it('refuses it truncated, doubled, reversed or with a digit more', () => {
		const variants = [
			TEXT.slice(0, -1),
			TEXT.slice(1),
			TEXT.slice(0, TEXT.length / 2),
			TEXT + TEXT,
			`${TEXT}0`,
			`1${TEXT}`,
			Array.from(TEXT).reverse().join(''),
			`${TEXT.slice(0, 50)} ${TEXT.slice(50)}`,
		];
		for (const text of variants) {
			expect(verifySecureQr(text, DEMO).signature).not.toBe('valid');
		}
	});

	it('never throws', () => {
		const compressed = fc
			.uint8Array({ maxLength: 600 })
			.map((bytes) => toDecimal(gzipStored(Buffer.from(bytes))));
		const spliced = fc
			.tuple(fc.nat(demoPayload(CARD).length), fc.uint8Array({ maxLength: 40 }))
			.map(([at, bytes]) => {
				const payload = demoPayload(CARD);
				return signPayload(Buffer.concat([payload.subarray(0, at), bytes, payload.subarray(at)]));
			});
		const text = fc.oneof(fc.string({ unit: 'binary' }), compressed, spliced);
		fc.assert(
			fc.property(text, (input) => {
				expect(['valid', 'invalid', 'unsupported']).toContain(
					verifySecureQr(input, DEMO, { mobile: input }).signature,
				);
			}),
		);
	});
});

describe.skipIf(SAMPLE === null)("verifySecureQr on UIDAI's published sample", () => {
	const text = SAMPLE ?? '';

	it('accepts it with the certificate of its time, and knows it', () => {
		expect(verifySecureQr(text, PRODUCTION)).toMatchObject({
			signature: 'valid',
			withinWindow: true,
			version: 'V1',
			referenceId: '269720190308114407437',
			fields: { name: 'Sumit Kumar', dob: '01-01-1984', gender: 'M', pin: '110051' },
			photo: { width: 60, height: 60 },
			hasMobileHash: true,
			hasEmailHash: true,
			publishedSample: true,
		});
	});

	it('refuses it with the other certificate', () => {
		const [, later] = PRODUCTION.certificates;
		const only = later ? [later] : [];
		expect(verifySecureQr(text, givenCertificates(only)).signature).toBe('invalid');
		expect(verifySecureQr(text, { certificates: only, windows: 'enforced' }).signature).toBe(
			'unknown_certificate',
		);
	});

	it('refuses every change of a digit', () => {
		expect(digitChanges(text, PRODUCTION, 11)).toEqual([]);
	});
});
