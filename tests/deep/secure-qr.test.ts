import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
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

/** Some bytes changed; one time in four also a piece cut out, doubled, moved to the end or put in. */
function mutated(original: Buffer): Buffer {
	const bytes = Buffer.from(original);
	for (let flips = randomInt(1, 4); flips > 0; flips -= 1) {
		const at = randomInt(bytes.length);
		bytes[at] = (bytes[at] ?? 0) ^ randomInt(1, 256);
	}
	const [from, to] = [randomInt(bytes.length), randomInt(bytes.length)].sort((a, b) => a - b);
	const [head, piece, tail] = [
		bytes.subarray(0, from),
		bytes.subarray(from, to),
		bytes.subarray(to),
	];
	switch (randomInt(16)) {
		case 0:
			return Buffer.concat([head, tail]);
		case 1:
			return Buffer.concat([head, piece, piece, tail]);
		case 2:
			return Buffer.concat([head, tail, piece]);
		case 3:
			return Buffer.concat([head, randomBytes(randomInt(1, 64)), piece, tail]);
		default:
			return bytes;
	}
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
		const passed: string[] = [];
		for (let round = 0; round < 100_000; round += 1) {
			const bytes = mutated(original);
			if (bytes.equals(original)) continue;
			const compressed =
				round % 2 ? deflateSync(bytes, { level: 0 }) : gzipSync(bytes, { level: 0 });
			const { signature } = verifySecureQr(toDecimal(compressed), registry);
			if (signature === 'valid') passed.push(bytes.toString('hex'));
		}
		expect(passed).toEqual([]);
	});
});
