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
		});
		for (const name of ['PORT', 'ORIGIN', 'LIVEKIT_API_SECRET', 'DATA_KEYS', 'INDEX_KEY']) {
			expect(message).toContain(name);
		}
	});

	test('secrets are never repeated in the message', () => {
		expect(problems({ ...right, LIVEKIT_API_SECRET: 'hush-hush' })).not.toContain('hush-hush');
	});

	test('a demonstration on parts it did not make itself is refused', () => {
		expect(problems({ ...right, DEMO: '1' })).toContain('DEMO=1 is refused');
		expect(readEnv({ ...right, DEMO: '1', DEMO_PARTS: 'own' }).DEMO).toBe(true);
	});
});
