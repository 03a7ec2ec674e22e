import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixedClock } from '#lib/server/platform/clock.ts';
import { inbox } from '#lib/server/grievance/index.ts';
import { hearingRequests, listSittings } from '#lib/server/appointment/index.ts';
import { beginSecondStep, giveAppCode, signInStaff } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { DEMONSTRATION_CARDS } from '../../src/demo/cards.ts';
import { appCodeOf, demonstrationSignIns } from '../../src/demo/index.ts';
import { demonstrationActor, seed } from '../../src/demo/seed.ts';
import { CASES } from '../../src/demo/data/cases.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';

/** A Saturday evening in India: the next day is a Sunday. */
const SATURDAY = new Date('2026-11-21T14:00:00Z');

let database: TestDatabase;
let ctx: Context;

beforeAll(async () => {
	database = await testDatabase();
	ctx = testContext(database.db, { actor: { kind: 'system' }, now: SATURDAY });
	expect(await seed(ctx)).toEqual({ created: true });
});
afterAll(() => database.close());

const count = async (table: string) => {
	const [row] = await database.sql`select count(*)::int as n from ${database.sql(table)}`;
	return Number(row?.['n']);
};
const acting = async (post: string, at = ctx): Promise<Context> => ({
	...at,
	actor: await demonstrationActor(at, post),
});

describe('the demonstration', () => {
	it('has a sitting of both district heads tomorrow, also when that is a Sunday', async () => {
		for (const clerk of ['clerk', 'clerk-jodhpur']) {
			const days = { from: '2026-11-22', to: '2026-11-22' };
			const sittings = await listSittings(await acting(clerk), days);
			expect(sittings).toHaveLength(1);
			expect(sittings[0]).toMatchObject({ slots: 12, seats: 12, free: 12, state: 'planned' });
		}
	});

	it('has sittings for two weeks and none on a holiday', async () => {
		const sittings = await listSittings(await acting('clerk'), {
			from: '2026-11-23',
			to: '2026-12-05',
		});
		const heads = sittings.filter((one) => one.postName.startsWith('उपायुक्त'));
		expect(heads).toHaveLength(11);
		expect(sittings.some((one) => one.date === '2026-11-24')).toBe(false);
	});

	it('changes nothing when it is loaded again at once', async () => {
		const tables = ['jurisdiction', 'post', 'person', 'grievance', 'sitting', 'seat', 'citizen'];
		const before = await Promise.all(tables.map(count));
		expect(await seed(ctx)).toEqual({ created: false });
		expect(await Promise.all(tables.map(count))).toEqual(before);
	});

	it('gets a sitting for tomorrow again when it is started days later', async () => {
		const later = { ...ctx, clock: fixedClock(new Date('2027-01-25T04:00:00Z')) };
		await seed(later);
		const tomorrow = { from: '2027-01-26', to: '2027-01-26' };
		expect(await listSittings(await acting('clerk', later), tomorrow)).toHaveLength(1);
	});

	it('lets everybody in who is on its list, with the code of its app, into a post', async () => {
		for (const { user, password } of demonstrationSignIns()) {
			const signedIn = await signInStaff(ctx, { userName: user, password });
			expect(signedIn).toMatchObject({ postId: expect.any(String), mustChangePassword: false });
			const { personId } = signedIn;
			const browserToken = 'a browser';
			const { token } = await beginSecondStep(ctx, { personId, browserToken });
			const code = appCodeOf(user, ctx.clock.real());
			const given = giveAppCode(ctx, { token, browserToken, code, address: '10.0.0.1' });
			await expect(given).resolves.toEqual({ personId });
		}
	});

	it('has grievances of its own, filed by the same rules as all others', async () => {
		expect(await count('grievance')).toBe(CASES.length);
		const rows = await inbox(await acting('ddpo'));
		expect(rows.map((row) => row.categoryName)).toEqual(['गाँव में पानी की निकासी या नाली']);
		expect(await hearingRequests(await acting('clerk'))).toMatchObject({ count: 2 });
	});

	it('offers Aadhaar cards to try, each as decimal text', () => {
		expect(DEMONSTRATION_CARDS).toHaveLength(3);
		for (const card of DEMONSTRATION_CARDS) expect(card.text).toMatch(/^\d{1000,4000}$/);
	});
});
