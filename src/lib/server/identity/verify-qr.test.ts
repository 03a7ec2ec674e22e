import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDemoQr, type DemoCard } from '../../../demo/identity/sign-demo.ts';
import { verifyQrCommand } from './verify-qr.ts';

const certificate = (name: string) =>
	fileURLToPath(new URL(`./proofs/certificates/${name}.cer`, import.meta.url));
const DEMONSTRATION = certificate('demonstration');
const UIDAI_2021 = certificate('uidai-2021');

const CARD: DemoCard = {
	fields: { name: 'Ramesh \u009b31m Kumar', dob: '02-01-1979', gender: 'M', district: 'Rewari' },
	last4: '9017',
	signedAt: new Date('2026-05-05T09:00:00Z'),
	mobile: '9812345654',
};
const NO_FIELDS = Object.fromEntries(
	[
		...['name', 'dob', 'gender', 'careOf', 'district', 'landmark', 'house', 'location', 'pin'],
		...['postOffice', 'state', 'street', 'subDistrict', 'vtc', 'mobileLast4'],
	].map((name) => [name, null]),
);

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'verify-qr-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command on a file with this text. */
function verify(text: string | Uint8Array, ...args: string[]) {
	writeFileSync(join(folder, 'qr.txt'), text);
	return verifyQrCommand(['qr.txt', ...args], folder);
}
const named = (...paths: string[]) => paths.flatMap((path) => ['--certificate', path]);

describe('verifyQrCommand', () => {
	it('tells all that stands in a QR which the named certificate signed', async () => {
		const { answer, trouble, exitCode } = await verify(
			` \n${makeDemoQr(CARD)}\r\n`,
			...named(UIDAI_2021, DEMONSTRATION),
		);
		expect([trouble, exitCode]).toEqual([null, 0]);
		expect(answer).toEqual({
			signature: 'valid',
			withinWindow: true,
			version: 'V2',
			referenceId: '901720260505143000000',
			fields: {
				...Object.fromEntries(Object.keys(NO_FIELDS).map((name) => [name, ''])),
				...CARD.fields,
				mobileLast4: '5654',
			},
			photo: { width: 60, height: 60 },
			hasMobileHash: true,
			hasEmailHash: false,
		});
	});

	it('has null for the field that V1 does not have, and for a photo that is not there', async () => {
		const text = makeDemoQr({ ...CARD, photo: null }, { version: 'V1', compression: 'zlib' });
		const { answer } = await verify(text, ...named(DEMONSTRATION));
		expect(answer).toMatchObject({
			signature: 'valid',
			version: 'V1',
			photo: null,
			fields: { mobileLast4: null, street: '' },
		});
	});

	it('only reports the window of a named certificate, and of no other than the one that verified', async () => {
		const early = makeDemoQr({ ...CARD, signedAt: new Date('2018-01-01T00:00:00Z') });
		const old = certificate('uidai-2017-2020');
		expect(await verify(early, ...named(old, DEMONSTRATION))).toMatchObject({
			answer: { signature: 'valid', withinWindow: false },
			exitCode: 0,
		});
		expect(await verify(early, ...named(old))).toMatchObject({
			answer: { signature: 'invalid', withinWindow: false },
			exitCode: 1,
		});
	});

	it('asks the registry of a production system when no certificate is named', async () => {
		expect(await verify(makeDemoQr(CARD))).toMatchObject({
			answer: { signature: 'unknown_certificate', withinWindow: false },
			trouble: null,
			exitCode: 1,
		});
		const inUidaisTime = makeDemoQr({ ...CARD, signedAt: new Date('2022-01-01T00:00:00Z') });
		expect(await verify(inUidaisTime)).toMatchObject({
			answer: { signature: 'invalid', withinWindow: true },
			exitCode: 1,
		});
	});

	it('reads certificates in DER, and several in one PEM file', async () => {
		const der = join(folder, 'der.cer');
		writeFileSync(der, new X509Certificate(readFileSync(DEMONSTRATION)).raw);
		const both = join(folder, 'both.pem');
		writeFileSync(both, [UIDAI_2021, DEMONSTRATION].map((path) => readFileSync(path)).join('\n'));
		for (const path of [der, both]) {
			expect((await verify(makeDemoQr(CARD), ...named(path))).exitCode).toBe(0);
		}
	});

	it.each([
		['nothing', ''],
		['words', 'hello'],
		['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00, 0x31)],
		['100,000 digits', '9'.repeat(100_000)],
		['a QR twice', makeDemoQr(CARD).repeat(2)],
		['half a QR', makeDemoQr(CARD).slice(0, 1500)],
	])('says of %s that it is unsupported, with every key and no more', async (_what, text) => {
		const { answer, exitCode } = await verify(text, ...named(DEMONSTRATION));
		expect(answer).toEqual({
			signature: 'unsupported',
			withinWindow: false,
			version: null,
			referenceId: null,
			fields: NO_FIELDS,
			photo: null,
			hasMobileHash: false,
			hasEmailHash: false,
		});
		expect(exitCode).toBe(1);
	});

	it('names the version that it does not know', async () => {
		const { answer } = await verify(makeDemoQr(CARD, { version: 'V5' }), ...named(DEMONSTRATION));
		expect(answer).toMatchObject({ signature: 'unsupported', version: 'V5', fields: NO_FIELDS });
	});

	it('says in one sentence what is wrong with a file, and judges no QR then', async () => {
		const ok = makeDemoQr(CARD);
		writeFileSync(join(folder, 'junk'), 'junk');
		const cases = [
			[await verifyQrCommand([], folder), /^Usage: /],
			[await verifyQrCommand(['a', 'b'], folder), /^Usage: /],
			[await verify(ok, '--certificate'), /^Usage: /],
			[await verify(ok, '--other'), /^Usage: /],
			[await verifyQrCommand(['missing'], folder), /^There is no file .*missing\.$/],
			[await verifyQrCommand(['.'], folder), /cannot be read \(EISDIR\)\.$/],
			[await verify(ok, ...named('missing')), /^There is no file .*missing\.$/],
			[await verify(ok, ...named('junk')), /^Not a certificate .*junk\.$/],
		] as const;
		for (const [{ answer, trouble, exitCode }, sentence] of cases) {
			expect([answer, exitCode]).toEqual([null, 1]);
			expect(trouble).toMatch(sentence);
			expect(trouble).not.toContain('\n');
		}
	});

	it('reads a huge file only so far, and says so', async () => {
		const { answer, trouble, exitCode } = await verify('9'.repeat(2_500_000));
		expect(answer?.signature).toBe('unsupported');
		expect(trouble).toMatch(/too large/);
		expect(exitCode).toBe(1);
	});
});
