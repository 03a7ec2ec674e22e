import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	acceptOffer,
	bookSlot,
	cancelBooking,
	declineOffer,
	hearingStanding,
	leaveWaitingList,
	offerSeats,
	sendReminders,
} from '#lib/server/appointment/index.ts';
import { joinWaitingList } from '#lib/server/appointment/waiting.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { queuedJobs, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { makeWorld, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';
import { clearAppointments, sharedTime } from '../support/wishes.ts';

let database: TestDatabase;
let world: World;
let time: ReturnType<typeof sharedTime>;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	time = sharedTime(database.db, database.sql);
});
afterAll(() => database.close());
beforeEach(async () => {
	await clearAppointments(database.sql);
	await time.set(TEST_NOW);
});

const HOUR = 3_600_000;
const later = (hours: number) => new Date(TEST_NOW.getTime() + hours * HOUR);
const START = new Date('2026-11-20T05:30:00Z');
const sitting = (rest: Parameters<typeof makeSitting>[2] = {}) =>
	makeSitting(database.db, world, { startsAt: START, ...rest });
const standing = (of: TestCase) => hearingStanding(time.citizen(of.citizenId), of.number);
const run = (payload?: unknown) => offerSeats(time.system(), payload);

async function waits(rest: { atHead?: boolean; notBefore?: string } = {}): Promise<TestCase> {
	const one = await makeCase(database.db, world);
	await database.db.transaction((tx) =>
		joinWaitingList(tx, time.system(), {
			grievanceId: one.id,
			postId: world.posts.dc.id,
			...rest,
		}),
	);
	// One after the other, as people come.
	await time.set(new Date(time.now().getTime() + 1000));
	return one;
}
async function offered(of: TestCase) {
	const now = await standing(of);
	if (now.kind !== 'offered') throw new Error(`stands: ${now.kind}`);
	return now;
}
async function texts(of: TestCase): Promise<string[]> {
	const jobs = await queuedJobs(database.sql, 'notify');
	return jobs
		.filter(({ payload }) => payload['grievanceId'] === of.id)
		.map(({ payload }) => String(payload['template']));
}
const kinds = (all: TestCase[]) => Promise.all(all.map(async (one) => (await standing(one)).kind));
const slotOf = (made: Awaited<ReturnType<typeof sitting>>) => made.slotList[0]?.id ?? '';
async function booked(slotId: string) {
	const one = await makeCase(database.db, world);
	const booking = await bookSlot(asClerk(database.db, world), {
		grievanceNumber: one.number,
		slotId,
		key: randomUUID(),
	});
	return { ...one, booking };
}

describe('the waiting list', () => {
	it('offers a seat to the head first, then to who waits longest; the citizen takes it', async () => {
		const [first, second, head] = [await waits(), await waits(), await waits({ atHead: true })];
		expect(await standing(head)).toMatchObject({ kind: 'waiting', place: 1 });
		expect(await standing(second)).toMatchObject({ kind: 'waiting', place: 3 });
		await sitting({ slots: 2 });
		expect(await run()).toMatchObject({ offered: 2 });
		expect(await kinds([head, first, second])).toEqual(['offered', 'offered', 'waiting']);
		expect(await texts(head)).toEqual(['hearing_offer']);
		const { holdId, until } = await offered(head);
		expect(until.getTime() - time.now().getTime()).toBeLessThan(4.01 * HOUR);
		const ctx = time.citizen(head.citizenId);
		const key = randomUUID();
		const made = await acceptOffer(ctx, { number: head.number, holdId, key });
		expect(await acceptOffer(ctx, { number: head.number, holdId, key })).toMatchObject({
			id: made.id,
		});
		expect(made.status).toBe('confirmed');
		expect(await standing(head)).toMatchObject({ kind: 'booked' });
		const stranger = time.citizen(second.citizenId);
		const hold = (await offered(first)).holdId;
		expect(
			await refusalCode(
				acceptOffer(stranger, { number: second.number, holdId: hold, key: randomUUID() }),
			),
		).toBe('forbidden');
	});

	it('passes on what ran out: not to the same again, the third time to the desk', async () => {
		const [first, second] = [await waits(), await waits()];
		await sitting({ slots: 1 });
		await run();
		const { holdId } = await offered(first);
		await time.set(later(5));
		const late = acceptOffer(time.citizen(first.citizenId), {
			number: first.number,
			holdId,
			key: randomUUID(),
		});
		expect(await refusalCode(late)).toBe('hold_expired');
		expect(await run()).toMatchObject({ passed: 1, offered: 1 });
		expect(await kinds([first, second])).toEqual(['waiting', 'offered']);
		await database.sql`update waiting_entry set offers_missed = 2 where grievance_id = ${second.id}`;
		await time.set(later(24));
		expect(await run()).toMatchObject({ passed: 1, offered: 0 });
		expect(await kinds([first, second])).toEqual(['waiting', 'desk']);
		expect(await texts(second)).toEqual(['hearing_offer', 'hearing_desk_calls']);
		const [seats] = await database.sql`select count(hold_id)::int as held from seat`;
		expect(seats).toEqual({ held: 0 });
	});

	it('asks nobody before the day on which they can come, and lets seats go that are declined', async () => {
		const [far, near] = [await waits({ notBefore: '2026-11-21' }), await waits()];
		await sitting({ slots: 1 });
		expect(await run()).toMatchObject({ offered: 1 });
		expect(await kinds([far, near])).toEqual(['waiting', 'offered']);
		const ctx = time.citizen(near.citizenId);
		const { holdId } = await offered(near);
		await declineOffer(ctx, { number: near.number, holdId });
		await declineOffer(ctx, { number: near.number, holdId });
		expect(await standing(near)).toMatchObject({ kind: 'waiting' });
		const [entry] =
			await database.sql`select offers_missed from waiting_entry where grievance_id = ${near.id}`;
		expect(entry).toEqual({ offers_missed: 1 });
		await sitting({ slots: 1, startsAt: new Date('2026-11-21T05:30:00Z') });
		expect(await run()).toMatchObject({ offered: 1 });
		expect(await kinds([far, near])).toEqual(['offered', 'waiting']);
	});

	it('promotes when somebody cancels: the freed seat is offered at once', async () => {
		const made = await sitting({ slots: 1 });
		const one = await booked(slotOf(made));
		const next = await waits();
		expect(await run()).toMatchObject({ offered: 0 });
		await cancelBooking(time.citizen(one.citizenId), {
			bookingId: one.booking.id,
			version: one.booking.version,
			key: randomUUID(),
		});
		const asked = await queuedJobs(database.sql, 'waiting.offer');
		const job = asked.find(({ payload }) => payload['slotId'] === slotOf(made));
		expect(await run(job?.payload)).toMatchObject({ offered: 1 });
		expect(await standing(next)).toMatchObject({ kind: 'offered' });
	});

	it('never offers a seat twice nor two to one citizen, whatever runs and is cancelled meanwhile', async () => {
		const made = await sitting({ slots: 3, capacity: 2 });
		const there = await Promise.all(made.slotList.map((slot) => booked(slot.id)));
		const people: TestCase[] = [];
		for (let index = 0; index < 8; index += 1) people.push(await waits());
		const cancels = there.map((one) =>
			cancelBooking(time.citizen(one.citizenId), {
				bookingId: one.booking.id,
				version: one.booking.version,
				key: randomUUID(),
			}),
		);
		await Promise.all([run(), run(), ...cancels, run()]);
		await run();
		const [held] = await database.sql`
			select count(hold_id)::int as seats, count(distinct hold.grievance_id)::int as people
			from seat join hold on hold.id = seat.hold_id`;
		expect(held).toEqual({ seats: 6, people: 6 });
		expect((await kinds(people)).filter((kind) => kind === 'offered')).toHaveLength(6);
		// In order: nobody is passed by somebody who came later.
		expect((await kinds(people)).lastIndexOf('offered')).toBe(5);
		for (const one of people.slice(0, 6)) expect(await texts(one)).toEqual(['hearing_offer']);
	});

	it('ends with the case, and when the citizen leaves; what was offered goes to the next', async () => {
		const [over, leaves, next] = [await waits(), await waits(), await waits()];
		await sitting({ slots: 1 });
		await run();
		expect(await standing(over)).toMatchObject({ kind: 'offered' });
		await database.sql`update grievance set state = 'withdrawn' where id = ${over.id}`;
		expect(await run()).toMatchObject({ ended: 1, offered: 1 });
		expect(await kinds([leaves, next])).toEqual(['offered', 'waiting']);
		await leaveWaitingList(time.citizen(leaves.citizenId), leaves.number);
		expect(await run()).toMatchObject({ offered: 1 });
		expect(await kinds([leaves, next])).toEqual(['none', 'offered']);
	});
});

describe('reminders', () => {
	const sent = async (of: TestCase) => (await texts(of)).filter((one) => one.includes('reminder'));
	const remind = () => sendReminders(time.system());
	const before = (hours: number) => time.set(new Date(START.getTime() - hours * HOUR));

	it('go out three days, one day and one hour before, each once, by however many workers', async () => {
		const one = await booked(slotOf(await sitting({ slots: 1 })));
		await before(72.1);
		expect(await remind()).toEqual({ hearings: 0 });
		for (const hours of [72, 24, 1]) {
			await before(hours - 0.01);
			const runs = await Promise.all([remind(), remind(), remind()]);
			expect(runs.reduce((sum, { hearings }) => sum + hearings, 0)).toBe(1);
			expect(await remind()).toEqual({ hearings: 0 });
		}
		expect(await sent(one)).toEqual([
			'hearing_reminder_days_3',
			'hearing_reminder_day_1',
			'hearing_reminder_hour_1',
		]);
	});

	it('also go to the posts that are summoned, and to nobody once it is called off', async () => {
		const made = await sitting({ slots: 2 });
		const one = await booked(slotOf(made));
		await database.sql`insert into booking_party (booking_id, kind, party_id, sitting_id, during)
			select booking_id, 'post', ${world.posts.ddpo.id}, sitting_id, during from booking_party
			where booking_id = ${one.booking.id}`;
		await before(23);
		expect(await remind()).toEqual({ hearings: 1 });
		expect((await sent(one)).sort()).toEqual(['hearing_reminder_day_1', 'hearing_reminder_post']);
		await cancelBooking(asClerk(database.db, world, { clock: time.system().clock }), {
			bookingId: one.booking.id,
			version: one.booking.version,
			reason: 'बैठक',
			key: randomUUID(),
		});
		await before(0.9);
		expect(await remind()).toEqual({ hearings: 0 });
	});

	it('leave out what was due before the booking was made', async () => {
		const made = await sitting({ slots: 1 });
		await before(2);
		const one = await makeCase(database.db, world);
		await bookSlot(asClerk(database.db, world, { clock: time.system().clock }), {
			grievanceNumber: one.number,
			slotId: slotOf(made),
			key: randomUUID(),
		});
		expect(await remind()).toEqual({ hearings: 0 });
		await before(0.9);
		expect(await remind()).toEqual({ hearings: 1 });
		expect(await sent(one)).toEqual(['hearing_reminder_hour_1']);
	});
});
