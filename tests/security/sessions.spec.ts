import { changePassword } from '#lib/server/masters/index.ts';
import { expect, freshMobile, test } from '../support/stack.ts';
import { alsoSignedIn, cookiesOf, get, post } from './requests.ts';

test.use({ stackName: 'sessions' });

const sessionIn = (answer: Response) =>
	/(?:^|; )session=([^;]+)/.exec(cookiesOf(answer))?.[1] ?? '';

test('a session that somebody planted is nobody’s before a sign-in and after it', async ({
	stack,
	product,
}) => {
	const { origin } = stack;
	const mobile = freshMobile();
	const attacker = await product.citizen(freshMobile(), { name: 'चोर' });
	for (const planted of ['planted'.repeat(6), attacker.cookie.value]) {
		const cookie = `session=${planted}`;
		const before = await stack.sms.codes(mobile);
		const asked = await post(origin, null, '/sign-out', {}, { cookie: 'session=none' });
		expect(asked.status).toBe(303);
		// A sign-in page leads who is signed in already to their own page: the form is sent all the same.
		const sent = await post(origin, null, '/sign-in', { mobile }, { cookie });
		expect(sent.status).toBe(303);
		const code = await stack.sms.nextCode(mobile, before);
		const both = `${cookie}; ${cookiesOf(sent)}`;
		const signed = await post(origin, null, '/sign-in/code', { code }, { cookie: both });
		expect(signed.status).toBe(303);
		const value = sessionIn(signed);
		expect(value).not.toBe('');
		expect(value).not.toBe(planted);
		const own = { cookie: { name: 'session', value, url: origin } };
		expect((await get(origin, own, '/citizen')).status).toBe(200);
		const old = { cookie: { name: 'session', value: planted, url: origin } };
		expect((await get(origin, old, '/citizen')).status).toBe(303);
		// Signed out, the cookie is dead wherever it was copied to.
		expect((await post(origin, own, '/sign-out', {})).status).toBe(303);
		expect((await get(origin, own, '/citizen')).status).toBe(303);
		expect((await get(origin, own, '/citizen/data')).status).toBe(303);
		await stack.advanceClock('+5m');
	}
});

test('another post is another session, and the one before is dead', async ({ stack, product }) => {
	const { origin } = stack;
	const officer = await product.staff('dmc');
	const changed = await post(origin, officer, '/staff/post', { postId: officer.actor.postId });
	expect(changed.status).toBe(303);
	const value = sessionIn(changed);
	expect(value).not.toBe('');
	expect(value).not.toBe(officer.cookie.value);
	expect((await get(origin, officer, '/department')).status).toBe(303);
	const own = { cookie: { name: 'session', value, url: origin } };
	expect((await get(origin, own, '/department')).status).toBe(200);
});

test('a new password ends every other sign-in of the person', async ({ stack, product }) => {
	const { origin } = stack;
	const { userName, firstPassword, personId } = await product.newStaff('ends.others');
	const context = product.contextOf({ kind: 'anonymous' });
	const password = 'long enough for all';
	const first = { userName, password: firstPassword, newPassword: password };
	await changePassword(context, { ...first, address: '127.0.0.1' });
	const person = { kind: 'person', personId, postId: null } as const;
	const sessions = [await alsoSignedIn(product, person), await alsoSignedIn(product, person)];
	for (const one of sessions) expect((await get(origin, one, '/department')).status).toBe(200);
	const newPassword = 'another one for all';
	const form = { userName, password, newPassword, repeat: newPassword };
	const changed = await post(origin, sessions[0] ?? null, '/staff/password', form);
	expect(changed.status).toBe(303);
	const own = { cookie: { name: 'session', value: sessionIn(changed), url: origin } };
	expect((await get(origin, own, '/department')).status).toBe(200);
	for (const one of sessions) expect((await get(origin, one, '/department')).status).toBe(303);
});

test('the next request of a disabled person is refused, whatever it asks', async ({
	stack,
	product,
}) => {
	const { origin } = stack;
	const administrator = await product.staff('hr-administrator');
	const officer = await product.staff('ddpo');
	const live = await get(origin, officer, '/department');
	expect(live.status).toBe(200);
	const { personId } = officer.actor;
	const disabled = await post(origin, administrator, `/admin/staff/${personId}?/disable`, {});
	expect(disabled.status).toBe(303);
	for (const path of ['/department', '/department/directions', '/staff/security', '/staff/post']) {
		expect((await get(origin, officer, path)).status, path).toBe(303);
	}
	expect((await post(origin, administrator, `/admin/staff/${personId}?/enable`, {})).status).toBe(
		303,
	);
	// Enabled again, nothing that was open before is open.
	expect((await get(origin, officer, '/department')).status).toBe(303);
});
