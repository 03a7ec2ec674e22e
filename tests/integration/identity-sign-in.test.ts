import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { citizen, otpChallenge } from '#lib/server/db/schema/identity.ts';
import {
	citizenView,
	contactOf,
	finishSignIn,
	otpRecipient,
	startSignIn,
} from '#lib/server/identity/index.ts';
import { unseal } from '#lib/server/platform/crypto.ts';
import {
	queuedJobs,
	testContext,
	testDatabase,
	TEST_NOW,
	type TestDatabase,
} from '../support/database.ts';
import { testMobile } from '../support/factories.ts';
import { refusalCode, refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
beforeAll(async () => {
	database = await testDatabase();
});
afterAll(() => database.close());

const BROWSER = 'this browser';
let address = 0;

function start(mobile: string, { now = TEST_NOW, browserToken = BROWSER } = {}) {
	address += 1;
	const ctx = testContext(database.db, { now });
	return startSignIn(ctx, { mobile, browserToken, address: `10.0.0.${address}` });
}

async function codeOf(challengeId: string): Promise<string> {
	const jobs = await queuedJobs(database.sql, 'otp.send');
	const job = jobs.find(({ payload }) => payload['challengeId'] === challengeId);
	return unseal(Buffer.from(String(job?.payload['sealedCode']), 'base64'), 'otp_code');
}

function answer(
	challengeId: string,
	code: string,
	{ now = TEST_NOW, browserToken = BROWSER } = {},
) {
	const ctx = testContext(database.db, { now });
	return finishSignIn(ctx, { challengeId, code, browserToken });
}

const later = (minutes: number) => new Date(TEST_NOW.getTime() + minutes * 60_000);
const wrongFor = (code: string) => (code === '000000' ? '000001' : '000000');

describe('asking for a code', () => {
	it.each(['', '12345', '5876543210', '98765432101', '+1 202 555 0100', 'x'.repeat(10_000)])(
		'refuses what is no Indian mobile: %.20s',
		async (mobile) => {
			expect(await refusalCode(start(mobile))).toBe('mobile_invalid');
		},
	);

	it('answers a known and an unknown number alike and makes no citizen', async () => {
		const [known, unknown] = [testMobile(), testMobile()];
		const first = await start(known);
		await answer(first.challengeId, await codeOf(first.challengeId));
		const again = await start(known, { now: later(60), browserToken: 'other phone' });
		const fresh = await start(unknown, { now: later(60), browserToken: 'other phone' });
		expect(Object.keys(again)).toEqual(Object.keys(fresh));
		expect(again.waitSeconds).toBe(fresh.waitSeconds);
		expect(fresh.maskedMobile).toMatch(/^\d\dxxx xx\d{3}$/);
		const ends = await refusalOf(answer(fresh.challengeId, '000000', { browserToken: 'nobody' }));
		expect(ends?.code).toBe('code_expired');
	});

	it('keeps neither number nor code in clear, also not in the job', async () => {
		const mobile = testMobile();
		const { challengeId } = await start(mobile);
		const code = await codeOf(challengeId);
		const [row] = await database.sql`select row_to_json(o)::text as text from otp_challenge o
			where id = ${challengeId}`;
		const jobs = JSON.stringify(await queuedJobs(database.sql, 'otp.send'));
		expect(row?.['text']).not.toContain(mobile.slice(3));
		expect(row?.['text']).not.toContain(Buffer.from(code).toString('hex'));
		expect(jobs).not.toContain(mobile.slice(3));
		expect(jobs).not.toContain(`"${code}"`);
	});

	it('sends one message for two taps at the same moment', async () => {
		const mobile = testMobile();
		const taps = await Promise.all([start(mobile), start(mobile), start(mobile)]);
		expect(new Set(taps.map((tap) => tap.challengeId)).size).toBe(1);
		const sent = await database.db
			.select()
			.from(otpChallenge)
			.where(eq(otpChallenge.id, taps[0].challengeId));
		expect(sent).toHaveLength(1);
	});

	it('lets the wait grow from code to code and ends the code before', async () => {
		const mobile = testMobile();
		const first = await start(mobile);
		expect(first.waitSeconds).toBe(30);
		const second = await start(mobile, { now: later(1) });
		expect(second.waitSeconds).toBe(60);
		const third = await start(mobile, { now: later(3) });
		expect(third.waitSeconds).toBe(120);
		const old = await codeOf(first.challengeId);
		expect(await refusalCode(answer(first.challengeId, old, { now: later(3) }))).toBe(
			'code_expired',
		);
		expect(await otpRecipient(database.db, first.challengeId)).toBeNull();
		expect((await otpRecipient(database.db, third.challengeId))?.mobile).toBe(mobile);
	});

	it('limits one number over all browsers', async () => {
		const mobile = testMobile();
		const asked = [];
		for (let n = 0; n < 13; n += 1) {
			asked.push(await refusalOf(start(mobile, { browserToken: `browser ${n}` })));
		}
		expect(asked.slice(0, 12)).toEqual(Array(12).fill(null));
		expect(asked[12]).toEqual({ code: 'too_many_requests', facts: { minutes: 60 } });
	});
});

describe('answering with the code', () => {
	it('signs in with the right code, also typed in Devanagari with spaces', async () => {
		const mobile = testMobile();
		const { challengeId } = await start(`0${mobile.slice(3)}`);
		const code = await codeOf(challengeId);
		const typed = [...code].map((digit) => String.fromCharCode(0x966 + Number(digit))).join(' ');
		const { citizenId } = await answer(challengeId, typed);
		expect(await contactOf(database.db, citizenId)).toEqual({ mobile, locale: 'hi' });
		expect((await citizenView(database, citizenId)).maskedMobile).not.toContain(
			mobile.slice(5, 10),
		);
	});

	it('gives the same citizen at the next sign-in', async () => {
		const mobile = testMobile();
		const first = await start(mobile);
		const one = await answer(first.challengeId, await codeOf(first.challengeId));
		const second = await start(mobile, { now: later(5) });
		const two = await answer(second.challengeId, await codeOf(second.challengeId), {
			now: later(5),
		});
		expect(two).toEqual(one);
	});

	it('refuses a wrong code and says how many tries are left', async () => {
		const { challengeId } = await start(testMobile());
		const wrong = wrongFor(await codeOf(challengeId));
		expect(await refusalOf(answer(challengeId, wrong))).toEqual({
			code: 'code_wrong',
			facts: { left: 4 },
		});
	});

	it('does not count what cannot be a code', async () => {
		const { challengeId } = await start(testMobile());
		const code = await codeOf(challengeId);
		for (const typed of ['', '12', 'abcdef', '1234567', '١٢']) {
			expect(await refusalCode(answer(challengeId, typed))).toBe('code_wrong');
		}
		await expect(answer(challengeId, code)).resolves.toBeTruthy();
	});

	it('refuses an expired code at exactly ten minutes', async () => {
		const { challengeId } = await start(testMobile());
		const code = await codeOf(challengeId);
		expect(await refusalCode(answer(challengeId, code, { now: later(10) }))).toBe('code_expired');
		await expect(
			answer(challengeId, code, { now: new Date(later(10).getTime() - 1) }),
		).resolves.toBeTruthy();
	});

	it('refuses a used code, and only one of two answers at once signs in', async () => {
		const { challengeId } = await start(testMobile());
		const code = await codeOf(challengeId);
		const both = await Promise.all([
			refusalCode(answer(challengeId, code)),
			refusalCode(answer(challengeId, code)),
		]);
		expect(both.toSorted()).toEqual(['code_expired', null]);
		expect(await refusalCode(answer(challengeId, code))).toBe('code_expired');
	});

	it('refuses the right code from another browser, and it costs no try', async () => {
		const { challengeId } = await start(testMobile());
		const code = await codeOf(challengeId);
		expect(await refusalCode(answer(challengeId, code, { browserToken: 'thief' }))).toBe(
			'code_expired',
		);
		await expect(answer(challengeId, code)).resolves.toBeTruthy();
	});

	it('refuses challenges that never were', async () => {
		for (const id of ['', 'x', "' or 1=1", '00000000-0000-4000-8000-000000000000']) {
			expect(await refusalCode(answer(id, '123456'))).toBe('code_expired');
		}
	});

	it('allows five tries to a thousand guesses at once, and the right code is burnt', async () => {
		const mobile = testMobile();
		const { challengeId } = await start(mobile);
		const code = await codeOf(challengeId);
		const guesses = Array.from({ length: 1001 }, (_, n) => String(n).padStart(6, '0'))
			.filter((guess) => guess !== code)
			.slice(0, 1000);
		const answers = await Promise.all(
			guesses.map((guess) => refusalCode(answer(challengeId, guess))),
		);
		expect(answers.filter((one) => one === 'code_wrong')).toHaveLength(4);
		expect(answers.filter((one) => one === 'too_many_tries')).toHaveLength(996);
		const [row] = await database.db
			.select()
			.from(otpChallenge)
			.where(eq(otpChallenge.id, challengeId));
		expect(row?.tries).toBe(5);
		expect(await refusalOf(answer(challengeId, code))).toEqual({
			code: 'too_many_tries',
			facts: { minutes: 5 },
		});
		expect(await refusalOf(start(mobile, { now: later(2) }))).toEqual({
			code: 'code_wait',
			facts: { seconds: 180 },
		});
		await expect(start(mobile, { now: later(6) })).resolves.toBeTruthy();
	});

	it('makes one citizen of two first sign-ins of one number', async () => {
		const mobile = testMobile();
		const first = await start(mobile);
		await answer(first.challengeId, await codeOf(first.challengeId));
		const second = await start(mobile, { browserToken: 'b' });
		await answer(second.challengeId, await codeOf(second.challengeId), { browserToken: 'b' });
		const all = await database.db.select().from(citizen);
		expect(all.filter((row) => row.mobile === mobile)).toHaveLength(1);
	});
});
