import { startStack } from '../../scripts/lib/stack.mjs';
import { expect, freshMobile, test } from '../support/stack.ts';

/** Codes that one address may ask for in an hour: see LIMITS in identity/sign-in.ts. */
const CODES_OF_ADDRESS = 120;

async function askForCode(origin: string, forwarded: string): Promise<number> {
	const answer = await fetch(`${origin}/sign-in`, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, accept: 'text/html', 'x-forwarded-for': forwarded },
		body: new URLSearchParams({ mobile: freshMobile() }),
	});
	await answer.text();
	return answer.status;
}

/** The last answer of one more than an address may have. */
async function untilRefused(origin: string, forwarded: (count: number) => string): Promise<number> {
	let status = 0;
	for (let count = 0; count <= CODES_OF_ADDRESS; count += 1) {
		status = await askForCode(origin, forwarded(count));
		if (count < CODES_OF_ADDRESS) expect(status).toBe(303);
	}
	return status;
}

test.use({ stackName: 'address' });

test('the limit of an address counts the connection, whatever a header says, while no proxy is trusted', async ({
	stack,
}) => {
	expect(await untilRefused(stack.origin, (count) => `10.0.0.${count}`)).toBe(429);
});

test('behind a trusted proxy it counts the address that the proxy saw, not what the sender wrote before it', async () => {
	const stack = await startStack({
		name: 'proxy',
		env: { ADDRESS_HEADER: 'x-forwarded-for', XFF_DEPTH: '1' },
	});
	try {
		const { origin } = stack;
		expect(await untilRefused(origin, (count) => `10.0.0.${count}, 192.0.2.7`)).toBe(429);
		expect(await askForCode(origin, '10.0.0.1, 192.0.2.8')).toBe(303);
	} finally {
		await stack.stop();
	}
});
