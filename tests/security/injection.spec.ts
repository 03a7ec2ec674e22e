import { request } from 'node:http';
import { addDraftAttachment } from '#lib/server/grievance/index.ts';
import { writeCalendar } from '#lib/server/appointment/calendar.ts';
import { CASE_B } from '../support/pages-cases.ts';
import { photo } from '../support/pages-files.ts';
import { expect, freshMobile, passwordOf, freshAppCode, test } from '../support/stack.ts';
import { cookiesOf, get, post } from './requests.ts';

test.use({ stackName: 'injection' });

/** Every way to write an address of another site that a browser might follow. */
const ELSEWHERE = [
	'//evil.example',
	'///evil.example',
	'////evil.example/a',
	'/\\evil.example',
	'\\\\evil.example',
	'/\t/evil.example',
	'/\n/evil.example',
	'/\r\n/evil.example',
	'\t//evil.example',
	' //evil.example',
	'/%2f%2fevil.example',
	'%2f%2fevil.example',
	'/%5cevil.example',
	'https:evil.example',
	'https://evil.example',
	'https:/evil.example',
	'HtTpS://evil.example',
	'javascript:alert(1)',
	'data:text/html,x',
	'/.//evil.example',
	'/..//evil.example',
	'/a/..//evil.example',
	'/%2e//evil.example',
	'/en//evil.example',
	'/@evil.example',
	'@evil.example',
	'.evil.example',
	'/\u2028/evil.example',
	'/／evil.example',
	'/\0/evil.example',
];

/** Where a browser goes with this answer. */
const goesTo = (answer: Response, from: string) =>
	new URL(answer.headers.get('location') ?? '', from).origin;

test('no spelling of an address leads a member of staff to another site, signed in or not', async ({
	stack,
	product,
}) => {
	const { origin } = stack;
	const { cookie } = await product.staff('dmc');
	for (const next of ELSEWHERE) {
		const page = `${origin}/staff/sign-in?next=${encodeURIComponent(next)}`;
		const answer = await fetch(page, {
			redirect: 'manual',
			headers: { cookie: `${cookie.name}=${cookie.value}` },
		});
		expect(answer.status).toBe(303);
		expect.soft(goesTo(answer, page), JSON.stringify(next)).toBe(origin);
		const text = await (await fetch(page)).text();
		expect.soft(text).not.toContain('href="//evil');
	}
	const user = 'adc.rewari';
	const query = `?next=${encodeURIComponent('/\\evil.example')}`;
	const first = await post(origin, null, `/staff/sign-in${query}`, {
		userName: user,
		password: passwordOf(user),
	});
	expect(first.status).toBe(303);
	expect(goesTo(first, origin)).toBe(origin);
	const cookies = { cookie: cookiesOf(first) };
	const code = await freshAppCode(stack, user);
	const done = await post(origin, null, `/staff/sign-in/code${query}`, { code }, cookies);
	expect(done.status).toBe(303);
	expect(goesTo(done, origin)).toBe(origin);
});

test('nor a citizen', async ({ stack }) => {
	const { origin } = stack;
	for (const next of ELSEWHERE) {
		const page = `${origin}/sign-in?next=${encodeURIComponent(next)}`;
		const mobile = freshMobile();
		const asked = await fetch(page, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, accept: 'text/html' },
			body: new URLSearchParams({ mobile }),
		});
		expect(asked.status).toBe(303);
		expect(goesTo(asked, page)).toBe(origin);
		const code = await stack.sms.nextCode(mobile, []);
		const signed = await fetch(`${origin}/sign-in/code`, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, accept: 'text/html', cookie: cookiesOf(asked) },
			body: new URLSearchParams({ code }),
		});
		expect(signed.status, next).toBe(303);
		expect.soft(goesTo(signed, `${origin}/sign-in/code`), JSON.stringify(next)).toBe(origin);
		const cookie = cookiesOf(signed);
		const again = await fetch(page, { redirect: 'manual', headers: { cookie } });
		expect.soft(again.status).toBe(303);
		expect.soft(goesTo(again, page), JSON.stringify(next)).toBe(origin);
		// Where it leads on this site leads nowhere else either.
		const to = new URL(signed.headers.get('location') ?? '', origin);
		const there = await fetch(to, { redirect: 'manual', headers: { cookie } });
		if (there.headers.has('location')) {
			expect.soft(goesTo(there, to.href), JSON.stringify(next)).toBe(origin);
		}
	}
});

/** The path as it is, which `fetch` would make neat first. */
function raw(
	origin: string,
	path: string,
): Promise<{ status: number; location: string | undefined }> {
	const { hostname, port } = new URL(origin);
	return new Promise((done, fail) => {
		const sent = request(
			{ hostname, port, path, headers: { host: `${hostname}:${port}` } },
			(one) => {
				one.resume();
				done({ status: one.statusCode ?? 0, location: one.headers.location });
			},
		);
		sent.on('error', fail);
		sent.end();
	});
}

test('no path of the site itself answers with a way to another site', async ({ stack }) => {
	const paths = [
		'//evil.example',
		'//evil.example/',
		'//evil.example/track/',
		'//evil.example/en/track/',
		'/en//evil.example/',
		'/en/\\evil.example/',
		'/\\evil.example/',
		'//evil.example/%2e%2e/',
		'//evil.example/..%2f',
		'/%2f%2fevil.example/',
		'/track//',
		'//track/',
		'/track?number=%0d%0aset-cookie:a=b',
		'/sign-in?next=%0d%0alocation:%20//evil.example',
		'/_app//evil.example/',
		'//evil.example/_app/',
	];
	for (const path of paths) {
		const { status, location } = await raw(stack.origin, path);
		expect.soft(status, path).toBeLessThan(500);
		if (location === undefined) continue;
		expect
			.soft(new URL(location, stack.origin).origin, `${path} to ${location}`)
			.toBe(stack.origin);
	}
});

const NAMES = [
	'a"; filename="evil.html.jpg',
	'a\r\nset-cookie: a=b\r\n\r\n<script>.jpg',
	'../../../etc/passwd.jpg',
	'..\\..\\windows\\evil.jpg',
	'\u202Egpj.exe.jpg',
	"a'b;c,d%22%0d%0a.jpg",
	'\0.jpg',
	`${'x'.repeat(900)}.jpg`,
	'.jpg',
	'. .',
	'\u2066\u2069\u200F\uFEFF.jpg',
];

test('the name of a file that is sent adds no header, no folder and no hidden direction', async ({
	stack,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: 'रमेश' });
	const { buffer } = await photo();
	for (const name of NAMES) {
		await product.answer(citizen, CASE_B);
		const form = new FormData();
		form.append('photos', new File([new Uint8Array(buffer)], name, { type: 'image/jpeg' }));
		const added = await post(stack.origin, citizen, '/citizen/file/photos?/add', form);
		expect.soft(added.status, JSON.stringify(name)).toBe(303);
		const direct = await addDraftAttachment(citizen.ctx, { name, bytes: buffer });
		// eslint-disable-next-line no-control-regex
		const unsafe = /[\u0000-\u001f\u007f/\\\u202a-\u202e\u2066-\u2069\u200e\u200f]/u;
		expect.soft(direct.name, JSON.stringify(name)).not.toMatch(unsafe);
		expect.soft(direct.name.length).toBeLessThanOrEqual(200);
		const page = await (await get(stack.origin, citizen, '/citizen/file/photos')).text();
		const links = [...page.matchAll(/\/api\/attachments\/[^"]+/g)].map(([href]) =>
			href.replaceAll('&amp;', '&'),
		);
		expect(links.length).toBeGreaterThan(0);
		for (const href of links) {
			const file = await get(stack.origin, citizen, href);
			expect(file.status).toBe(200);
			expect.soft(file.headers.get('set-cookie')).toBeNull();
			expect
				.soft(file.headers.get('content-disposition'))
				.toMatch(/^inline; filename\*=UTF-8''[A-Za-z0-9%._~!()*'-]+$/);
			await file.body?.cancel();
		}
		const ids = [...page.matchAll(/name="id" value="([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '');
		for (const id of ids) await post(stack.origin, citizen, '/citizen/file/photos?/remove', { id });
	}
});

test('a name of a post or a place writes no line of a calendar file', async ({ product }) => {
	const clerk = await product.staff('clerk');
	const citizen = await product.citizen(freshMobile(), { name: 'रमेश' });
	const number = await product.file(citizen, CASE_B);
	const sitting = await product.sitting(clerk, 'dc', { inMinutes: 90 });
	const { booking } = await product.book(clerk, number, sitting.id);
	const evil =
		'DC\r\nATTENDEE:mailto:evil@evil.example\n BEGIN:VALARM"\u2028X-EVIL:1;CN="a":mailto:b\\,\u0085X';
	for (const method of ['PUBLISH', 'REQUEST', 'CANCEL'] as const) {
		const text = writeCalendar(
			{ ...booking, postName: evil, place: evil, mode: 'in_person' },
			{ method, stamp: new Date(), origin: 'http://localhost', locale: 'hi' },
		);
		const lines = text.replaceAll(/\r\n[ \t]/g, '').split(/\r\n|\r|\n/);
		expect(lines.filter((line) => /^(?:ATTENDEE:mailto:evil|X-EVIL)/.test(line))).toEqual([]);
		expect(lines.filter((line) => line.startsWith('BEGIN:VALARM"'))).toEqual([]);
		const organizer = lines.filter((line) => line.startsWith('ORGANIZER'));
		expect(organizer).toHaveLength(1);
		// One quoted name, then the address of the platform and no other.
		expect(organizer[0]).toMatch(/^ORGANIZER;CN="[^"]*":(?:mailto|MAILTO):hearings@localhost$/);
	}
});
