import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { certificateRegistry } from '#lib/server/identity/proofs/certificates.ts';
import { verifySecureQr } from '#lib/server/identity/proofs/verify.ts';
import { makeDemoQr } from '../../src/demo/identity/sign-demo.ts';
import type { Measured, Suite } from '../lib/figures.ts';
import { percentile } from '../lib/statistics.ts';

const WARM_UP = 200;
const SAMPLE = resolve('../shared/data/aadhaar/uidai-published-secure-qr.txt');

export const identity: Suite = {
	metrics: {
		'identity.verify-qr.p95': { unit: 'ms', below: 10 },
	},
	async run(figures, scale) {
		await figures.measure('identity.verify-qr.p95', async () =>
			measureVerifying(Math.max(Math.round(5000 * scale), 100)),
		);
	},
};

/** From the decimal text to the verdict, the mobile's hash compared too. */
function measureVerifying(times: number): Measured {
	const registry = certificateRegistry({ demo: true });
	const mobile = '9812345654';
	const own = makeDemoQr({
		fields: { name: 'Ramesh Kumar', dob: '02-01-1979', gender: 'M', district: 'Rewari' },
		last4: '9019',
		signedAt: new Date('2026-05-05T09:00:00Z'),
		mobile,
	});
	const there = existsSync(SAMPLE);
	const texts = there ? [own, readFileSync(SAMPLE, 'latin1').trim()] : [own];
	const samples: number[] = [];
	for (let round = -WARM_UP; round < times; round += 1) {
		const text = texts[(round + WARM_UP) % texts.length] ?? own;
		const begun = performance.now();
		const { signature } = verifySecureQr(text, registry, { mobile });
		const took = performance.now() - begun;
		if (signature !== 'valid') throw new Error(`the signature is ${signature}`);
		if (round >= 0) samples.push(took);
	}
	const lengths = texts.map((text) => text.length).join(' and ');
	return {
		value: percentile(samples, 95),
		work: `${times} QRs of ${lengths} digits decoded and verified${there ? " (UIDAI's published sample among them)" : ''}; median ${percentile(samples, 50).toFixed(2)} ms, slowest ${percentile(samples, 100).toFixed(2)} ms`,
	};
}
