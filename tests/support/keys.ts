import { spawn, type ChildProcess } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { TEST_KEYS } from '../../scripts/lib/keys.mjs';

/** One key as `DATA_KEYS` spells it. */
export const keyText = (id: string, fill: number) =>
	`${id}:${Buffer.alloc(32, fill).toString('base64')}`;

/** A value as the product sealed it before it had data keys of their own; written apart from it. */
export function sealFormat1(
	text: string,
	purpose: string,
	{ id, key }: { id: string; key: Buffer },
): Buffer {
	const iv = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose));
	const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	const name = Buffer.from(id);
	return Buffer.concat([Buffer.from([1, name.length]), name, iv, cipher.getAuthTag(), body]);
}

/** A whole environment of production for a program on a test's database. */
export const productionEnvironment = (
	databaseUrl: string,
	over: Record<string, string> = {},
): Record<string, string> => ({
	...TEST_KEYS,
	ORIGIN: 'http://localhost:1',
	DATA_DIR: '/tmp/jansunwai-none',
	DATABASE_URL: databaseUrl,
	LIVEKIT_URL: 'ws://127.0.0.1:1',
	LIVEKIT_API_KEY: 'test',
	LIVEKIT_API_SECRET: 'x'.repeat(32),
	LOG_LEVEL: 'silent',
	...over,
});

export interface Program {
	child: ChildProcess;
	ended: Promise<{ code: number | null; output: string }>;
}

/** A script or process of the product; it ends with the test at the latest. */
export function program(file: string, environment: Record<string, string>): Program {
	const child = spawn(process.execPath, [file], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...environment },
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => (output += text));
	}
	const ended = new Promise<{ code: number | null; output: string }>((done) =>
		child.once('close', (code) => done({ code, output })),
	);
	return { child, ended };
}
