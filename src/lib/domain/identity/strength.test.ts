import { describe, expect, it } from 'vitest';
import { PROOF_KINDS, strengthOf } from './strength.ts';

describe('strengthOf', () => {
	it('tells a holder from somebody with a photo of the card', () => {
		const kind = 'aadhaar_qr';
		expect(strengthOf({ kind, signatureValid: true, mobileMatch: true })).toBe(
			'signature_and_mobile_match',
		);
		expect(strengthOf({ kind, signatureValid: true, mobileMatch: false })).toBe('signature_only');
		expect(strengthOf({ kind, signatureValid: true, mobileMatch: null })).toBe('signature_only');
		expect(strengthOf({ kind, signatureValid: true })).toBe('signature_only');
	});

	it('gives nothing for an Aadhaar proof whose signature does not hold', () => {
		for (const kind of ['aadhaar_qr', 'aadhaar_ekyc'] as const) {
			expect(strengthOf({ kind, signatureValid: false, mobileMatch: true })).toBe('mobile_only');
			expect(strengthOf({ kind, mobileMatch: true })).toBe('mobile_only');
			expect(strengthOf({ kind, signatureValid: false, attested: true })).toBe('attested_by_clerk');
		}
	});

	it('takes papers as declared until a clerk has seen them', () => {
		for (const kind of ['ppp', 'jan_aadhaar', 'other_document'] as const) {
			expect(strengthOf({ kind })).toBe('declared');
			expect(strengthOf({ kind, attested: true })).toBe('attested_by_clerk');
			expect(strengthOf({ kind, signatureValid: true, mobileMatch: true })).toBe('declared');
		}
	});

	it('takes a family id as confirmed when the state has it with this mobile, and nothing else so', () => {
		for (const kind of ['ppp', 'jan_aadhaar'] as const) {
			const facts = { kind, attested: true, registryMatch: true };
			expect(strengthOf(facts)).toBe('confirmed_by_registry');
			expect(strengthOf({ ...facts, registryMatch: false })).toBe('attested_by_clerk');
		}
		expect(strengthOf({ kind: 'other_document', registryMatch: true })).toBe('declared');
		expect(strengthOf({ kind: 'aadhaar_qr', registryMatch: true })).toBe('mobile_only');
		expect(strengthOf({ kind: 'mobile_only', registryMatch: true })).toBe('mobile_only');
	});

	it('answers for every kind', () => {
		expect(PROOF_KINDS.map((kind) => strengthOf({ kind }))).not.toContain(undefined);
		expect(strengthOf({ kind: 'mobile_only', attested: true })).toBe('mobile_only');
	});
});
