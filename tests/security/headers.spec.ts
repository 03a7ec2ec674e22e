import { makeStackWorld, type StackWorld } from '../support/stack-world.ts';
import { expect, test as base } from '../support/stack.ts';
import { startStack } from '../../scripts/lib/stack.mjs';

const test = base.extend<object, { world: StackWorld }>({
	world: [async ({ product }, use) => use(await makeStackWorld(product)), { scope: 'worker' }],
});
test.use({ stackName: 'headers' });

/** Sources that would let in what we do not know. */
const LOOSE = ["'unsafe-inline'", "'unsafe-eval'", '*', 'http:', 'https:', 'ws:', 'wss:', 'data:'];

interface Cookie {
	name: string;
	value: string;
}

const get = (url: string, cookie?: Cookie) =>
	fetch(url, {
		redirect: 'manual',
		headers: { accept: 'text/html', ...(cookie && { cookie: `${cookie.name}=${cookie.value}` }) },
	});

/** "script-src" -> ["'self'", ...] */
function policyOf(response: Response): Map<string, string[]> {
	const text = response.headers.get('content-security-policy') ?? '';
	return new Map(
		text.split(';').map((directive) => {
			const [name = '', ...values] = directive.trim().split(' ');
			return [name, values];
		}),
	);
}

test('a page runs no script but ours, with a nonce that is new each time', async ({ stack }) => {
	const answers = [await get(stack.origin), await get(stack.origin)];
	const nonces = answers.map((one) =>
		policyOf(one)
			.get('script-src')
			?.find((value) => value.startsWith("'nonce-")),
	);
	expect(new Set(nonces).size).toBe(2);
	for (const [index, response] of answers.entries()) {
		const policy = policyOf(response);
		for (const directive of ['default-src', 'script-src', 'style-src', 'connect-src', 'base-uri']) {
			const values = policy.get(directive) ?? [];
			expect(values, directive).toContain("'self'");
			expect(
				LOOSE.filter((one) => values.includes(one)),
				directive,
			).toEqual([]);
		}
		expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
		expect(policy.get('object-src')).toEqual(["'none'"]);
		const html = await response.text();
		const nonce = /'nonce-(.+)'/.exec(nonces[index] ?? '')?.[1] ?? 'none';
		const bare = [...html.matchAll(/<(script|style)\b[^>]*>/g)].filter(
			([tag]) => !tag.includes(`nonce="${nonce}"`),
		);
		expect(bare.map(([tag]) => tag)).toEqual([]);
		expect(html).not.toMatch(/\son[a-z]+=["']/);
	}
});

test('only a hearing may reach the video server, and use camera and microphone', async ({
	stack,
	world,
}) => {
	const room = await get(
		`${stack.origin}/citizen/hearings/${world.hearings.waiting}`,
		world.citizens.waiting.cookie,
	);
	const video = [stack.livekit.url, stack.livekit.url.replace('ws:', 'http:')];
	expect(policyOf(room).get('connect-src')).toEqual(["'self'", ...video]);
	expect(room.headers.get('permissions-policy')).toBe(
		'camera=(self), microphone=(self), geolocation=()',
	);
	for (const path of ['/', '/citizen', '/citizen/file/photos']) {
		const page = await get(stack.origin + path, world.citizens.a.cookie);
		expect(policyOf(page).get('connect-src'), path).toEqual(["'self'"]);
		expect(page.headers.get('permissions-policy'), path).toBe(
			'camera=(), microphone=(), geolocation=()',
		);
	}
});

test('answers to whoever is signed in are kept by no cache, and no answer is guessed at or framed', async ({
	stack,
	world,
}) => {
	const paths = ['/citizen', `/citizen/grievances/${world.numbers.a}`];
	for (const path of paths) {
		const { headers } = await get(stack.origin + path, world.citizens.a.cookie);
		expect(headers.get('cache-control'), path).toBe('private, no-store');
	}
	for (const path of ['/', '/citizen', '/nowhere', '/api/health', '/sign-in']) {
		const { headers } = await get(stack.origin + path);
		expect(headers.get('x-content-type-options'), path).toBe('nosniff');
		expect(headers.get('x-frame-options'), path).toBe('DENY');
		expect(headers.get('referrer-policy'), path).toBe('same-origin');
		// This stack speaks http: a browser told otherwise would never come back.
		expect(headers.get('strict-transport-security'), path).toBeNull();
	}
});

test('at an https address browsers are told to stay there, and every cookie is bound to it', async () => {
	const origin = 'https://jansunwai.example';
	const stack = await startStack({ name: 'https', env: { ORIGIN: origin }, demo: false });
	try {
		const { headers } = await get(stack.origin);
		expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}$/);
		const answer = await fetch(`${stack.origin}/sign-in`, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, accept: 'text/html' },
			body: new URLSearchParams({ mobile: '9000999998' }),
		});
		expect(answer.status).toBe(303);
		const cookies = answer.headers.getSetCookie();
		expect(cookies.length).toBeGreaterThan(0);
		for (const cookie of cookies) {
			expect(cookie).toMatch(/^__Host-[^;]+;.*\bSecure\b/);
			expect(cookie).toMatch(/HttpOnly/);
			expect(cookie).toMatch(/SameSite=Lax/);
			expect(cookie).not.toMatch(/Domain=/);
		}
	} finally {
		await stack.stop();
	}
});
