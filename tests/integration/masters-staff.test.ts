import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Refusal } from '#lib/domain/refusal.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { charge, person, post } from '#lib/server/db/schema/masters.ts';
import { rateLimit } from '#lib/server/db/schema/identity.ts';
import {
	actingStaff,
	changePassword,
	createPost,
	createStaff,
	editPost,
	endCharge,
	hashPassword,
	listPosts,
	listStaff,
	resetPassword,
	setCharge,
	setStaffDisabled,
	signInStaff,
	staffActor,
	staffMember,
} from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found, violatedConstraint } from '#lib/server/platform/db.ts';
import { createFirstAdministrator } from '../../src/lib/server/masters/setup.ts';
import { isPassword } from '../../src/lib/server/masters/passwords.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type TestPost, type World } from '../support/factories.ts';

let database: TestDatabase;
let world: World;
let anonymous: Context;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	await database.db.update(person).set({ mustChangePassword: false });
	anonymous = testContext(database.db);
});
afterAll(() => database.close());
beforeEach(() => database.db.delete(rateLimit));

const as = (held: TestPost | StaffActor, now = TEST_NOW) =>
	testContext(database.db, { actor: 'kind' in held ? held : staffOf(held), now });
const later = (ms: number) => new Date(TEST_NOW.getTime() + ms);
const DAY = 86_400_000;
const codeOf = (work: Promise<unknown>) =>
	work.then(
		() => 'done',
		(problem: Refusal) => problem.code,
	);

let serial = 0;
/** A new person with a password of their own and, unless told, one new post in the district. */
async function newcomer({ password = 'a right password', charge: withCharge = true } = {}) {
	serial += 1;
	const userName = `person.${serial}`;
	const [row] = await database.db
		.insert(person)
		.values({
			userName,
			nameHi: 'कर्मचारी',
			nameEn: 'Person',
			passwordHash: await hashPassword(password),
			mustChangePassword: false,
		})
		.returning({ id: person.id });
	const personId = found(row).id;
	const { postId } = await newPost();
	if (withCharge)
		await setCharge(as(world.posts.administrator), { personId, postId, kind: 'regular' });
	return { userName, personId, postId };
}

const POST = {
	designationHi: 'अधिकारी',
	designationEn: 'Officer',
	departmentId: null,
	superiorId: null,
	functions: ['officer'],
	isDistrictHead: false,
	isNodal: false,
} as const;
const newPost = (jurisdictionId = world.districtId) =>
	createPost(as(world.posts.administrator), { ...POST, jurisdictionId });

describe('a charge', () => {
	it('makes its holder act in the post from its begin to its end, not a moment longer', async () => {
		const { personId, postId } = await newcomer();
		const [held] = await database.db.select().from(charge).where(eq(charge.personId, personId));
		const actor = await staffActor(database.db, personId, postId, TEST_NOW);
		expect(actor).toEqual({
			kind: 'staff',
			personId,
			postId,
			functions: ['officer'],
			jurisdictionId: world.districtId,
			districtId: world.districtId,
		});
		expect(await staffActor(database.db, personId, postId, later(-1))).toBeNull();
		await endCharge(as(world.posts.administrator, later(DAY)), found(held).id);
		expect(await staffActor(database.db, personId, postId, later(DAY - 1))).not.toBeNull();
		expect(await staffActor(database.db, personId, postId, later(DAY))).toBeNull();
		expect(await staffActor(database.db, personId, null, later(DAY))).toBeNull();
		expect(
			await codeOf(endCharge(as(world.posts.administrator, later(2 * DAY)), found(held).id)),
		).toBe('stale');
	});

	it('gives nothing in a post that somebody else holds', async () => {
		const { personId } = await newcomer();
		expect(await staffActor(database.db, personId, world.posts.dc.id, TEST_NOW)).toBeNull();
	});

	it('is the only one of its post: the database refuses a second holder', async () => {
		const { postId } = await newcomer();
		const other = await newcomer({ charge: false });
		const problem: unknown = await database.db
			.insert(charge)
			.values({ personId: other.personId, postId, during: rangeOf(later(DAY), null) })
			.catch((error: unknown) => error);
		expect(violatedConstraint(problem)).toBe('charge_one_holder');
		const refused = setCharge(as(world.posts.administrator), {
			personId: other.personId,
			postId,
			kind: 'additional',
		});
		await expect(refused).rejects.toMatchObject({
			code: 'post_held',
			facts: { person: 'कर्मचारी' },
		});
	});

	it('goes to one of two administrators who give the post at once', async () => {
		const { postId } = await newPost();
		const people = await Promise.all([newcomer({ charge: false }), newcomer({ charge: false })]);
		const results = await Promise.all(
			people.map(({ personId }) =>
				codeOf(setCharge(as(world.posts.administrator), { personId, postId, kind: 'regular' })),
			),
		);
		expect(results.sort()).toEqual(['done', 'post_held']);
	});

	it('can stand beside another one: the regular post comes first, the other can be chosen', async () => {
		const { personId, postId } = await newcomer();
		const second = await newPost(world.bawalId);
		await setCharge(as(world.posts.administrator), {
			personId,
			postId: second.postId,
			kind: 'additional',
		});
		const reading = { db: database.db, locale: 'hi' } as const;
		const first = await actingStaff(reading, { personId, postId: null, now: TEST_NOW });
		expect(first?.actor.postId).toBe(postId);
		expect(first?.actingPost).toMatchObject({
			postName: 'अधिकारी, रेवाड़ी',
			personName: 'कर्मचारी',
			otherPosts: [{ id: second.postId, name: 'अधिकारी, नगरपालिका बावल' }],
		});
		expect(await staffActor(database.db, personId, second.postId, TEST_NOW)).toMatchObject({
			postId: second.postId,
		});
	});
});

describe('signing in', () => {
	it('takes the right password, however the user name is capitalised', async () => {
		const { userName, personId, postId } = await newcomer();
		const input = { userName: ` ${userName.toUpperCase()} `, password: 'a right password' };
		expect(await signInStaff(anonymous, input)).toEqual({
			personId,
			postId,
			mustChangePassword: false,
		});
	});

	it('answers alike for a wrong password, an unknown name and a disabled person', async () => {
		const { userName, personId } = await newcomer();
		const wrong = signInStaff(anonymous, { userName, password: 'not the right one' });
		expect(await codeOf(wrong)).toBe('sign_in_failed');
		const nobody = signInStaff(anonymous, { userName: 'nobody', password: 'a right password' });
		expect(await codeOf(nobody)).toBe('sign_in_failed');
		await setStaffDisabled(as(world.posts.administrator), { personId, disabled: true });
		const shut = signInStaff(anonymous, { userName, password: 'a right password' });
		expect(await codeOf(shut)).toBe('sign_in_failed');
		expect(await staffActor(database.db, personId, null, TEST_NOW)).toBeNull();
	});

	it('never lets in a name that nobody has', async () => {
		expect(await isPassword('anything', null)).toBe(false);
		// Not even the password behind the stand-in hash would open it.
		expect(await isPassword('', null)).toBe(false);
	});

	it('waits ever longer after wrong passwords, then lets the right one in', async () => {
		const { userName } = await newcomer();
		const attempt = (password: string, now: Date, address = '10.0.0.1') =>
			codeOf(signInStaff(testContext(database.db, { now }), { userName, password, address }));
		for (let time = 1; time <= 5; time += 1) {
			expect(await attempt('wrong', TEST_NOW)).toBe('sign_in_failed');
		}
		const sixth = signInStaff(anonymous, { userName, password: 'wrong', address: '10.0.0.1' });
		await expect(sixth).rejects.toMatchObject({ code: 'too_many_requests', facts: { minutes: 5 } });
		// The right password does not get past the wait either, or guessing could go on.
		expect(await attempt('a right password', TEST_NOW)).toBe('too_many_requests');
		// Somebody at another address is not locked out by it.
		expect(await attempt('a right password', TEST_NOW, '10.0.0.2')).toBe('done');
		const afterFive = later(5 * 60_000);
		for (let time = 1; time <= 5; time += 1) {
			expect(await attempt('wrong', afterFive)).toBe('sign_in_failed');
		}
		const afterTen = later(10 * 60_000);
		await expect(
			signInStaff(testContext(database.db, { now: afterTen }), {
				userName,
				password: 'a right password',
				address: '10.0.0.1',
			}),
		).rejects.toMatchObject({ code: 'too_many_requests', facts: { minutes: 50 } });
		expect(await attempt('a right password', later(61 * 60_000))).toBe('done');
	});

	it('counts guesses that come at the same moment', async () => {
		const { userName } = await newcomer();
		const guesses = Array.from({ length: 12 }, (_, index) =>
			codeOf(signInStaff(anonymous, { userName, password: `guess ${index}` })),
		);
		const results = await Promise.all(guesses);
		expect(results.filter((code) => code === 'sign_in_failed')).toHaveLength(5);
		expect(results.filter((code) => code === 'too_many_requests')).toHaveLength(7);
	});

	it('keeps no user name and no address in clear in its counters', async () => {
		const { userName } = await newcomer();
		await codeOf(signInStaff(anonymous, { userName, password: 'wrong', address: '10.9.8.7' }));
		const rows = await database.db.select().from(rateLimit);
		expect(rows.length).toBeGreaterThan(0);
		for (const row of rows) expect(row.key).toMatch(/^[0-9a-f]{64}$/);
	});
});

describe('a first password', () => {
	it('opens nothing but its own replacement', async () => {
		const admin = as(world.posts.administrator);
		const made = await createStaff(admin, {
			userName: 'New.Clerk',
			nameHi: 'नया लिपिक',
			nameEn: 'New Clerk',
			mobile: '98120 00000',
		});
		const { postId } = await newPost();
		await setCharge(admin, { personId: made.personId, postId, kind: 'regular' });
		const input = { userName: made.userName, password: made.firstPassword };
		expect(await signInStaff(anonymous, input)).toMatchObject({ mustChangePassword: true });
		expect(await staffActor(database.db, made.personId, postId, TEST_NOW)).toBeNull();
		const same = changePassword(anonymous, { ...input, newPassword: made.firstPassword });
		expect(await codeOf(same)).toBe('password_unchanged');
		const wrong = changePassword(anonymous, { ...input, password: 'x', newPassword: 'mine alone' });
		expect(await codeOf(wrong)).toBe('sign_in_failed');
		await changePassword(anonymous, { ...input, newPassword: 'mine alone now' });
		expect(await staffActor(database.db, made.personId, postId, TEST_NOW)).not.toBeNull();
		expect(await codeOf(signInStaff(anonymous, input))).toBe('sign_in_failed');

		const reset = await resetPassword(admin, made.personId);
		expect(await staffActor(database.db, made.personId, postId, TEST_NOW)).toBeNull();
		expect(await codeOf(signInStaff(anonymous, { ...input, password: 'mine alone now' }))).toBe(
			'sign_in_failed',
		);
		expect(await signInStaff(anonymous, { ...input, password: reset.firstPassword })).toMatchObject(
			{ mustChangePassword: true },
		);
	});

	it('is stored as argon2id with its parameters, and the mobile sealed', async () => {
		const made = await createStaff(as(world.posts.administrator), {
			userName: 'sealed.person',
			nameHi: 'क',
			nameEn: 'K',
			mobile: '9812000001',
		});
		const [row] = await database.sql`
			select password_hash, encode(mobile, 'escape') as mobile from person where id = ${made.personId}`;
		expect(row?.['password_hash']).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
		expect(row?.['mobile']).not.toContain('9812000001');
	});

	it('goes to the first administrator of an installation, who can then do the work', async () => {
		const made = await createFirstAdministrator(
			database.db,
			{ stateCode: 6, userName: 'First.Admin', nameHi: 'प्रथम', nameEn: 'First' },
			TEST_NOW,
		);
		const { userName } = made;
		const changed = await changePassword(anonymous, {
			userName,
			password: made.firstPassword,
			newPassword: 'only mine to know',
		});
		const actor = await staffActor(database.db, changed.personId, changed.postId, TEST_NOW);
		expect(actor).toMatchObject({ functions: ['administrator'], jurisdictionId: world.stateId });
		expect((await listStaff(as(found(actor)))).some((row) => row.userName === userName)).toBe(true);
		const input = { stateCode: 6, userName, nameHi: 'क', nameEn: 'K' };
		expect(await codeOf(createFirstAdministrator(database.db, input, TEST_NOW))).toBe(
			'user_name_taken',
		);
		expect(
			await codeOf(
				createFirstAdministrator(database.db, { ...input, userName: 'x', stateCode: 99 }, TEST_NOW),
			),
		).toBe('invalid_input');
	});
});

describe('an administrator', () => {
	const NEW = { userName: 'somebody.else', nameHi: 'क', nameEn: 'K', mobile: '' };

	it('is the only one who may: every command refuses everybody else', async () => {
		const { personId, postId } = await newcomer();
		const actors: Context[] = [
			anonymous,
			testContext(database.db, { actor: { kind: 'system' } }),
			testContext(database.db, { actor: { kind: 'citizen', citizenId: personId } }),
			as(world.posts.dc),
			as(world.posts.clerk),
			as(world.posts.monitor),
		];
		for (const ctx of actors) {
			const attempts = [
				listStaff(ctx),
				listPosts(ctx),
				createStaff(ctx, NEW),
				resetPassword(ctx, personId),
				setStaffDisabled(ctx, { personId, disabled: true }),
				createPost(ctx, { ...POST, jurisdictionId: world.districtId }),
				editPost(ctx, { ...POST, postId }),
				setCharge(ctx, { personId, postId, kind: 'regular' }),
				endCharge(ctx, postId),
			];
			expect(new Set(await Promise.all(attempts.map(codeOf)))).toEqual(new Set(['forbidden']));
		}
	});

	it('keeps the own area only', async () => {
		const admin = await newPost(world.districtId);
		await database.db
			.update(post)
			.set({ functions: ['administrator'] })
			.where(eq(post.id, admin.postId));
		const { personId } = await newcomer();
		const district = as({
			kind: 'staff',
			personId,
			postId: admin.postId,
			functions: ['administrator'],
			jurisdictionId: world.districtId,
			districtId: world.districtId,
		});
		const free = await newcomer({ charge: false });
		const [foreign] = await database.db
			.select({ id: charge.id })
			.from(charge)
			.where(eq(charge.postId, world.posts.otherClerk.id));
		const attempts = [
			createPost(district, { ...POST, jurisdictionId: world.otherDistrictId }),
			createPost(district, { ...POST, jurisdictionId: world.stateId }),
			editPost(district, { ...POST, postId: world.posts.chief.id }),
			setCharge(district, {
				personId: free.personId,
				postId: world.posts.otherClerk.id,
				kind: 'regular',
			}),
			endCharge(district, found(foreign).id),
			resetPassword(district, world.posts.administrator.personId),
			setStaffDisabled(district, { personId: world.posts.otherClerk.personId, disabled: true }),
		];
		expect(new Set(await Promise.all(attempts.map(codeOf)))).toEqual(new Set(['forbidden']));
		const names = (await listPosts(district)).map((row) => row.id);
		expect(names).toContain(world.posts.dc.id);
		expect(names).not.toContain(world.posts.otherClerk.id);
		expect(names).not.toContain(world.posts.chief.id);
		// A superior above the own area may be named: every line goes up to the state.
		const made = createPost(district, {
			...POST,
			jurisdictionId: world.bawalId,
			superiorId: world.posts.chief.id,
		});
		expect(await codeOf(made)).toBe('done');
	});

	it('cannot put a post above itself, nor give a district two heads', async () => {
		const admin = as(world.posts.administrator);
		const low = await createPost(admin, {
			...POST,
			jurisdictionId: world.districtId,
			superiorId: world.posts.dc.id,
		});
		const circle = editPost(admin, {
			...POST,
			postId: world.posts.dc.id,
			superiorId: low.postId,
			isDistrictHead: true,
		});
		expect(await codeOf(circle)).toBe('superior_circle');
		const self = editPost(admin, { ...POST, postId: low.postId, superiorId: low.postId });
		expect(await codeOf(self)).toBe('superior_circle');
		const second = createPost(admin, {
			...POST,
			jurisdictionId: world.districtId,
			isDistrictHead: true,
		});
		expect(await codeOf(second)).toBe('post_mark_taken');
		const town = createPost(admin, { ...POST, jurisdictionId: world.bawalId, isNodal: true });
		expect(await codeOf(town)).toBe('invalid_input');
	});

	it('cannot lock themselves out', async () => {
		const { personId, id } = world.posts.administrator;
		const admin = as(world.posts.administrator);
		const [own] = await database.db.select().from(charge).where(eq(charge.postId, id));
		expect(await codeOf(endCharge(admin, found(own).id))).toBe('own_charge');
		expect(await codeOf(setStaffDisabled(admin, { personId, disabled: true }))).toBe('own_charge');
		expect(await codeOf(editPost(admin, { ...POST, postId: id }))).toBe('own_charge');
	});

	it('hears of a taken user name and of a mobile that is none; nothing is left behind', async () => {
		const admin = as(world.posts.administrator);
		const { userName } = await newcomer();
		const count = async () =>
			Number(
				(await database.db.execute<{ n: string }>(sql`select count(*) as n from person`))[0]?.n,
			);
		const before = await count();
		expect(await codeOf(createStaff(admin, { ...NEW, userName: userName.toUpperCase() }))).toBe(
			'user_name_taken',
		);
		expect(await codeOf(createStaff(admin, { ...NEW, mobile: '12345' }))).toBe('invalid_input');
		expect(await count()).toBe(before);
	});

	it('finds people and posts by words of either language', async () => {
		const admin = as(world.posts.administrator);
		const posts = await listPosts(admin, { text: 'secretary BAWAL' });
		expect(posts.map((row) => row.id)).toEqual([world.posts.secretary.id]);
		const people = await listStaff(admin, { text: 'Officer Director' });
		expect(people.map((row) => row.id)).toEqual([world.posts.director.personId]);
		expect((await staffMember(admin, world.posts.dc.personId)).charges).toHaveLength(1);
		expect(await codeOf(staffMember(admin, 'no-id'))).toBe('not_found');
	});
});
