import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { session } from '#lib/server/db/schema/identity.ts';
import { person, secondFactor } from '#lib/server/db/schema/masters.ts';
import { openSessions, type SessionHolder, type Sessions } from '#lib/server/identity/index.ts';
import { resetPassword, resetSecondFactor, setStaffDisabled } from '#lib/server/masters/index.ts';
import { openDatabase } from '#lib/server/platform/db.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeCitizen, makeWorld, staffOf, type World } from '../support/factories.ts';

let database: TestDatabase;
let world: World;
let sessions: Sessions;
beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	sessions = open();
});
afterAll(() => database.close());
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;
const HOUR = DAY / 24;
const MINUTE = 60_000;
const ANDROID =
	'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36';

/** Both clocks are that of the process, which tests set. */
const open = (db = database.db) =>
	openSessions(db, { secure: true, clock: { now: () => new Date(), real: () => new Date() } });
const at = (time: number) => vi.useFakeTimers({ toFake: ['Date'], now: time });
const clerk = (): SessionHolder => ({
	kind: 'person',
	personId: world.posts.clerk.personId,
	postId: world.posts.clerk.id,
});
const citizen = async (): Promise<SessionHolder> => {
	const { citizenId } = await makeCitizen(database.db);
	return { kind: 'citizen', citizenId };
};
const rowsOf = (personId: string) =>
	database.db.select().from(session).where(eq(session.personId, personId));

describe('a session', () => {
	it('gives its holder, from a cookie that no script reads and no row tells', async () => {
		const holder = clerk();
		const cookie = await sessions.start(holder, ANDROID);
		expect(cookie).toMatchObject({
			name: '__Host-session',
			attributes: { path: '/', httpOnly: true, secure: true, sameSite: 'lax', maxAge: 7 * 86_400 },
		});
		expect(await sessions.read(cookie.value)).toEqual(holder);
		const [row] = await database.sql`select row_to_json(s)::text as text from session s`;
		expect(row?.['text']).not.toContain(cookie.value);
		expect(row?.['text']).toContain('Android · Chrome');
		expect(row?.['text']).not.toContain('Mozilla');
	});

	it.each(['', 'x', "' or 1=1", 'a'.repeat(10_000), '\0'])(
		'is none for the cookie %.20s',
		async (value) => {
			expect(await sessions.read(value)).toBeNull();
		},
	);

	it.each([
		['staff', 12 * HOUR, clerk],
		['a citizen', 30 * DAY, citizen],
	] as const)('of %s dies when it is not used, at its idle lifetime', async (_, idle, holderOf) => {
		const holder = await holderOf();
		const begun = Date.now();
		at(begun);
		const { value } = await sessions.start(holder);
		at(begun + idle - 1);
		expect(await sessions.read(value)).toEqual(holder);
		// That was a use: another idle lifetime begins.
		at(begun + 2 * idle - 2);
		expect(await sessions.read(value)).toEqual(holder);
		at(begun + 3 * idle);
		expect(await sessions.read(value)).toBeNull();
		at(begun + 2 * idle);
		expect(await sessions.read(value)).toBeNull();
	});

	it.each([
		['staff', 7 * DAY, 11 * HOUR, clerk],
		['a citizen', 90 * DAY, 29 * DAY, citizen],
	] as const)(
		'of %s dies at its absolute lifetime, however busy',
		async (_, absolute, every, holderOf) => {
			const holder = await holderOf();
			const begun = Date.now();
			at(begun);
			const { value } = await sessions.start(holder);
			for (let time = every; time < absolute; time += every) {
				at(begun + time);
				expect(await sessions.read(value)).toEqual(holder);
			}
			at(begun + absolute - 1);
			expect(await sessions.read(value)).toEqual(holder);
			at(begun + absolute);
			expect(await sessions.read(value)).toBeNull();
		},
	);

	it('of the time before lifetimes is dead', async () => {
		const holder = clerk();
		const { value } = await sessions.start(holder);
		await database.sql`update session set ends_at = default, expires_at = now() + interval '9 days'`;
		expect(await sessions.read(value)).toBeNull();
	});

	it('costs one statement to read, and a second at most every ten minutes', async () => {
		const statements: string[] = [];
		const own = openDatabase(database.url, { max: 1 });
		own.sql.options.debug = (_, query) => void statements.push(query);
		const counting = open(own.db);
		const begun = Date.now();
		at(begun);
		const { value } = await counting.start(clerk());
		const read = async (time: number) => {
			at(begun + time);
			statements.length = 0;
			await counting.read(value);
			return statements.map((query) => query.split(' ')[0]);
		};
		expect(await read(MINUTE)).toEqual(['select']);
		expect(await read(10 * MINUTE - 1)).toEqual(['select']);
		expect(await read(10 * MINUTE)).toEqual(['select', 'update']);
		expect(await read(19 * MINUTE)).toEqual(['select']);
		expect(await read(20 * MINUTE)).toEqual(['select', 'update']);
		await own.close();
	});
});

describe('the list of sessions', () => {
	it('shows the own ones, this one first, and never a dead one', async () => {
		const holder = await citizen();
		const stranger = await citizen();
		const begun = Date.now();
		at(begun - 40 * DAY);
		await sessions.start(holder);
		at(begun);
		const mine = await sessions.start(holder, ANDROID);
		await sessions.start(stranger);
		at(begun + HOUR);
		await sessions.start(holder, 'curl/8');
		const list = await sessions.list(holder, mine.value);
		expect(
			list.map(({ device, current, begunAt }) => [device, current, begunAt.getTime()]),
		).toEqual([
			['Android · Chrome', true, begun],
			['', false, begun + HOUR],
		]);
	});

	it('ends one of them: its cookie gives nothing from then on', async () => {
		const holder = clerk();
		const [mine, lost] = [await sessions.start(holder), await sessions.start(holder)];
		const other = (await sessions.list(holder, lost.value)).find(({ current }) => current);
		await sessions.endOne(holder, other?.id ?? '');
		expect(await sessions.read(lost.value)).toBeNull();
		expect(await sessions.read(mine.value)).toEqual(holder);
	});

	it('ends nobody else’s', async () => {
		const [owner, thief] = [await citizen(), await citizen()];
		const { value } = await sessions.start(owner);
		const [row] = await sessions.list(owner, value);
		await sessions.endOne(thief, row?.id ?? '');
		await sessions.endOthers(thief, 'none');
		expect(await sessions.read(value)).toEqual(owner);
	});

	it('ends all others', async () => {
		const holder = await citizen();
		const cookies = [];
		for (let n = 0; n < 4; n += 1) cookies.push(await sessions.start(holder));
		const [mine, ...others] = cookies;
		await sessions.endOthers(holder, mine?.value ?? '');
		expect(await sessions.read(mine?.value ?? '')).toEqual(holder);
		for (const { value } of others) expect(await sessions.read(value)).toBeNull();
	});
});

describe('sessions of staff end for good', () => {
	const admin = () => testContext(database.db, { actor: staffOf(world.posts.administrator) });

	it.each([
		[
			'with a shut account, also when it is opened again',
			async (personId: string) => {
				await setStaffDisabled(admin(), { personId, disabled: true });
				await setStaffDisabled(admin(), { personId, disabled: false });
			},
		],
		[
			'with a new first password',
			async (personId: string) => {
				await resetPassword(admin(), personId);
			},
		],
		[
			'with a lost second factor',
			async (personId: string) => {
				await database.db.insert(secondFactor).values({ personId, secret: '00', lastStep: 0 });
				await resetSecondFactor(admin(), personId);
			},
		],
	])('%s', async (_name, work) => {
		const { personId, id } = world.posts.ddpo;
		const others = await sessions.start(clerk());
		const { value } = await sessions.start({ kind: 'person', personId, postId: id });
		await work(personId);
		expect(await sessions.read(value)).toBeNull();
		expect(await rowsOf(personId)).toEqual([]);
		expect(await sessions.read(others.value)).toEqual(clerk());
	});

	it('and with nothing less: a new name changes no session', async () => {
		const { personId, id } = world.posts.dmc;
		const { value } = await sessions.start({ kind: 'person', personId, postId: id });
		await database.db.update(person).set({ nameEn: 'Another' }).where(eq(person.id, personId));
		expect(await sessions.read(value)).not.toBeNull();
	});
});
