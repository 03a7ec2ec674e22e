import { randomUUID } from 'node:crypto';
import { m } from '#lib/paraglide/messages.js';
import { DAY_MS } from '#lib/domain/calendar/ist.ts';
import { attachmentAddress } from '#lib/server/grievance/address.ts';
import { addDraftAttachment, draft } from '#lib/server/grievance/index.ts';
import { ownData } from '#lib/server/identity/index.ts';
import { found } from '#lib/server/platform/db.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { CASE_A, CASE_B } from '../support/pages-cases.ts';
import { photo } from '../support/pages-files.ts';
import { expect, freshMobile, test, type Product, type Stack } from '../support/stack.ts';
import type { SignedCitizen } from '../support/stack-product.ts';
import { cookieOf, get, post } from './requests.ts';
import { makeRouteWorld, type RouteWorld } from './route-world.ts';

test.use({ stackName: 'swapped' });

let made: Promise<RouteWorld> | null = null;
const worldOf = (product: Product) => (made ??= makeRouteWorld(product));

async function withPhoto(product: Product, name: string) {
	const citizen = await product.citizen(freshMobile(), { name });
	await product.answer(citizen, CASE_B);
	const { buffer } = await photo();
	const file = await addDraftAttachment(citizen.ctx, { name: 'gali.jpg', bytes: buffer });
	return { citizen, file };
}

test('a file of another citizen’s filing is neither taken out nor opened', async ({
	stack,
	product,
}) => {
	const owner = await withPhoto(product, 'राधा');
	const thief = await withPhoto(product, 'चोर');
	const { origin } = stack;
	const id = owner.file.id;
	await post(origin, thief.citizen, '/citizen/file/photos?/remove', { id });
	await post(origin, thief.citizen, '/citizen/file/photos?/remove', {
		id,
		draftOf: owner.citizen.actor.citizenId,
		citizenId: owner.citizen.actor.citizenId,
	});
	expect((await draft(owner.citizen.ctx)).attachments).toHaveLength(1);
	expect((await post(origin, thief.citizen, '/citizen/file/photos?/finish', { id })).status).toBe(
		404,
	);

	const address = new URL(origin + owner.file.href);
	const opened = (who: SignedCitizen | null, path: string) =>
		get(origin, who, path).then(async (answer) => {
			await answer.body?.cancel();
			return answer.status;
		});
	const path = address.pathname;
	const query = (change: Record<string, string>) => {
		const all = new URLSearchParams(address.search);
		for (const [name, value] of Object.entries(change)) all.set(name, value);
		return `${path}?${all}`;
	};
	const later = String(Number(address.searchParams.get('until')) + DAY_MS);
	const seal = address.searchParams.get('seal') ?? '';
	expect(await opened(owner.citizen, owner.file.href)).toBe(200);
	for (const who of [thief.citizen, null]) expect(await opened(who, owner.file.href)).toBe(404);
	for (const altered of [
		path,
		query({ until: later }),
		query({ seal: `${seal.slice(0, -2)}AA` }),
		query({ seal: '' }),
		query({ until: '' }),
		query({ until: `${address.searchParams.get('until')}.0` }),
		`${thief.file.href.split('?')[0]}?${address.searchParams}`,
		`${path}?${thief.file.href.split('?')[1]}`,
	]) {
		expect.soft(await opened(owner.citizen, altered), altered).toBe(404);
	}
	// An address that the thief sealed for themselves opens nothing of others.
	const own = attachmentAddress(thief.citizen.ctx, id);
	expect(await opened(thief.citizen, own)).toBe(404);
	const hourAgo = new Date(owner.citizen.ctx.clock.now().getTime() - 3_600_000);
	const old = attachmentAddress({ ...owner.citizen.ctx, clock: fixedClock(hourAgo) }, id);
	expect(await opened(owner.citizen, old)).toBe(410);
});

const TUS = { 'tus-resumable': '1.0.0' };

async function begin(stack: Stack, who: SignedCitizen, size: number): Promise<string> {
	const answer = await fetch(`${stack.origin}/api/uploads`, {
		method: 'POST',
		headers: {
			...TUS,
			...cookieOf(who),
			origin: stack.origin,
			'upload-length': String(size),
			'upload-metadata': `filename ${Buffer.from('../../gali\0\r\n.jpg').toString('base64')}`,
		},
	});
	expect(answer.status).toBe(201);
	return answer.headers.get('location') ?? '';
}

test('an upload of another citizen is not seen, not written to and not ended', async ({
	stack,
	product,
}) => {
	const [owner, thief] = [await withPhoto(product, 'राधा'), await withPhoto(product, 'चोर')];
	const path = await begin(stack, owner.citizen, 1000);
	const ask = (who: SignedCitizen | null, method: string, headers = {}, body?: string, at = path) =>
		fetch(stack.origin + at, {
			method,
			headers: { ...TUS, ...cookieOf(who), origin: stack.origin, ...headers },
			...(body && { body }),
		});
	const chunk = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
	const staff = await product.staff('dc');
	for (const who of [thief.citizen, null, { ...thief.citizen, cookie: staff.cookie }]) {
		for (const [method, headers, body] of [
			['HEAD', {}, undefined],
			['PATCH', chunk, 'x'.repeat(500)],
			['PATCH', { ...chunk, 'x-http-method-override': 'DELETE' }, 'x'.repeat(500)],
			['POST', { 'x-http-method-override': 'DELETE' }, undefined],
			['DELETE', {}, undefined],
		] as const) {
			const { status } = await ask(who, method, headers, body);
			expect.soft([400, 403, 404], `${method} answered ${status}`).toContain(status);
		}
	}
	const seen = await ask(owner.citizen, 'HEAD');
	expect(seen.status).toBe(200);
	expect(seen.headers.get('upload-offset')).toBe('0');
	for (const at of ['/api/uploads/../../etc/passwd', '/api/uploads/..%2f..%2fetc%2fpasswd']) {
		expect.soft((await ask(owner.citizen, 'HEAD', {}, undefined, at)).status).toBe(404);
		expect.soft((await ask(owner.citizen, 'DELETE', {}, undefined, at)).status).toBe(404);
	}
	const id = path.split('/').at(-1) ?? '';
	const other = await post(stack.origin, thief.citizen, '/citizen/file/photos?/finish', { id });
	expect(other.status).toBe(404);
	expect((await ask(owner.citizen, 'DELETE')).status).toBe(204);
});

test('a hearing is entered, left and read by its own people alone', async ({ stack, product }) => {
	const { hearings, citizens, staff, bookings } = await worldOf(product);
	const stranger = citizens.b;
	const otherOfficer = await product.staff('collector');
	for (const who of [stranger, otherOfficer, staff.clerk, null]) {
		for (const action of ['token', 'check-in', 'leave']) {
			const path = `/api/hearings/${hearings.waiting}/${action}`;
			const answer = await post(stack.origin, who, path, {
				citizenId: citizens.waiting.actor.citizenId,
				postId: staff.dc.actor.postId,
			});
			expect.soft(answer.status, path).toBe(403);
			expect.soft(await answer.text()).not.toMatch(/eyJ|room/);
		}
	}
	const link = await get(stack.origin, stranger, `/h/${bookings.waiting.booking.linkCode}`);
	expect(link.status).toBe(403);
});

test('an officer ends, directs and calls nothing of another officer’s sitting, and books no seat there', async ({
	stack,
	product,
}) => {
	const { hearings, sittings, staff, dueDate, directions } = await worldOf(product);
	const other = await product.staff('collector');
	const { origin } = stack;
	const at = `/officer/sittings/${sittings.now}`;
	const hearing = hearings.waiting;
	const row = await product.hearingRow(hearing);
	for (const [action, form] of [
		['conclude', { hearing, disposition: 'heard', order: 'none_yet' }],
		['conclude', { hearing, disposition: 'citizen_absent' }],
		['requeue', { hearing }],
		['absent', { hearing }],
		['undirect', { direction: directions.open }],
		[
			'direct',
			{ hearing, kind: 'report', post: staff.ddpo.actor.postId, due: dueDate, text: 'abc' },
		],
		['call', {}],
		['close', {}],
		['open', {}],
	] as const) {
		const answer = await post(origin, other, `${at}?/${action}`, form);
		expect.soft(answer.status, action).toBe(403);
	}
	expect(await product.hearingRow(hearing)).toEqual(row);

	// The next date is one of the officer's own, whatever slot the form names.
	const sitting = await product.sitting(staff.clerk, 'sdm-bawal', { inMinutes: 30, slots: 1 });
	const others = await product.sitting(staff.clerk, 'dc', { inMinutes: 3 * 24 * 60, slots: 1 });
	const own = await product.sitting(staff.clerk, 'sdm-bawal', {
		inMinutes: 3 * 24 * 60,
		slots: 1,
	});
	const citizen = await product.citizen(freshMobile(), { name: 'दया' });
	const number = await product.file(citizen, CASE_B);
	const booked = await product.book(staff.clerk, number, sitting.id);
	const officer = await product.staff('sdm-bawal');
	await product.commands.openSitting(officer.ctx, sitting.id);
	await product.commands.callNext(officer.ctx, sitting.id);
	const heard = await product.hearingId(citizen, booked);
	await product.commands.joinGrant(citizen.ctx, heard);
	const slot = found(others.slotList[0]).id;
	const adjourn = (nextSlot: string) =>
		post(origin, officer, `/officer/sittings/${sitting.id}?/conclude`, {
			...{ hearing: heard, disposition: 'adjourned', nextSlot },
		});
	expect((await adjourn(slot)).status).toBe(409);
	expect(await product.bookingsOfSlot(slot)).toEqual([]);
	expect((await adjourn(found(own.slotList[0]).id)).status).toBe(200);
	expect(await product.bookingsOfSlot(found(own.slotList[0]).id)).toHaveLength(1);
});

test('a clerk books and files nothing for another district, nor with another’s right', async ({
	stack,
	product,
}) => {
	const { numbers, freeSlotId, grantId, staff, bookings } = await worldOf(product);
	const away = await product.staff('clerk-jodhpur');
	const { origin } = stack;
	const booking = { case: numbers.asked, slot: freeSlotId, key: randomUUID() };
	const lies: Record<string, string>[] = [{}, { districtId: staff.clerk.actor.districtId ?? '' }];
	for (const more of lies) {
		const answer = await post(origin, away, '/desk?/book', { ...booking, ...more });
		expect(answer.status).toBe(403);
	}
	expect(await product.bookingsOfSlot(freeSlotId)).toEqual([]);
	expect((await post(origin, away, '/desk?/attest', { case: numbers.asked })).status).toBe(403);
	for (const who of [away, staff.agent]) {
		const register = `/desk/register/${grantId}`;
		expect((await get(origin, who, register)).status).toBe(404);
		const page = `/desk/tokens/${bookings.waiting.booking.id}`;
		expect((await get(origin, who, page)).status).toBe(403);
		expect((await get(origin, who, `/desk/filed/${numbers.a}`)).status).toBe(404);
	}
	const answered = await post(origin, away, `/desk/register/${grantId}`, {});
	expect(answered.status).toBe(404);
	expect(await answered.text()).not.toMatch(/9\dxxx xx\d{3}/);
});

test('directions of others are neither answered nor read', async ({ stack, product }) => {
	const { directions, staff } = await worldOf(product);
	const away = await product.staff('commissioner-south');
	for (const who of [staff.secretary, away]) {
		for (const id of [directions.open]) {
			const path = `/department/directions/${id}`;
			const answer = await post(stack.origin, who, path, {
				text: 'हो गया',
				ownerPostId: who.actor.postId,
				postId: who.actor.postId,
				state: 'open',
			});
			expect.soft(answer.status).toBe(403);
			expect.soft((await get(stack.origin, who, path)).status).toBe(403);
		}
	}
});

test('sign-ins of others are not ended by their id', async ({ stack, product }) => {
	const [owner, thief] = [
		await product.citizen(freshMobile(), { name: 'राधा' }),
		await product.citizen(freshMobile(), { name: 'चोर' }),
	];
	const page = await (await get(stack.origin, owner, '/citizen/sessions')).text();
	const ids = await product.platform.sql<{ id: string }[]>`
		select id from session where citizen_id = ${owner.actor.citizenId}`;
	expect(ids).toHaveLength(1);
	const staff = await product.staff('dmc');
	for (const [who, path] of [
		[thief, '/citizen/sessions?/end'],
		[staff, '/staff/security?/end'],
	] as const) {
		await post(stack.origin, who, path, { session: found(ids[0]).id });
		await post(stack.origin, who, path.replace('end', 'endOthers'), {
			citizenId: owner.actor.citizenId,
		});
	}
	expect((await get(stack.origin, owner, '/citizen')).status).toBe(200);
	expect(page).not.toContain(owner.cookie.value);
});

/** What a dishonest form adds to what it was asked for. */
const extra = (victim: SignedCitizen, staff: RouteWorld['staff']) => ({
	...{ citizenId: victim.actor.citizenId, id: randomUUID(), state: 'closed', outcome: 'x' },
	...{ ownerPostId: staff.dmc.actor.postId, strength: 'verified', functions: 'administrator' },
	...{ mobile: freshMobile(), masked: 'name', proof: '{"strength":"offline_verified"}' },
	...{ erasedAt: '', level: '9', __proto__x: '1', 'proof.strength': 'offline_verified' },
});

test('fields that no form of ours has change nothing', async ({ stack, product }) => {
	const { staff, citizens } = await worldOf(product);
	const { origin } = stack;
	const victim = citizens.nobody;
	const before = await ownData(victim.ctx);
	const liar = await product.citizen(freshMobile(), { name: 'झूठा' });
	await product.answer(liar, CASE_A);
	const more = extra(victim, staff);
	const answers = [
		await post(origin, liar, '/citizen/data?/correct', { ...more, name: 'झूठा राम', email: '' }),
		await post(origin, liar, '/citizen/file/details', { ...more, details: 'क', relief: 'ख' }),
		await post(origin, liar, '/citizen/file/identity', { ...more, name: 'ग', kind: 'mobile_only' }),
	];
	expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
	const { answers: kept, submissionKey } = await draft(liar.ctx);
	expect(kept.proof).toMatchObject({ kind: 'mobile_only', strength: 'mobile_only' });
	expect(await ownData(victim.ctx)).toEqual(before);
	expect((await ownData(liar.ctx)).mobile).toBe(`+91${liar.mobile}`);

	const page = await (await get(origin, liar, '/citizen/file/review')).text();
	const notice = /name="noticeVersion" value="([^"]+)"/.exec(page)?.[1] ?? '';
	const review = { noticeAgreed: 'on', noticeVersion: notice, submissionKey };
	const filed = await post(origin, liar, '/citizen/file/review', { ...more, ...review });
	expect(filed.status).toBe(303);
	const number = /grievances\/([^/]+)\//.exec(filed.headers.get('location') ?? '')?.[1] ?? '';
	const [row] = await product.platform.sql`
		select citizen_id, state, level, owner_post_id from grievance where number = ${number}`;
	expect(row?.['citizen_id']).toBe(liar.actor.citizenId);
	expect(row?.['state']).not.toBe('closed');
	expect(row?.['level']).not.toBe(9);
	const asked = await post(origin, liar, `/citizen/grievances/${number}?/hearing`, more);
	expect(asked.status).toBe(303);

	const clerkForm = await post(origin, staff.agent, '/staff/post', {
		...{ postId: staff.administrator.actor.postId, functions: 'administrator' },
	});
	expect(clerkForm.status).toBe(409);
	expect((await get(origin, staff.agent, '/admin')).status).toBe(403);
	expect(await post(origin, staff.agent, '/admin/staff/new', {}).then(({ status }) => status)).toBe(
		403,
	);
});

test('nobody is erased, exported or told of in another’s name', async ({ stack, product }) => {
	const { citizens, numbers } = await worldOf(product);
	const { origin } = stack;
	const thief = await product.citizen(freshMobile(), { name: 'चोर' });
	const victim = citizens.asked;
	const named = { citizenId: victim.actor.citizenId, mobile: victim.mobile, number: numbers.asked };
	const exported = await post(origin, thief, '/citizen/data/export', named);
	expect(exported.status).toBe(200);
	expect(Buffer.from(await exported.arrayBuffer()).includes(numbers.asked)).toBe(false);
	expect(
		(await post(origin, thief, '/citizen/data?/withdraw', { ...named, purpose: 'proof_fields' }))
			.status,
	).toBeLessThan(500);
	const looks = await get(origin, thief, `/citizen/data/views?number=${numbers.a}`);
	expect(await looks.text()).toContain(m.data_looks_none({}, { locale: 'hi' }));
	const before = await ownData(victim.ctx);
	await post(origin, thief, '/citizen/data/erase', { ...named, understood: 'on' });
	await post(origin, thief, `/citizen/data?/cancel`, named);
	expect(await ownData(victim.ctx)).toEqual(before);
	expect((await get(origin, victim, `/citizen/grievances/${numbers.asked}`)).status).toBe(200);
	expect((await get(origin, thief, '/citizen')).status).toBe(303);
});
