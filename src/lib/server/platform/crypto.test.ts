import { beforeEach, describe, expect, test } from 'vitest';
import { sealFormat1 } from '../../../../tests/support/keys.ts';
import {
	blindIndex,
	proofsOfDataKeys,
	provesDataKey,
	randomCode,
	rewrap,
	seal,
	sealedUnder,
	unseal,
	useKeyring,
} from './crypto.ts';

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

describe('re-wrapping', () => {
	const old = () => useKeyring({ dataKeys: [dataKey('old', 2)], indexKey });
	const both = () => useKeyring({ dataKeys: [dataKey('new', 1), dataKey('old', 2)], indexKey });
	const rewrapped = () => {
		old();
		const before = seal('नाली', 'details');
		both();
		return { before, after: rewrap(before, 'details') };
	};

	test('puts a value under the first key, which alone then opens it', () => {
		const { before, after } = rewrapped();
		expect([sealedUnder(before), sealedUnder(after)]).toEqual([
			{ format: 2, keyId: 'old' },
			{ format: 2, keyId: 'new' },
		]);
		useKeyring({ dataKeys: [dataKey('new', 1)], indexKey });
		expect(unseal(after, 'details')).toBe('नाली');
	});

	test('leaves the sealed text as it is, byte for byte', () => {
		const { before, after } = rewrapped();
		const bodyOf = (sealed: Buffer) => sealed.subarray(2 + 3 + 60);
		expect(bodyOf(after).equals(bodyOf(before))).toBe(true);
		expect(after.subarray(5, 65).equals(before.subarray(5, 65))).toBe(false);
	});

	test('keeps the purpose: neither value opens, nor can be re-wrapped, for another', () => {
		const { before, after } = rewrapped();
		expect(() => unseal(after, 'relief')).toThrow();
		expect(() => rewrap(before, 'relief')).toThrow();
	});

	test('finds damage of the text while the old key is still there', () => {
		const { before } = rewrapped();
		const damaged = Buffer.from(before);
		damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
		expect(() => rewrap(damaged, 'details')).toThrow();
	});

	test('a value of format 1 opens, and comes out in format 2', () => {
		both();
		const before = sealFormat1('नाली', 'details', dataKey('old', 2));
		expect(unseal(before, 'details')).toBe('नाली');
		expect(() => unseal(before, 'relief')).toThrow();
		const after = rewrap(before, 'details');
		expect(sealedUnder(after)).toEqual({ format: 2, keyId: 'new' });
		expect(unseal(after, 'details')).toBe('नाली');
	});
});

test('no data key is used twice, so the wrapped keys of equal texts differ', () => {
	const wrapped = Array.from({ length: 50 }, () =>
		seal('x', 'mobile').subarray(5, 65).toString('hex'),
	);
	expect(new Set(wrapped).size).toBe(50);
});

test('bytes that are no sealed value are refused as such', () => {
	for (const bytes of [[], [2], [2, 3], [9, 3, ...Buffer.from('new'), ...Buffer.alloc(100)]]) {
		expect(() => unseal(Buffer.from(bytes), 'mobile'), String(bytes)).toThrow('not a sealed value');
	}
});

test('a proof holds for its key alone', () => {
	const proofs = proofsOfDataKeys();
	expect(proofs.map(({ keyId }) => keyId)).toEqual(['new', 'old']);
	expect(proofs.every(({ proof }) => provesDataKey(proof))).toBe(true);
	useKeyring({ dataKeys: [dataKey('new', 2), dataKey('old', 2)], indexKey });
	expect(proofs.map(({ proof }) => provesDataKey(proof))).toEqual([false, true]);
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
