import { beforeEach, describe, expect, test } from 'vitest';
import { blindIndex, randomCode, seal, unseal, useKeyring } from './crypto.ts';

const dataKey = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
const indexKey = Buffer.alloc(32, 9);

beforeEach(() => useKeyring({ dataKeys: [dataKey('new', 1), dataKey('old', 2)], indexKey }));

describe('sealed text', () => {
	test('opens to what was sealed, and never looks the same twice', () => {
		const text = 'राम, +919876543210 👨‍👩‍👧';
		const [one, two] = [seal(text, 'mobile'), seal(text, 'mobile')];
		expect(unseal(one, 'mobile')).toBe(text);
		expect(one.equals(two)).toBe(false);
		expect(one.includes('9876543210')).toBe(false);
	});

	test('does not open in another column', () => {
		expect(() => unseal(seal('x', 'mobile'), 'email')).toThrow();
	});

	test('does not open when any byte was changed', () => {
		const sealed = seal('secret', 'mobile');
		for (let at = 0; at < sealed.length; at += 1) {
			const changed = Buffer.from(sealed);
			changed[at] = (changed[at] ?? 0) ^ 1;
			expect(() => unseal(changed, 'mobile'), `byte ${at}`).toThrow();
		}
	});

	test('sealed with an earlier key still opens; without that key it does not', () => {
		useKeyring({ dataKeys: [dataKey('old', 2)], indexKey });
		const sealed = seal('x', 'mobile');
		useKeyring({ dataKeys: [dataKey('new', 1), dataKey('old', 2)], indexKey });
		expect(unseal(sealed, 'mobile')).toBe('x');
		useKeyring({ dataKeys: [dataKey('new', 1)], indexKey });
		expect(() => unseal(sealed, 'mobile')).toThrow('unknown key');
	});
});

describe('the blind index', () => {
	test('finds equal values, keeps purposes apart and needs its key', () => {
		const index = blindIndex('mobile', '+919876543210');
		expect(blindIndex('mobile', '+919876543210').equals(index)).toBe(true);
		expect(blindIndex('sms', '+919876543210').equals(index)).toBe(false);
		useKeyring({ dataKeys: [dataKey('new', 1)], indexKey: Buffer.alloc(32, 8) });
		expect(blindIndex('mobile', '+919876543210').equals(index)).toBe(false);
	});
});

test('random codes have no look-alike letters', () => {
	expect(randomCode(200)).toMatch(/^[0-9a-hjkmnp-tv-z]{200}$/);
});
