import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contactHash } from './contact-hash.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');

describe('contactHash', () => {
	it("hashes as often as the last digit says (UIDAI's example)", () => {
		expect(contactHash('9999999999', 7)).toMatch(/^d79ddb6b[0-9a-f]{51}e291a$/);
	});

	it('hashes the hex of the hash, and once for 0 as for 1', () => {
		expect(contactHash('9812345654', 0)).toBe(sha('9812345654'));
		expect(contactHash('9812345654', 1)).toBe(sha('9812345654'));
		expect(contactHash('9812345654', 2)).toBe(sha(sha('9812345654')));
	});
});
