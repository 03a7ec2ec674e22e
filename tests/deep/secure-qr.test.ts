import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { certificateRegistry } from '#lib/server/identity/proofs/certificates.ts';
import { verifySecureQr } from '#lib/server/identity/proofs/verify.ts';
import { makeDemoQr, toDecimal } from '../../src/demo/identity/sign-demo.ts';

const OWN = makeDemoQr({
	fields: { name: 'Ramesh Kumar', dob: '02-01-1979', gender: 'M', district: 'Rewari' },
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
});
const SAMPLE_FILE = resolve('../shared/data/aadhaar/uidai-published-secure-qr.txt');
const registry = certificateRegistry({ demo: true });

const samples: [string, string | null][] = [
	['a QR of our own', OWN],
	[
		"UIDAI's published sample",
		existsSync(SAMPLE_FILE) ? readFileSync(SAMPLE_FILE, 'latin1').trim() : null,
	],
];

function inflated(text: string): Buffer {
	const hex = BigInt(text).toString(16);
	return gunzipSync(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'));
}

describe.each(samples)('%s', (_, text) => {
	if (text === null) console.error(`not tried: no ${SAMPLE_FILE}`);

	test.skipIf(text === null)('verifies as it is', () => {
		expect(verifySecureQr(text ?? '', registry).signature).toBe('valid');
	});

	test.skipIf(text === null)('with any one digit changed to any other never verifies', () => {
		const passed: string[] = [];
		const digits = text ?? '';
		for (let at = 0; at < digits.length; at += 1) {
			for (let digit = 0; digit < 10; digit += 1) {
				if (String(digit) === digits[at]) continue;
				const changed = digits.slice(0, at) + digit + digits.slice(at + 1);
				if (verifySecureQr(changed, registry).signature === 'valid') passed.push(`${at}: ${digit}`);
			}
		}
		expect(passed).toEqual([]);
	});

	test.skipIf(text === null)('100,000 mutations of the inflated bytes never verify', () => {
		const original = inflated(text ?? '');
		let passed = 0;
		for (let round = 0; round < 100_000; round += 1) {
			const bytes = Buffer.from(original);
			const flips = randomInt(1, 4);
			for (let flip = 0; flip < flips; flip += 1) {
				const at = randomInt(bytes.length);
				bytes[at] = (bytes[at] ?? 0) ^ randomInt(1, 256);
			}
			if (bytes.equals(original)) continue;
			const changed = toDecimal(gzipSync(bytes, { level: 0 }));
			if (verifySecureQr(changed, registry).signature === 'valid') passed += 1;
		}
		expect(passed).toBe(0);
	});
});
