import { randomBytes, randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { certificateRegistry } from '#lib/server/identity/proofs/certificates.ts';
import { readOfflineKyc } from '#lib/server/identity/proofs/offline-kyc.ts';
import { demoKycXml, signKycXml, zipKyc } from '../../src/demo/identity/sign-kyc.ts';

const SHARE_CODE = '7a2F';
const CARD = {
	fields: { name: 'Ramesh Kumar', dob: '02-01-1979', gender: 'M', district: 'Rewari' },
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
};
const XML = signKycXml(demoKycXml(CARD, SHARE_CODE, Buffer.from('ffd8ffe000104a46', 'hex')));
const registry = certificateRegistry({ demo: true });

const read = (zip: Uint8Array) =>
	readOfflineKyc(zip, SHARE_CODE, registry, {
		now: new Date('2026-06-01T00:00:00Z'),
		mobile: CARD.mobile,
	});
const original = await read(await zipKyc({ 'a.xml': XML }, SHARE_CODE));

describe('an e-KYC', () => {
	test('verifies as it is', () => expect(original.ok).toBe(true));

	test('with one character changed to several others verifies never, or says the same', async () => {
		const passed: string[] = [];
		for (let at = 0; at < XML.length; at += 1) {
			for (const other of ['<', '"', ' ', 'A', String.fromCharCode(XML.charCodeAt(at) ^ 1)]) {
				if (other === XML[at]) continue;
				const changed = XML.slice(0, at) + other + XML.slice(at + 1);
				const result = await read(await zipKyc({ 'a.xml': changed }, SHARE_CODE));
				if (result.ok && JSON.stringify(result) !== JSON.stringify(original)) passed.push(changed);
			}
		}
		expect(passed).toEqual([]);
	});

	test('in a ZIP that was changed anywhere verifies never, or says the same', async () => {
		const zip = Buffer.from(await zipKyc({ 'a.xml': XML }, SHARE_CODE, 'aes'));
		const passed: string[] = [];
		for (let round = 0; round < 10_000; round += 1) {
			const bytes = Buffer.from(zip);
			for (let flips = randomInt(1, 5); flips > 0; flips -= 1) {
				const at = randomInt(bytes.length);
				bytes[at] = (bytes[at] ?? 0) ^ randomInt(1, 256);
			}
			const cut = randomInt(bytes.length);
			const whole = [
				bytes,
				bytes.subarray(0, cut),
				Buffer.concat([bytes.subarray(0, cut), randomBytes(8), bytes.subarray(cut)]),
			][randomInt(3)];
			const result = await read(whole ?? bytes);
			if (result.ok && JSON.stringify(result) !== JSON.stringify(original)) {
				passed.push(bytes.toString('hex'));
			}
		}
		expect(passed).toEqual([]);
	});
});
