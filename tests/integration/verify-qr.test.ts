import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';

const CERTIFICATES = resolve('src/lib/server/identity/proofs/certificates');
const SAMPLE = resolve('../shared/data/aadhaar/uidai-published-secure-qr.txt');
if (!existsSync(SAMPLE)) console.error(`UIDAI's published sample is not tried: no ${SAMPLE}`);

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'verify-qr-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]) {
	const ran = spawnSync('npm', ['run', '-s', 'verify:qr', '--', ...args], { encoding: 'utf8' });
	return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}
const by = (name: string) => ['--certificate', join(CERTIFICATES, `${name}.cer`)];

describe('npm run -s verify:qr', () => {
	it('prints one JSON object and nothing else, in plain ASCII controls', () => {
		const file = join(folder, 'qr.txt');
		const fields = { name: 'Ramesh \u009b31m' };
		const signedAt = new Date('2026-05-05T09:00:00Z');
		writeFileSync(file, makeDemoQr({ fields, last4: '9017', signedAt }));
		const { status, stdout } = run(file, ...by('demonstration'));
		expect(status).toBe(0);
		expect(stdout.trimEnd().split('\n')).toHaveLength(1);
		expect(stdout).not.toContain('\u009b');
		expect(JSON.parse(stdout)).toMatchObject({ signature: 'valid', fields });
		expect(run(file)).toMatchObject({ status: 1 });
	});

	it('prints no stack and no JSON when there is no such file', () => {
		const { status, stdout, stderr } = run(join(folder, 'missing.txt'));
		expect([status, stdout]).toEqual([1, '']);
		expect(stderr).toContain('There is no file');
		expect(stderr).not.toMatch(/\n\s+at /);
	});

	it.skipIf(!existsSync(SAMPLE))("accepts UIDAI's published sample by its own certificate", () => {
		const accepted = run(SAMPLE, ...by('uidai-2017-2020'));
		expect(accepted.status).toBe(0);
		expect(JSON.parse(accepted.stdout)).toMatchObject({
			signature: 'valid',
			withinWindow: true,
			version: 'V1',
			referenceId: '269720190308114407437',
			fields: { name: 'Sumit Kumar' },
			photo: { width: 60, height: 60 },
			hasMobileHash: true,
			hasEmailHash: true,
		});
		const refused = run(SAMPLE, ...by('uidai-2021'));
		expect(refused.status).toBe(1);
		expect(JSON.parse(refused.stdout)).toMatchObject({ signature: 'invalid', withinWindow: false });
	});
});
