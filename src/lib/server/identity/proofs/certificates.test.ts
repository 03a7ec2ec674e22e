import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { certificateRegistry, covers, givenCertificates, readCertificate } from './certificates.ts';
import { DEMONSTRATION_CERTIFICATE } from './certificates/demonstration.ts';
import { UIDAI_CERTIFICATES } from './certificates/uidai.ts';

const file = (name: string) => readFileSync(new URL(`./certificates/${name}`, import.meta.url));
const demonstration = readCertificate(DEMONSTRATION_CERTIFICATE.pem, DEMONSTRATION_CERTIFICATE);

describe('the certificates that ship', () => {
	it('are the same in the code as in the files, and as pinned', () => {
		const pairs = [
			['uidai-2017-2020.cer', UIDAI_CERTIFICATES[0]],
			['uidai-2021.cer', UIDAI_CERTIFICATES[1]],
			['demonstration.cer', DEMONSTRATION_CERTIFICATE],
		] as const;
		for (const [name, pinned] of pairs) {
			expect(readCertificate(file(name)).fingerprint).toBe(pinned?.fingerprint);
			expect(readCertificate(pinned?.pem ?? '', pinned).fingerprint).toBe(pinned?.fingerprint);
		}
	});

	it('have the windows of their X.509', () => {
		const windows = certificateRegistry({ demo: false }).certificates.map((certificate) => [
			certificate.validFrom.toISOString(),
			certificate.validTo.toISOString(),
		]);
		expect(windows).toEqual([
			['2017-06-08T10:46:26.000Z', '2020-06-07T10:46:26.000Z'],
			['2021-02-26T11:54:24.000Z', '2024-02-27T00:27:11.000Z'],
		]);
	});

	it('cover their first and last instant and nothing outside', () => {
		const { validFrom, validTo } = demonstration;
		expect(covers(demonstration, validFrom)).toBe(true);
		expect(covers(demonstration, validTo)).toBe(true);
		expect(covers(demonstration, new Date(validFrom.getTime() - 1))).toBe(false);
		expect(covers(demonstration, new Date(validTo.getTime() + 1))).toBe(false);
	});

	it('say in the demonstration one that it is only that', () => {
		expect(file('demonstration.cer').toString()).toContain('DEMONSTRATION ONLY');
		expect(readCertificate(DEMONSTRATION_CERTIFICATE.pem).name).toBe(
			'CN=Jansunwai demonstration only - not UIDAI',
		);
	});
});

describe('certificateRegistry', () => {
	const has = (registry: ReturnType<typeof certificateRegistry>) =>
		registry.certificates.some(({ fingerprint }) => fingerprint === demonstration.fingerprint);

	it('knows the demonstration certificate in a demonstration only, even when it was added', () => {
		expect(has(certificateRegistry({ demo: true }))).toBe(true);
		expect(has(certificateRegistry({ demo: false }))).toBe(false);
		expect(has(certificateRegistry({ demo: false, added: [demonstration] }))).toBe(false);
	});

	it('takes what an administrator added, and enforces windows', () => {
		const added = { ...demonstration, fingerprint: 'f'.repeat(64) };
		const registry = certificateRegistry({ demo: false, added: [added] });
		expect(registry.certificates).toContain(added);
		expect(registry.windows).toBe('enforced');
		expect(givenCertificates([added])).toEqual({ certificates: [added], windows: 'reported' });
	});
});

describe('readCertificate', () => {
	it('refuses what is no certificate', () => {
		for (const junk of [
			'',
			'hello',
			'-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
		]) {
			expect(() => readCertificate(junk)).toThrow('Not a certificate');
		}
		const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
		const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
		expect(() => readCertificate(pem)).toThrow('Not a certificate');
	});

	it('refuses another certificate than the pinned one', () => {
		const pinned = { name: 'UIDAI', fingerprint: UIDAI_CERTIFICATES[0]?.fingerprint };
		expect(() => readCertificate(DEMONSTRATION_CERTIFICATE.pem, pinned)).toThrow('not the pinned');
	});
});
