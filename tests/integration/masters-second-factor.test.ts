import { generateHOTP } from '@oslojs/otp';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SECOND_STEP_MAX_TRIES, totpStep } from '#lib/domain/identity/totp.ts';
import { rateLimit } from '#lib/server/db/schema/identity.ts';
import { person, recoveryCode, secondFactor, staffSignIn } from '#lib/server/db/schema/masters.ts';
import {
	beginSecondStep,
	changePassword,
	confirmSecondFactor,
	giveAppCode,
	giveRecoveryCode,
	hashPassword,
	newRecoveryCodes,
	resetPassword,
	resetSecondFactor,
	secondFactorView,
	secondStep,
	setStaffDisabled,
	signInStaff,
} from '#lib/server/masters/index.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { found } from '#lib/server/platform/db.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
});
afterAll(() => database.close());
beforeEach(() => database.db.delete(rateLimit));

const SECRET = '3132333435363738393031323334353637383930';
const BROWSER = 'this browser';
const later = (seconds: number) => new Date(TEST_NOW.getTime() + seconds * 1000);
const ctxAt = (now = TEST_NOW) => testContext(database.db, { now });
const codeAt = (at: Date, secret = SECRET) =>
	generateHOTP(Buffer.from(secret, 'hex'), BigInt(totpStep(at)), 6);
/** Six digits that no step around the instant has. */
function wrongCode(at = TEST_NOW): string {
	const right = [-60, -30, 0, 30, 60].map((by) => codeAt(new Date(at.getTime() + by * 1000)));
	return found(
		['000000', '111111', '222222', '333333', '444444', '555555'].find(
			(one) => !right.includes(one),
		),
	);
}

let serial = 0;
async function newPerson({ withFactor = true } = {}) {
	serial += 1;
	const userName = `two.steps.${serial}`;
	const [row] = await database.db
		.insert(person)
		.values({
			userName,
			nameHi: 'क',
			nameEn: 'K',
			passwordHash: await hashPassword('a right password'),
			mustChangePassword: false,
		})
		.returning({ id: person.id });
	const personId = found(row).id;
	if (withFactor) {
		await database.db
			.insert(secondFactor)
			.values({ personId, secret: SECRET, lastStep: 0, confirmedAt: TEST_NOW });
	}
	return { personId, userName };
}

const begin = async (personId: string, { browserToken = BROWSER, now = TEST_NOW } = {}) => {
	const { token } = await beginSecondStep(ctxAt(now), { personId, browserToken });
	return { token, browserToken };
};
type Key = Awaited<ReturnType<typeof begin>>;
const give = (key: Key, code: string, { now = TEST_NOW, address = '10.0.0.1' } = {}) =>
	giveAppCode(ctxAt(now), { ...key, code, address });
const giveRecovery = (key: Key, code: string, { address = '10.0.0.1' } = {}) =>
	giveRecoveryCode(ctxAt(), { ...key, code, address });
const self = (personId: string, now = TEST_NOW) =>
	testContext(database.db, { now, actor: { ...staffOf(world.posts.clerk), personId } });
const recoveryCodesOf = async (personId: string) => {
	const codes = await newRecoveryCodes(self(personId), {
		code: codeAt(TEST_NOW),
		address: '10.0.0.1',
	});
	await database.db
		.update(secondFactor)
		.set({ lastStep: 0 })
		.where(eq(secondFactor.personId, personId));
	return codes;
};

describe('the code of the app', () => {
	it('is that of RFC 6238 (appendix B, SHA-1, last six digits)', async () => {
		const vectors: [number, string][] = [
			[59, '287082'],
			[1_111_111_109, '081804'],
			[1_111_111_111, '050471'],
			[1_234_567_890, '005924'],
			[2_000_000_000, '279037'],
			[20_000_000_000, '353130'],
		];
		for (const [seconds, code] of vectors) {
			const now = new Date(seconds * 1000);
			const { personId } = await newPerson();
			await expect(give(await begin(personId, { now }), code, { now })).resolves.toEqual({
				personId,
			});
		}
	});

	it.each([-60, -61, 60, 90])('refuses one that is %i seconds away', async (by) => {
		// In the middle of a step, so that the drift is the same on both sides.
		const now = later(15);
		const { personId } = await newPerson();
		const key = await begin(personId);
		const code = codeAt(new Date(now.getTime() + by * 1000));
		expect(await refusalCode(give(key, code, { now }))).toBe('app_code_wrong');
	});

	it.each([-30, 0, 30])('takes one with a drift of %i seconds', async (by) => {
		const { personId } = await newPerson();
		const code = codeAt(later(15 + by));
		await expect(give(await begin(personId), code, { now: later(15) })).resolves.toEqual({
			personId,
		});
	});

	it('works once, and never again nor one before it', async () => {
		const { personId } = await newPerson();
		await give(await begin(personId), codeAt(TEST_NOW));
		const key = await begin(personId);
		expect(await refusalCode(give(key, codeAt(TEST_NOW)))).toBe('code_used');
		expect(await refusalCode(give(key, codeAt(later(-30))))).toBe('code_used');
		await expect(give(key, codeAt(later(30)))).resolves.toEqual({ personId });
	});

	it('passes once when it is played again in parallel, in as many sign-ins', async () => {
		const { personId } = await newPerson();
		const keys = await Promise.all(Array.from({ length: 10 }, () => begin(personId)));
		const results = await Promise.all(
			keys.map((key, index) =>
				refusalCode(give(key, codeAt(TEST_NOW), { address: `10.0.1.${index}` })),
			),
		);
		expect(results.filter((one) => one === null)).toHaveLength(1);
		expect(results.filter((one) => one === 'code_used')).toHaveLength(9);
	});

	it('passes once when it is sent twice in one sign-in', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		const results = await Promise.all(
			[1, 2, 3].map(() => refusalCode(give(key, codeAt(TEST_NOW)))),
		);
		expect(results.filter((one) => one === null)).toHaveLength(1);
	});

	it('goes by the time on the phone, not by a demonstration’s shifted clock', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId, { now: later(16 * 86_400) });
		const clock = { ...fixedClock(TEST_NOW), now: () => later(16 * 86_400) };
		const shifted = testContext(database.db, { clock });
		const address = '10.0.0.1';
		const own = { ...self(personId), clock };
		const codes = newRecoveryCodes(own, { code: codeAt(later(-30)), address });
		await expect(codes).resolves.toHaveLength(10);
		await expect(
			giveAppCode(shifted, { ...key, code: codeAt(TEST_NOW), address }),
		).resolves.toEqual({ personId });
	});
});

describe('a half-done sign-in', () => {
	it('belongs to the browser that gave the password, and lives ten minutes', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		const thief = { ...key, browserToken: 'another browser' };
		expect(await secondStep(ctxAt(), thief)).toBeNull();
		expect(await refusalCode(give(thief, codeAt(TEST_NOW)))).toBe('sign_in_again');
		expect(await refusalCode(give({ ...key, token: 'x' }, codeAt(TEST_NOW)))).toBe('sign_in_again');
		const end = later(600);
		expect(await secondStep(ctxAt(end), key)).toBeNull();
		expect(await refusalCode(give(key, codeAt(end), { now: end }))).toBe('sign_in_again');
		const before = later(599);
		expect(await secondStep(ctxAt(before), key)).toEqual({ kind: 'code' });
		await expect(give(key, codeAt(before), { now: before })).resolves.toEqual({ personId });
	});

	it('dies with its use', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		await give(key, codeAt(TEST_NOW));
		expect(await secondStep(ctxAt(), key)).toBeNull();
		expect(await refusalCode(give(key, codeAt(later(30))))).toBe('sign_in_again');
	});

	it('ends with the fifth wrong code, and the right one is too late then', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		for (let left = SECOND_STEP_MAX_TRIES - 1; left > 0; left -= 1) {
			expect(await refusalOf(give(key, wrongCode()))).toEqual({
				code: 'app_code_wrong',
				facts: { left },
			});
		}
		expect(await refusalCode(give(key, wrongCode()))).toBe('sign_in_again');
		expect(await refusalCode(give(key, codeAt(TEST_NOW), { address: '10.0.0.2' }))).toBe(
			'sign_in_again',
		);
	});

	it('allows five guesses to a hundred that come at once', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		const results = await Promise.all(
			Array.from({ length: 100 }, (_, index) =>
				refusalCode(give(key, wrongCode(), { address: `10.1.0.${index}` })),
			),
		);
		expect(results.filter((one) => one === 'app_code_wrong')).toHaveLength(
			SECOND_STEP_MAX_TRIES - 1,
		);
		const [row] = await database.db
			.select()
			.from(staffSignIn)
			.where(eq(staffSignIn.personId, personId));
		expect(row?.tries).toBe(SECOND_STEP_MAX_TRIES);
		expect(await refusalCode(give(key, codeAt(TEST_NOW)))).toBe('sign_in_again');
	});

	it('keeps cookie, key and codes in no readable form', async () => {
		const { personId } = await newPerson({ withFactor: false });
		const key = await begin(personId);
		const step = await secondStep(ctxAt(), key);
		const [row] = await database.db
			.select()
			.from(staffSignIn)
			.where(eq(staffSignIn.personId, personId));
		const secret = found(row).secret ?? '';
		expect(secret).toMatch(/^[0-9a-f]{40}$/);
		const { recoveryCodes } = await confirmSecondFactor(ctxAt(), {
			...key,
			code: codeAt(TEST_NOW, secret),
		});
		const rows = await database.sql`
			select row_to_json(s)::text as text from second_factor s union all
			select row_to_json(r)::text from recovery_code r union all
			select row_to_json(t)::text from staff_sign_in t`;
		const all = rows.map((one) => String(one['text'])).join('\n');
		const bytes = Buffer.from(secret).toString('hex');
		for (const plain of [key.token, secret, bytes, ...recoveryCodes])
			expect(all).not.toContain(plain);
		expect(step).toMatchObject({ kind: 'set_up' });
	});
});

describe('limits of the second step', () => {
	it('wait ever longer by person and address, and let another address in', async () => {
		const { personId } = await newPerson();
		const burn = async (address: string, now = TEST_NOW) => {
			const key = await begin(personId, { now });
			for (let n = 0; n < SECOND_STEP_MAX_TRIES; n += 1) {
				await refusalCode(give(key, wrongCode(now), { address, now }));
			}
		};
		await burn('10.0.0.1');
		const blocked = give(await begin(personId), codeAt(TEST_NOW));
		expect(await refusalOf(blocked)).toEqual({ code: 'too_many_requests', facts: { minutes: 5 } });
		const six = later(6 * 60);
		await burn('10.0.0.1', six);
		const again = give(await begin(personId, { now: six }), codeAt(six), { now: six });
		expect((await refusalOf(again))?.code).toBe('too_many_requests');
		const twelve = later(12 * 60);
		const hour = give(await begin(personId, { now: twelve }), codeAt(twelve), { now: twelve });
		expect(await refusalOf(hour)).toEqual({ code: 'too_many_requests', facts: { minutes: 48 } });
		await expect(
			give(await begin(personId, { now: twelve }), codeAt(twelve), {
				now: twelve,
				address: '10.0.0.9',
			}),
		).resolves.toEqual({ personId });
	});

	it('cannot be used up by somebody who does not know the password', async () => {
		const { personId, userName } = await newPerson();
		// All that a stranger can send: wrong passwords, and codes without a sign-in of their own.
		for (let n = 0; n < 150; n += 1) {
			const stranger = { token: `guess ${n}`, browserToken: `browser ${n}` };
			expect(await refusalCode(give(stranger, wrongCode()))).toBe('sign_in_again');
		}
		for (let n = 0; n < 3; n += 1) {
			const address = `10.2.0.${n}`;
			await refusalCode(signInStaff(ctxAt(), { userName, password: 'wrong', address }));
		}
		await expect(give(await begin(personId), codeAt(TEST_NOW))).resolves.toEqual({ personId });
	});

	it('stop guesses from ever new addresses at a hundred a day', async () => {
		const { personId } = await newPerson();
		const results: (string | null)[] = [];
		for (let n = 0; n < 26; n += 1) {
			const key = await begin(personId);
			for (let k = 0; k < 4; k += 1) {
				results.push(await refusalCode(give(key, wrongCode(), { address: `10.3.${n}.1` })));
			}
		}
		expect(results.filter((one) => one === 'app_code_wrong')).toHaveLength(100);
		expect(results.slice(100)).toEqual(Array(4).fill('too_many_requests'));
	});
});

describe('setting up', () => {
	async function setUp() {
		const { personId, userName } = await newPerson({ withFactor: false });
		const key = await begin(personId);
		const [row] = await database.db
			.select()
			.from(staffSignIn)
			.where(eq(staffSignIn.personId, personId));
		return { personId, userName, key, secret: found(row).secret ?? '' };
	}

	it('shows the key as a QR and in groups of four, the same at each look', async () => {
		const { key, userName } = await setUp();
		const step = await secondStep(ctxAt(), key);
		if (step?.kind !== 'set_up') throw new Error('no set-up');
		expect(step.key.text).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
		const uri = new URL(step.key.uri);
		expect(uri.href).toContain(`otpauth://totp/Jansunwai:${userName}?`);
		expect(Object.fromEntries(uri.searchParams)).toEqual({
			issuer: 'Jansunwai',
			algorithm: 'SHA1',
			secret: step.key.text.replaceAll(' ', ''),
			period: '30',
			digits: '6',
		});
		expect(await secondStep(ctxAt(), key)).toEqual(step);
	});

	it('takes no code of another step for set up, and no other browser', async () => {
		const { key, secret } = await setUp();
		expect(await refusalCode(give(key, codeAt(TEST_NOW, secret)))).toBe('sign_in_again');
		const thief = { ...key, browserToken: 'thief', code: codeAt(TEST_NOW, secret) };
		expect(await refusalCode(confirmSecondFactor(ctxAt(), thief))).toBe('sign_in_again');
	});

	it('needs a right first code, allows slips, and gives ten recovery codes once', async () => {
		const { personId, key, secret } = await setUp();
		for (let n = 0; n < 8; n += 1) {
			const wrong = codeAt(later(600), secret);
			expect(await refusalCode(confirmSecondFactor(ctxAt(), { ...key, code: wrong }))).toBe(
				'app_code_wrong',
			);
		}
		const made = await confirmSecondFactor(ctxAt(), { ...key, code: codeAt(TEST_NOW, secret) });
		expect(made.personId).toBe(personId);
		expect(new Set(made.recoveryCodes).size).toBe(10);
		expect(await secondFactorView(self(personId))).toEqual({
			since: TEST_NOW,
			recoveryCodesLeft: 10,
		});
		// The first code is used up with it.
		expect(await refusalCode(give(await begin(personId), codeAt(TEST_NOW, secret)))).toBe(
			'code_used',
		);
	});

	it('is won by one of two browsers; the other is asked for its code then', async () => {
		const { personId, key, secret } = await setUp();
		const other = await begin(personId, { browserToken: 'second browser' });
		const secrets = new Map(
			(await database.db.select().from(staffSignIn).where(eq(staffSignIn.personId, personId))).map(
				(row) => [row.secret === secret, row.secret ?? ''],
			),
		);
		const results = await Promise.all([
			refusalCode(confirmSecondFactor(ctxAt(), { ...key, code: codeAt(TEST_NOW, secret) })),
			refusalCode(
				confirmSecondFactor(ctxAt(), { ...other, code: codeAt(TEST_NOW, secrets.get(false)) }),
			),
		]);
		expect(results.toSorted()).toEqual([null, 'sign_in_again'].toSorted());
		const { token } = await beginSecondStep(ctxAt(), { personId, browserToken: BROWSER });
		expect(await secondStep(ctxAt(), { token, browserToken: BROWSER })).toEqual({ kind: 'code' });
	});
});

describe('a recovery code', () => {
	it('stands in for the app, however it is typed, once', async () => {
		const { personId } = await newPerson();
		const [code = ''] = await recoveryCodesOf(personId);
		const typed = ` ${code.toUpperCase().replace('-', ' ')} `;
		await expect(giveRecovery(await begin(personId), typed)).resolves.toEqual({ personId });
		expect(await refusalOf(giveRecovery(await begin(personId), code))).toEqual({
			code: 'recovery_code_wrong',
			facts: { left: 4 },
		});
		expect((await secondFactorView(self(personId))).recoveryCodesLeft).toBe(9);
	});

	it('passes once when it is given twice at the same moment', async () => {
		const { personId } = await newPerson();
		const [code = ''] = await recoveryCodesOf(personId);
		const keys = await Promise.all([begin(personId), begin(personId), begin(personId)]);
		const results = await Promise.all(keys.map((key) => refusalCode(giveRecovery(key, code))));
		expect(results.filter((one) => one === null)).toHaveLength(1);
		expect(results.filter((one) => one === 'recovery_code_wrong')).toHaveLength(2);
	});

	it('of somebody else, or of the list before, opens nothing', async () => {
		const [one, two] = [await newPerson(), await newPerson()];
		const [code = ''] = await recoveryCodesOf(one.personId);
		expect(await refusalCode(giveRecovery(await begin(two.personId), code))).toBe(
			'recovery_code_wrong',
		);
		await recoveryCodesOf(one.personId);
		expect(await refusalCode(giveRecovery(await begin(one.personId), code))).toBe(
			'recovery_code_wrong',
		);
	});

	it('counts as a try like a code of the app', async () => {
		const { personId } = await newPerson();
		const key = await begin(personId);
		for (let n = 0; n < 4; n += 1) {
			expect(await refusalCode(giveRecovery(key, '00000-00000'))).toBe('recovery_code_wrong');
		}
		expect(await refusalCode(giveRecovery(key, '00000-00000'))).toBe('sign_in_again');
	});

	it('is made anew only with a code of the app, and only by oneself', async () => {
		const { personId } = await newPerson();
		const ask = (code: string, ctx = self(personId)) =>
			refusalCode(newRecoveryCodes(ctx, { code, address: '10.0.0.1' }));
		expect(await ask(codeAt(TEST_NOW), ctxAt())).toBe('forbidden');
		expect(await ask(wrongCode())).toBe('app_code_wrong');
		expect(await ask(codeAt(TEST_NOW))).toBeNull();
		expect(await ask(codeAt(TEST_NOW))).toBe('code_used');
	});
});

describe('the password', () => {
	it('is changed by its owner only: the old one alone changes nothing but a first password', async () => {
		const { personId, userName } = await newPerson();
		const input = { userName, password: 'a right password', newPassword: 'another one, longer' };
		expect(await refusalCode(changePassword(ctxAt(), input))).toBe('forbidden');
		expect(await refusalCode(changePassword(self(world.posts.dc.personId), input))).toBe(
			'forbidden',
		);
		await expect(changePassword(self(personId), input)).resolves.toMatchObject({ personId });
	});
});

describe('an administrator', () => {
	const admin = (by: keyof World['posts'] = 'administrator') =>
		testContext(database.db, { actor: staffOf(world.posts[by]) });

	it('takes a lost second factor away, with its codes; nobody else does', async () => {
		const { personId } = await newPerson();
		await recoveryCodesOf(personId);
		for (const by of ['dc', 'clerk', 'monitor'] as const) {
			expect(await refusalCode(resetSecondFactor(admin(by), personId))).toBe('forbidden');
		}
		expect(await refusalCode(resetSecondFactor(ctxAt(), personId))).toBe('forbidden');
		expect(await refusalCode(resetSecondFactor(admin(), 'no-id'))).toBe('not_found');
		const key = await begin(personId);
		await resetSecondFactor(admin(), personId);
		// A half-done sign-in that waited for the lost app is over too.
		expect(await secondStep(ctxAt(), key)).toBeNull();
		const left = await database.db
			.select()
			.from(recoveryCode)
			.where(eq(recoveryCode.personId, personId));
		expect(left).toEqual([]);
		expect(await beginSecondStep(ctxAt(), { personId, browserToken: BROWSER })).toMatchObject({
			kind: 'set_up',
		});
	});

	it('cannot take the own one away: an open screen is no proof of its owner', async () => {
		const { personId } = world.posts.administrator;
		expect(await refusalCode(resetSecondFactor(admin(), personId))).toBe('own_charge');
	});

	it('ends a half-done sign-in by a new password and by shutting the person out', async () => {
		for (const work of [
			(personId: string) => resetPassword(admin(), personId),
			(personId: string) => setStaffDisabled(admin(), { personId, disabled: true }),
		]) {
			const { personId } = await newPerson();
			const key = await begin(personId);
			await work(personId);
			expect(await refusalCode(give(key, codeAt(TEST_NOW)))).toBe('sign_in_again');
		}
	});
});
