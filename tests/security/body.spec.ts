import { request } from 'node:http';
import { expect, freshMobile, test } from '../support/stack.ts';

test.use({ stackName: 'body' });

/** A form of so many bytes; `length` false sends it without saying how long it is. */
function post(url: string, bytes: number, { length = true } = {}): Promise<number> {
	const body = Buffer.from(`mobile=${freshMobile()}&text=`.padEnd(bytes, 'x'));
	const { origin } = new URL(url);
	return new Promise((done, fail) => {
		const sent = request(
			url,
			{
				method: 'POST',
				headers: {
					origin,
					accept: 'text/html',
					'content-type': 'application/x-www-form-urlencoded',
					...(length ? { 'content-length': body.length } : { 'transfer-encoding': 'chunked' }),
				},
			},
			(answer) => {
				answer.resume();
				done(answer.statusCode ?? 0);
			},
		);
		// The server may close before all of it is sent.
		sent.on('error', fail);
		sent.end(body);
	});
}

test('a form heavier than any form of ours is refused before it is read', async ({ stack }) => {
	const url = `${stack.origin}/sign-in`;
	expect(await post(url, 900_000)).toBe(303);
	expect(await post(url, 1_000_001)).toBe(413);
	expect(await post(url, 100, { length: false })).toBe(411);
	expect(await post(`${stack.origin}/api/livekit/webhook`, 1_000_001)).toBe(413);
});

test('a citizen whose text is too long for a form is told so in both languages', async ({
	stack,
	product,
}) => {
	const { cookie } = await product.citizen(freshMobile(), { name: 'रमेश' });
	const answer = await fetch(`${stack.origin}/citizen/file/details`, {
		method: 'POST',
		headers: { origin: stack.origin, cookie: `${cookie.name}=${cookie.value}` },
		body: new URLSearchParams({ details: 'क'.repeat(120_000), relief: 'ख' }),
	});
	expect(answer.status).toBe(413);
	expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
	const text = await answer.text();
	expect(text).toContain('छोटा करें');
	expect(text).toContain('shorter');
});
