import { answerDirection, directionDetail } from '#lib/server/hearing/index.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { draft, saveDraft } from '#lib/server/grievance/index.ts';
import { readCard } from '#lib/server/identity/index.ts';
import { CASE_B } from '../support/pages-cases.ts';
import { expect, freshAppCode, freshMobile, passwordOf, test } from '../support/stack.ts';
import { qrOf } from '../support/stack-product.ts';
import { alsoSignedIn, cookiesOf, get, post, type Who } from './requests.ts';
import { makeRouteWorld } from './route-world.ts';

test.use({ stackName: 'replay' });

test('one filing that is sent many times, at once and again later, is one grievance', async ({
	stack,
	product,
}) => {
	const { origin } = stack;
	const citizen = await product.citizen(freshMobile(), { name: 'राधा' });
	await product.answer(citizen, CASE_B);
	const identity = { name: 'राधा', kind: 'mobile_only' };
	await post(origin, citizen, '/citizen/file/identity', identity);
	const { submissionKey } = await draft(citizen.ctx);
	const form = { submissionKey, noticeAgreed: 'on', noticeVersion: NOTICE_VERSION };
	const send = (who = citizen, fields = form) => post(origin, who, '/citizen/file/review', fields);
	const answers = await Promise.all(Array.from({ length: 8 }, () => send()));
	expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 303));
	const places = new Set(answers.map((answer) => answer.headers.get('location')));
	expect(places.size).toBe(1);
	const count = async () => {
		const [row] = await product.platform.sql<{ count: number }[]>`
			select count(*)::int as count from grievance where citizen_id = ${citizen.actor.citizenId}`;
		return row?.count;
	};
	expect(await count()).toBe(1);

	// The next filing has begun; the key of the one before files nothing of it.
	await product.answer(citizen, { ...CASE_B, details: 'दूसरी बात' });
	await post(origin, citizen, '/citizen/file/identity', identity);
	const late = await send();
	expect(late.headers.get('location')).toBe([...places][0]);
	expect(await count()).toBe(1);

	const thief = await product.citizen(freshMobile(), { name: 'चोर' });
	await product.answer(thief, CASE_B);
	await post(origin, thief, '/citizen/file/identity', identity);
	const stolen = await send(thief);
	expect(stolen.headers.get('location') ?? '').not.toBe([...places][0]);
	expect(await count()).toBe(1);
});

test('a direction is answered once, however many answers come at the same time', async ({
	stack,
	product,
}) => {
	const { directions, staff } = await makeRouteWorld(product);
	const path = `/department/directions/${directions.open}`;
	const answers = await Promise.all(
		Array.from({ length: 6 }, (_, index) =>
			post(stack.origin, staff.ddpo, path, { text: `उत्तर ${index}` }),
		),
	);
	const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
	expect(statuses).toEqual([303, 409, 409, 409, 409, 409]);
	const detail = await directionDetail(staff.ddpo.ctx, directions.open);
	expect(detail.report?.text).toMatch(/^उत्तर \d$/);
	await expect(
		answerDirection(staff.ddpo.ctx, { directionId: directions.open, text: 'बदला' }),
	).rejects.toMatchObject({ code: 'already_answered' });
});

test('an account that is erased twice at once is erased once, and every sign-in of it is dead', async ({
	stack,
	product,
}) => {
	const citizen = await product.citizen(freshMobile(), { name: 'राधा' });
	const second = await alsoSignedIn(product, citizen.actor);
	const erase = (who: Who = citizen) =>
		post(stack.origin, who, '/citizen/data/erase', { understood: 'on' });
	const answers = await Promise.all([erase(), erase(), erase(second), erase()]);
	for (const { status } of answers) expect(status).toBeLessThan(500);
	expect(answers.filter(({ headers }) => headers.get('location') === '/erased')).not.toHaveLength(
		0,
	);
	for (const who of [citizen, second]) {
		expect((await get(stack.origin, who, '/citizen')).status).toBe(303);
		expect((await post(stack.origin, who, '/citizen/data?/cancel', {})).status).toBe(303);
	}
	// Without a grievance nothing of the account is left.
	const rows = await product.platform.sql`
		select 1 from citizen where id = ${citizen.actor.citizenId}`;
	expect(rows).toHaveLength(0);
});

test('a code by SMS signs in once, in the browser that asked for it', async ({ stack }) => {
	const { origin } = stack;
	const mobile = freshMobile();
	const asked = await post(origin, null, '/sign-in', { mobile });
	const code = await stack.sms.nextCode(mobile, []);
	const own = { cookie: cookiesOf(asked) };
	const answer = (headers: Record<string, string>) =>
		post(origin, null, '/sign-in/code', { code }, headers);
	const elsewhere = own.cookie.replace(/browser=[^;]+/, `browser=${'A'.repeat(43)}`);
	expect(elsewhere).not.toBe(own.cookie);
	expect((await answer({ cookie: elsewhere })).status).toBe(400);
	const answers = await Promise.all(Array.from({ length: 4 }, () => answer(own)));
	const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
	expect(statuses).toEqual([303, 400, 400, 400]);
	expect((await answer(own)).status).toBe(400);
});

test('a card that was looked at is agreed to by its citizen alone, unaltered', async ({
	stack,
	product,
}) => {
	const { origin } = stack;
	const owner = await product.citizen(freshMobile(), { name: 'Ramkumari Saini' });
	const thief = await product.citizen(freshMobile(), { name: 'चोर' });
	for (const who of [owner, thief]) await product.answer(who, CASE_B);
	const { token } = await readCard(owner.ctx, { kind: 'aadhaar_qr', qr: qrOf(owner) });
	const agree = (who: typeof owner, seen: string) =>
		post(origin, who, '/citizen/file/identity', { name: 'राधा', seen, consent: 'name' });
	const middle = Math.floor(token.length / 2);
	const turned = token[middle] === 'A' ? 'B' : 'A';
	const altered = token.slice(0, middle) + turned + token.slice(middle + 1);
	for (const [who, seen] of [
		[thief, token],
		[owner, altered],
		[owner, token.slice(0, -4)],
		[owner, `${token}AAAA`],
		[owner, 'x'],
	] as const) {
		expect((await agree(who, seen)).status).toBe(409);
		expect((await draft(who.ctx)).answers.proof?.kind ?? null).not.toBe('aadhaar_qr');
	}
	expect((await agree(owner, token)).status).toBe(303);
	expect((await draft(owner.ctx)).answers.proof?.kind).toBe('aadhaar_qr');
	// What was given is not given back by the same card after another answer without it.
	await saveDraft(owner.ctx, { name: 'राधा' });
	expect((await draft(owner.ctx)).answers.proof?.fields).not.toHaveProperty('dob');
});

test('the half of a sign-in that a password opens is worth nothing in another browser, and once in its own', async ({
	stack,
}) => {
	const { origin } = stack;
	const user = 'sdm.bawal';
	const first = await post(origin, null, '/staff/sign-in', {
		userName: user,
		password: passwordOf(user),
	});
	expect(first.status).toBe(303);
	const own = cookiesOf(first);
	const code = await freshAppCode(stack, user);
	const answer = (cookie: string) =>
		post(origin, null, '/staff/sign-in/code', { code }, { cookie });
	const elsewhere = own.replace(/browser=[^;]+/, `browser=${'A'.repeat(43)}`);
	for (const cookie of [elsewhere, own.replace(/staff-sign-in=[^;]+/, 'staff-sign-in=x')]) {
		const refused = await answer(cookie);
		expect(refused.headers.get('location')).toContain('again=1');
		expect(refused.headers.getSetCookie().join()).not.toMatch(/session=[^;]/);
	}
	const answers = await Promise.all(Array.from({ length: 3 }, () => answer(own)));
	const begun = answers.filter((one) => /session=[^;]/.test(one.headers.getSetCookie().join()));
	expect(begun).toHaveLength(1);
	expect((await answer(own)).headers.get('location')).toContain('again=1');
});
