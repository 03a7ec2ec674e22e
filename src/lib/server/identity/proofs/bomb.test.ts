import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDecimal } from '../../../../demo/identity/sign-demo.ts';

const MB = 1024 * 1024;

/** A whole gzip file that inflates to `megabytes` of zeros, made without ever holding them. */
function gzipBomb(megabytes: number): Buffer {
	const zeros = Buffer.alloc(MB);
	// A full flush ends on a byte and forgets what was before, so that the same bytes may follow again.
	const part = deflateRawSync(zeros, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
	let crc = 0;
	for (let count = 0; count < megabytes; count += 1) crc = crc32(zeros, crc);
	const end = Buffer.alloc(8);
	end.writeUInt32LE(crc, 0);
	end.writeUInt32LE(megabytes * MB, 4);
	return Buffer.concat([
		Buffer.from('1f8b0800000000000203', 'hex'),
		...Array.from({ length: megabytes }, () => part),
		deflateRawSync(Buffer.alloc(0)),
		end,
	]);
}

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'bomb-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a process of its own says of a text, and by how many bytes its memory grew at the most. */
function judge(text: string): { signature: string; grown: number } {
	const path = join(folder, 'qr.txt');
	writeFileSync(path, text);
	const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
	const script = `
		import { readFileSync } from 'node:fs';
		const { verifySecureQr } = await import(${module('./verify.ts')});
		const { certificateRegistry } = await import(${module('./certificates.ts')});
		const registry = certificateRegistry({ demo: false });
		const text = readFileSync(${JSON.stringify(path)}, 'latin1');
		const before = process.resourceUsage().maxRSS;
		const { signature } = verifySecureQr(text, registry);
		const grown = (process.resourceUsage().maxRSS - before) * 1024;
		console.log(JSON.stringify({ signature, grown }));
	`;
	const options = { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } } as const;
	return JSON.parse(
		execFileSync(process.execPath, ['--input-type=module', '-e', script], options),
	) as { signature: string; grown: number };
}

describe('a bomb', () => {
	it('of a gigabyte is refused in less than 50 MB of memory', () => {
		expect(gunzipSync(gzipBomb(3))).toHaveLength(3 * MB); // the maker does what it says
		const text = toDecimal(gzipBomb(1024));
		expect(text.length).toBeGreaterThan(2_000_000);
		const { signature, grown } = judge(text);
		expect(signature).toBe('unsupported');
		expect(grown).toBeLessThan(50 * MB);
	});

	it('as big as a QR text may be is refused in less than 50 MB of memory', () => {
		const text = toDecimal(gzipSync(Buffer.alloc(8 * MB)));
		expect(text.length).toBeLessThan(20_001);
		const { signature, grown } = judge(text);
		expect(signature).toBe('unsupported');
		expect(grown).toBeLessThan(50 * MB);
	});
});
