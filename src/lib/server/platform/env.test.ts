import { describe, expect, test } from 'vitest';
import { EnvError, readEnv } from './env.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const right = {
	ORIGIN: 'https://jansunwai.example',
	DATA_DIR: '/srv/jansunwai',
	DATABASE_URL: 'postgres://db/jansunwai',
	LIVEKIT_URL: 'wss://video.example',
	LIVEKIT_API_KEY: 'key',
	LIVEKIT_API_SECRET: 's'.repeat(32),
	DATA_KEYS: `2026:${key},2025:${key}`,
	INDEX_KEY: key,
};

function problems(source: Record<string, string | undefined>): string {
	try {
		readEnv(source);
	} catch (error) {
		if (error instanceof EnvError) return error.message;
		throw error;
	}
	throw new Error('accepted');
}

describe('the environment', () => {
	test('is read once, with numbers, keys and defaults', () => {
		const env = readEnv(right);
		expect(env).toMatchObject({ PORT: 3000, DEMO: false, LOG_LEVEL: 'info' });
		expect(env.DATA_KEYS.map(({ id }) => id)).toEqual(['2026', '2025']);
	});

	test('everything that is wrong is listed in one message', () => {
		const message = problems({
			...right,
			PORT: 'web',
			ORIGIN: 'jansunwai',
			LIVEKIT_API_SECRET: 'short',
			DATA_KEYS: 'a:b',
			INDEX_KEY: undefined,
			XFF_DEPTH: '0',
		});
		const wrong = ['PORT', 'ORIGIN', 'LIVEKIT_API_SECRET', 'DATA_KEYS', 'INDEX_KEY', 'XFF_DEPTH'];
		for (const name of wrong) {
			expect(message).toContain(name);
		}
	});

	test('two keys under one id are refused: nobody could tell which one sealed', () => {
		expect(problems({ ...right, DATA_KEYS: `a:${key},a:${key}` })).toContain('has an id twice');
	});

	test('a scanner stands behind a port or a socket, and nowhere else', () => {
		expect(readEnv(right).CLAMD_URL).toBeUndefined();
		for (const CLAMD_URL of ['tcp://127.0.0.1:3310', 'tcp://[::1]:3310', 'unix:/run/clamd.ctl']) {
			expect(readEnv({ ...right, CLAMD_URL }).CLAMD_URL).toBe(CLAMD_URL);
		}
		for (const CLAMD_URL of ['', 'clamd', 'http://clamd:3310', 'tcp://clamd', 'unix:']) {
			expect(problems({ ...right, CLAMD_URL })).toContain('CLAMD_URL');
		}
	});

	test('secrets are never repeated in the message', () => {
		expect(problems({ ...right, LIVEKIT_API_SECRET: 'hush-hush' })).not.toContain('hush-hush');
	});

	test('a demonstration on parts it did not make itself is refused', () => {
		expect(problems({ ...right, DEMO: '1' })).toContain('DEMO=1 is refused');
		expect(readEnv({ ...right, DEMO: '1', DEMO_PARTS: 'own' }).DEMO).toBe(true);
	});

	test.each([
		['http://registry.example/check', 'FAMILY_REGISTRY_URL'],
		['http://127.0.0.1:9/check', 'FAMILY_REGISTRY_URL'],
		['https://user:secret@registry.example', 'FAMILY_REGISTRY_URL'],
		['file:///etc/passwd', 'FAMILY_REGISTRY_URL'],
		['registry', 'FAMILY_REGISTRY_URL'],
	])('a registry of family ids at %s is refused', (url, named) => {
		const source = { ...right, FAMILY_REGISTRY_URL: url, FAMILY_REGISTRY_TOKEN: 't'.repeat(16) };
		expect(problems(source)).toContain(named);
	});

	test('a registry of family ids needs its token, and is encrypted but on this machine in tests', () => {
		const url = { FAMILY_REGISTRY_URL: 'https://registry.example/check' };
		expect(problems({ ...right, ...url })).toContain('FAMILY_REGISTRY_TOKEN');
		const token = { FAMILY_REGISTRY_TOKEN: 't'.repeat(16) };
		expect(problems({ ...right, ...token })).toContain('FAMILY_REGISTRY_URL');
		expect(problems({ ...right, ...url, FAMILY_REGISTRY_TOKEN: 'short' })).not.toContain('short');
		expect(readEnv({ ...right, ...url, ...token })).toMatchObject(url);
		const here = { FAMILY_REGISTRY_URL: 'http://127.0.0.1:9/check', NODE_ENV: 'test' };
		expect(readEnv({ ...right, ...here, ...token })).toMatchObject(here);
		const elsewhere = { ...here, FAMILY_REGISTRY_URL: 'http://10.0.0.1/check' };
		expect(problems({ ...right, ...elsewhere, ...token })).toContain('FAMILY_REGISTRY_URL');
	});
});
