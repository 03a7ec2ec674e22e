import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeDemoQr, type DemoCard } from '../../../../demo/identity/sign-demo.ts';
import { certificateRegistry } from './certificates.ts';
import { proofProblem, toKeptProof } from './kept.ts';
import { verifySecureQr, type ValidSecureQr } from './verify.ts';

const CARD: DemoCard = {
	fields: {
		name: ' Ramesh \u0085 Kumar',
		dob: '02-01-1979',
		gender: 'M',
		house: '12',
		pin: '123501',
	},
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
};
const REGISTRY = certificateRegistry({ demo: true });
const hash = (text: string) => createHmac('sha256', 'key').update(text).digest('hex');

function valid(mobile: string, card = CARD): ValidSecureQr {
	const verified = verifySecureQr(makeDemoQr(card), REGISTRY, { mobile });
	if (verified.signature !== 'valid') throw new Error(verified.signature);
	return verified;
}

describe('toKeptProof', () => {
	it('keeps what was ticked and nothing else', () => {
		const verified = valid('9812345654');
		expect(toKeptProof('aadhaar_qr', verified, ['name', 'pin', 'street'], hash)).toEqual({
			kind: 'aadhaar_qr',
			strength: 'signature_and_mobile_match',
			fields: { name: 'Ramesh Kumar', pin: '123501' },
			last4: '9017',
			referenceHash: hash(verified.referenceId),
			certificateFingerprint: verified.certificateFingerprint,
		});
	});

	it('keeps no field without consent, and never the reference id or a mobile number', () => {
		const kept = toKeptProof('aadhaar_qr', valid('9812345654'), [], hash);
		expect(kept.fields).toEqual({});
		expect(JSON.stringify(kept)).not.toMatch(/20260505|5654|Ramesh/);
	});

	it('says only that the card is genuine when the mobile is another or unknown', () => {
		expect(toKeptProof('aadhaar_qr', valid('9812345655'), [], hash).strength).toBe(
			'signature_only',
		);
		expect(
			toKeptProof('aadhaar_qr', valid('9812345654', { ...CARD, mobile: undefined }), [], hash)
				.strength,
		).toBe('signature_only');
	});

	it('gives the same hash for the same card, so that a second account is noticed', () => {
		const [a, b] = [valid('9812345654'), valid('9812345655')];
		expect(toKeptProof('aadhaar_qr', a, [], hash).referenceHash).toBe(
			toKeptProof('aadhaar_qr', b, [], hash).referenceHash,
		);
	});
});

describe('proofProblem', () => {
	it('finds none in a valid proof and says why another is none', () => {
		expect(proofProblem(valid('9812345654'), { demo: false })).toBeNull();
		const production = certificateRegistry({ demo: false });
		const inUidaisTime = { ...CARD, signedAt: new Date('2022-01-01T00:00:00Z') };
		const problems = [
			verifySecureQr('hello', REGISTRY),
			verifySecureQr(makeDemoQr(CARD), production),
			verifySecureQr(makeDemoQr(inUidaisTime), production),
		].map((verified) => proofProblem(verified, { demo: true }));
		expect(problems).toEqual(['unsupported', 'unknown_certificate', 'invalid_signature']);
	});

	it("takes UIDAI's published sample in a demonstration only", () => {
		const sample = { ...valid('9812345654'), publishedSample: true };
		expect(proofProblem(sample, { demo: true })).toBeNull();
		expect(proofProblem(sample, { demo: false })).toBe('published_sample');
	});
});
