import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { RegistryDown, type RegistryQuestion } from './family-registry.ts';
import { httpRegistry, openFamilyRegistry } from './family-registry-http.ts';

const TOKEN = 'token-of-the-test-registry';
const QUESTION: RegistryQuestion = { kind: 'ppp', familyId: '4ABC12X9', mobileLastFour: '3210' };

interface Asked {
	path: string;
	authorization: string | undefined;
	body: unknown;
}
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

let end: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const one of end) await one();
	end = [];
});

/** A registry on this machine that answers as it is told, the last way again and again. */
async function registryThat(...answers: Answer[]) {
	const asked: Asked[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { authorization } = request.headers;
			asked.push({
				path: request.url ?? '',
				authorization,
				body: JSON.parse(Buffer.concat(chunks).toString()),
			});
			answers[Math.min(asked.length, answers.length) - 1]?.(response, request);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	end.push(async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	});
	const { port } = server.address() as AddressInfo;
	const pauses: number[] = [];
	let now = 0;
	const registry = httpRegistry({
		url: `http://127.0.0.1:${port}/check`,
		token: TOKEN,
		timeoutMs: 150,
		wait: async (ms) => void pauses.push(ms),
		now: () => now,
	});
	return { asked, pauses, registry, port, later: (ms: number) => void (now += ms) };
}

const json =
	(body: unknown, status = 200): Answer =>
	(response) => {
		response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
		response.end(JSON.stringify(body));
	};
const raw =
	(body: string | Buffer, headers: Record<string, string> = {}): Answer =>
	(response) => {
		response.writeHead(200, { 'content-type': 'application/json', ...headers });
		response.end(body);
	};
const RIGHT = json({ answer: 'match' });

it('asks the configured address alone, with the token and nothing but the three facts', async () => {
	const { registry, asked } = await registryThat(RIGHT);
	await expect(registry.ask(QUESTION)).resolves.toEqual({ answer: 'match', headName: null });
	expect(asked).toEqual([{ path: '/check', authorization: `Bearer ${TOKEN}`, body: QUESTION }]);
});

it.each(['match', 'no_match', 'unknown'] as const)('takes the answer %s', async (answer) => {
	const { registry } = await registryThat(json({ answer, headName: 'Ram Kumar', more: 1 }));
	await expect(registry.ask(QUESTION)).resolves.toEqual({ answer, headName: 'Ram Kumar' });
});

it('without an address it is the clerks who look', async () => {
	const registry = openFamilyRegistry({ url: '', token: '' });
	expect(registry.kind).toBe('attestation');
	await expect(registry.ask(QUESTION)).resolves.toMatchObject({ answer: 'unknown' });
});

const slow: Answer = (response) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	const drip = setInterval(() => response.write(' '), 20);
	response.on('close', () => clearInterval(drip));
};
const PASSING: [string, Answer][] = [
	['hangs', () => {}],
	['answers a letter at a time', slow],
	['drops the connection', (_, request) => request.socket.destroy()],
	[
		'stops in the middle',
		(response, request) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
			response.write('{"answer":', () => request.socket.destroy());
		},
	],
	['fails with 500', json({ answer: 'match' }, 500)],
	['is asked too much (429)', json({ answer: 'match' }, 429)],
];

it.each(PASSING)(
	'a registry that %s is asked three times, with growing random pauses',
	async (_, bad) => {
		const { registry, asked, pauses } = await registryThat(bad);
		await expect(registry.ask(QUESTION)).rejects.toThrow(RegistryDown);
		expect(asked).toHaveLength(3);
		const [first = 0, second = 0] = pauses;
		expect(pauses).toHaveLength(2);
		expect(first).toBeGreaterThanOrEqual(150);
		expect(first).toBeLessThan(450);
		expect(second).toBeGreaterThanOrEqual(300);
		expect(second).toBeLessThan(900);
	},
);

it.each(PASSING)('one that %s once is heard the second time', async (_, bad) => {
	const { registry } = await registryThat(bad, RIGHT);
	await expect(registry.ask(QUESTION)).resolves.toMatchObject({ answer: 'match' });
});

const bomb = gzipSync(Buffer.alloc(50_000_000));
it.each<[string, Answer]>([
	['sends elsewhere', (response) => response.writeHead(307, { location: '/other' }).end()],
	['knows no such address', json({ answer: 'match' }, 404)],
	['refuses the token', json({ answer: 'match' }, 401)],
	['answers without an end', raw(`{"answer":"match","x":"${'a'.repeat(1_000_000)}"}`)],
	['sends a gzip bomb', raw(bomb, { 'content-encoding': 'gzip' })],
	['packs its answer', raw(gzipSync('{"answer":"match"}'), { 'content-encoding': 'gzip' })],
	['sends broken JSON', raw('{"answer":"mat')],
	['sends half a letter', raw(Buffer.from([0xff, 0xfe, 0x00]))],
	['answers nothing', raw('')],
	['answers with HTML', raw('<html>match</html>', { 'content-type': 'text/html' })],
	['calls HTML JSON', raw('<html>match</html>')],
	['answers another word', json({ answer: 'yes' })],
	['answers with wrong types', json({ answer: true, headName: 7 })],
	['answers with a list', json([{ answer: 'match' }])],
	['gives an endless name', json({ answer: 'match', headName: 'a'.repeat(201) })],
])('a registry that %s gives no answer and is not asked again at once', async (_, bad) => {
	const { registry, asked } = await registryThat(bad, RIGHT);
	await expect(registry.ask(QUESTION)).rejects.toThrow(RegistryDown);
	expect(asked.map(({ path }) => path)).toEqual(['/check']);
});

it('its complaint says nothing of the family id', async () => {
	const { registry } = await registryThat(raw('{"answer":"4ABC12X9"}'));
	const problem: unknown = await registry.ask(QUESTION).catch((error: unknown) => error);
	expect(String(problem)).not.toMatch(/4ABC12X9|3210/);
});

it('after three questions without an answer it is left alone for a minute', async () => {
	const { registry, asked, later } = await registryThat(json({}, 404));
	for (let question = 0; question < 5; question += 1) {
		await expect(registry.ask(QUESTION)).rejects.toThrow(RegistryDown);
	}
	expect(asked).toHaveLength(3);
	later(60_000);
	await expect(registry.ask(QUESTION)).rejects.toThrow(RegistryDown);
	expect(asked).toHaveLength(4);
});

it('nobody there at all is a registry that is down', async () => {
	const { registry, port } = await registryThat(RIGHT);
	for (const one of end) await one();
	end = [];
	expect(port).toBeGreaterThan(0);
	await expect(registry.ask(QUESTION)).rejects.toThrow('no connection');
});
