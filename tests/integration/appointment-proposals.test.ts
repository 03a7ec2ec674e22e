import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	askOtherDay,
	cancelBooking,
	confirmProposal,
	hearingStanding,
	leaveWaitingList,
	offerSeats,
	proposeHearings,
} from '#lib/server/appointment/index.ts';
import { makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
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
const asked = (minutesAgo = 60) => ({
	hearingRequestedAt: new Date(TEST_NOW.getTime() - minutesAgo * 60_000),
});
const wish = (rest: Parameters<typeof makeCase>[2] = {}) =>
	makeCase(database.db, world, { ...asked(), ...rest });
/** In four days, 11:00 IST. */
const sitting = (rest: Parameters<typeof makeSitting>[2] = {}) =>
	makeSitting(database.db, world, { startsAt: new Date('2026-11-20T05:30:00Z'), ...rest });
const run = (payload?: unknown) => proposeHearings(time.system(), payload);
const standing = (of: TestCase) => hearingStanding(time.citizen(of.citizenId), of.number);

async function bookings(of: TestCase) {
	return database.sql<{ id: string; status: string; channel: string; version: number }[]>`
		select id, status, channel, version from booking where grievance_id = ${of.id} order by created_at, id`;
}
async function texts(of: TestCase): Promise<string[]> {
	const jobs = await queuedJobs(database.sql, 'notify');
	return jobs
		.filter(({ payload }) => payload['grievanceId'] === of.id)
		.map(({ payload }) => String(payload['template']));
}
async function proposed(of: TestCase) {
	const now = await standing(of);
	if (now.kind !== 'proposed') throw new Error(`stands: ${now.kind}`);
	return now;
}

describe('a standing wish for a hearing', () => {
	it('gets a proposed seat, far enough ahead to answer and prepare, and an SMS', async () => {
		await sitting({ startsAt: new Date('2026-11-18T05:30:00Z') });
		await sitting();
		const one = await wish();
		expect(await standing(one)).toMatchObject({ kind: 'asked' });
		expect(await run()).toEqual({ proposed: 1, waiting: 0, lapsed: 0, unheard: 0 });
		expect(await bookings(one)).toMatchObject([{ status: 'proposed', channel: 'proposal' }]);
		const now = await proposed(one);
		expect(now.booking.startsAt).toEqual(new Date('2026-11-20T05:30:00Z'));
		expect(now.answerBy).toEqual(later(48));
		expect(await texts(one)).toEqual(['hearing_proposed']);
		expect(await run()).toMatchObject({ proposed: 0, waiting: 0 });
	});

	it('belongs to the desk for its first half hour, unless asked for by name', async () => {
		await sitting();
		const fresh = await wish(asked(29));
		expect(await run()).toMatchObject({ proposed: 0 });
		expect(await run({ grievanceId: fresh.id })).toMatchObject({ proposed: 1 });
	});

	it('goes first to whom the office failed, then the higher level, then the older case', async () => {
		await sitting({ slots: 4 });
		const [young, old, high, failed] = [
			await wish({ filedAt: later(-10) }),
			await wish({ filedAt: later(-900) }),
			await wish({ level: 2 }),
			await wish({ filedAt: later(-1) }),
		];
		const before = await sitting({ startsAt: new Date('2026-11-17T05:30:00Z') });
		await database.sql`insert into booking (grievance_id, sitting_id, slot_id, during, token_no, status, link_code, ics_uid)
			select ${failed.id}, sitting_id, id, tstzrange(starts_at, ends_at), 1, 'revoked', 'x', 'x'
			from slot where sitting_id = ${before.id} limit 1`;
		expect(await run()).toMatchObject({ proposed: 4 });
		const order = await Promise.all(
			[failed, high, old, young].map(async (one) => (await proposed(one)).booking.tokenNo),
		);
		expect(order).toEqual([1, 2, 3, 4]);
	});

	it('waits on the list when no seat is free, and its citizen is told so', async () => {
		await sitting({ slots: 1 });
		const [first, second] = [await wish({ level: 2 }), await wish()];
		expect(await run()).toMatchObject({ proposed: 1, waiting: 1 });
		expect(await standing(first)).toMatchObject({ kind: 'proposed' });
		expect(await standing(second)).toMatchObject({ kind: 'waiting', place: 1 });
		expect(await texts(second)).toEqual(['hearing_waiting']);
		expect(await run()).toMatchObject({ proposed: 0, waiting: 0 });
	});

	it('is not proposed to who gave it up, is not heard any more, or has nobody to hear it', async () => {
		await sitting({ slots: 5 });
		const [cancelled, closed] = [await wish(), await wish()];
		const accused = await wish({ againstPostId: world.posts.dc.id });
		await database.sql`update grievance set state = 'withdrawn' where id = ${closed.id}`;
		expect(await run()).toEqual({ proposed: 1, waiting: 0, lapsed: 0, unheard: 1 });
		expect(await standing(accused)).toMatchObject({ kind: 'desk' });
		const { booking } = await proposed(cancelled);
		await cancelBooking(time.citizen(cancelled.citizenId), {
			bookingId: booking.id,
			version: booking.version,
			key: randomUUID(),
		});
		expect(await run()).toMatchObject({ proposed: 0 });
		expect(await standing(cancelled)).toMatchObject({ kind: 'none', mayAsk: true });
	});

	it('is proposed once by two workers at once, each seat to one citizen', async () => {
		await sitting({ slots: 3, capacity: 2 });
		const wishes = await Promise.all(Array.from({ length: 8 }, () => wish()));
		const runs = await Promise.all([run(), run(), run()]);
		expect(runs.reduce((sum, one) => sum + one.proposed, 0)).toBe(6);
		expect(runs.reduce((sum, one) => sum + one.waiting, 0)).toBe(2);
		for (const one of wishes) expect((await texts(one)).length).toBe(1);
		const [taken] = await database.sql`select count(booking_id)::int as seats from seat`;
		expect(taken).toEqual({ seats: 6 });
	});

	it('goes on where a killed worker stopped: what was half done is undone, the rest is done', async () => {
		await sitting({ slots: 2 });
		const [first, second] = [await wish({ level: 2 }), await wish()];
		// It dies in the middle of the second proposal.
		await database.sql`create function die() returns trigger language plpgsql as $$ begin
			if (select count(*) from booking) >= 2 then raise exception 'killed'; end if;
			return new; end $$`;
		await database.sql`create trigger die after insert on booking_party for each row execute function die()`;
		await expect(run()).rejects.toThrow();
		await database.sql`drop trigger die on booking_party`;
		expect((await bookings(first)).length + (await bookings(second)).length).toBe(1);
		expect(await run()).toMatchObject({ proposed: 1 });
		for (const one of [first, second]) expect(await texts(one)).toEqual(['hearing_proposed']);
	});

	it('is the machine’s to propose, nobody else’s', async () => {
		const one = await wish();
		expect(await refusalCode(proposeHearings(time.citizen(one.citizenId)))).toBe('forbidden');
		expect(await refusalCode(offerSeats(time.citizen(one.citizenId)))).toBe('forbidden');
	});
});

describe('a proposed hearing', () => {
	it('becomes a booking by the citizen’s word, in time', async () => {
		await sitting();
		const one = await wish();
		await run();
		const { booking } = await proposed(one);
		const answer = { bookingId: booking.id, version: booking.version, key: randomUUID() };
		const stranger = await wish();
		expect(await refusalCode(confirmProposal(time.citizen(stranger.citizenId), answer))).toBe(
			'forbidden',
		);
		await confirmProposal(time.citizen(one.citizenId), answer);
		expect(await standing(one)).toMatchObject({ kind: 'booked', mayChange: true });
		await time.set(later(49));
		expect(await run()).toMatchObject({ lapsed: 0 });
		expect(await standing(one)).toMatchObject({ kind: 'booked' });
	});

	it('lapses when unanswered: one more proposal, then the waiting list, and words each time', async () => {
		await sitting({ slots: 1 });
		await sitting({ slots: 1, startsAt: new Date('2026-11-24T05:30:00Z') });
		const one = await wish();
		await run();
		await time.set(later(47));
		expect(await run()).toMatchObject({ lapsed: 0 });
		await time.set(later(49));
		const { booking } = await proposed(one);
		const late = { bookingId: booking.id, version: booking.version, key: randomUUID() };
		expect(await refusalCode(confirmProposal(time.citizen(one.citizenId), late))).toBe(
			'proposal_ended',
		);
		expect(await run()).toMatchObject({ lapsed: 1, proposed: 1 });
		expect((await proposed(one)).booking.startsAt).toEqual(new Date('2026-11-24T05:30:00Z'));
		await time.set(later(98));
		expect(await run()).toMatchObject({ lapsed: 1, proposed: 0, waiting: 0 });
		expect(await standing(one)).toMatchObject({ kind: 'waiting' });
		expect((await bookings(one)).map(({ status }) => status)).toEqual(['revoked', 'revoked']);
		expect(await texts(one)).toEqual(['hearing_proposed', 'hearing_proposed', 'hearing_lapsed']);
		const [seats] = await database.sql`select count(booking_id)::int as taken from seat`;
		expect(seats).toEqual({ taken: 0 });
	});

	it('is never both confirmed and lapsed, whoever is first', async () => {
		await sitting({ slots: 6, capacity: 2 });
		const wishes = await Promise.all(Array.from({ length: 6 }, () => wish()));
		await run();
		await time.set(later(47.9999));
		const ready = await Promise.all(wishes.map((one) => proposed(one)));
		await database.sql`update booking set answer_by = app_now() + interval '30 milliseconds'`;
		const answers = ready.map(({ booking }) =>
			refusalCode(
				confirmProposal(time.citizen(booking.citizenId), {
					bookingId: booking.id,
					version: booking.version,
					key: randomUUID(),
				}),
			),
		);
		const [, ...said] = await Promise.all([run(), run(), ...answers]);
		await run();
		for (const [index, one] of wishes.entries()) {
			const confirmed = said[index + 1] === null;
			const made = await bookings(one);
			expect(made[0]?.status).toBe(confirmed ? 'confirmed' : 'revoked');
			if (confirmed) expect(made.length).toBe(1);
		}
		const [lost] = await database.sql`select count(*)::int as count from booking b
			where b.status in ('proposed', 'confirmed') and not exists (select 1 from seat where booking_id = b.id)`;
		expect(lost).toEqual({ count: 0 });
	});

	it('makes way for another day: the seat goes back, the next that suits is proposed', async () => {
		await sitting({ slots: 2 });
		await sitting({ slots: 2, startsAt: new Date('2026-11-21T05:30:00Z') });
		await sitting({ slots: 2, startsAt: new Date('2026-11-24T05:30:00Z') });
		const one = await wish();
		await run();
		const { booking } = await proposed(one);
		const answer = { bookingId: booking.id, version: booking.version, notBefore: '2026-11-23' };
		const ctx = time.citizen(one.citizenId);
		const key = randomUUID();
		await askOtherDay(ctx, { ...answer, key });
		await askOtherDay(ctx, { ...answer, key });
		const next = await proposed(one);
		expect(next.booking.startsAt).toEqual(new Date('2026-11-24T05:30:00Z'));
		expect((await bookings(one)).map(({ status }) => status)).toEqual(['excused', 'proposed']);
		expect(await texts(one)).toEqual(['hearing_proposed', 'hearing_proposed']);
		const [entry] = await database.sql`select state from waiting_entry`;
		expect(entry).toEqual({ state: 'placed' });
	});

	it('waits for such a day on the list when none is free, and may be given up there', async () => {
		await sitting({ slots: 2 });
		const one = await wish();
		await run();
		const { booking } = await proposed(one);
		const ctx = time.citizen(one.citizenId);
		const answer = { bookingId: booking.id, version: booking.version, key: randomUUID() };
		await askOtherDay(ctx, { ...answer, notBefore: '2027-01-10' });
		expect(await standing(one)).toMatchObject({ kind: 'waiting', notBefore: '2027-01-10' });
		expect(await texts(one)).toEqual(['hearing_proposed', 'hearing_waiting']);
		expect(await run()).toMatchObject({ proposed: 0, waiting: 0 });
		await leaveWaitingList(ctx, one.number);
		expect(await standing(one)).toMatchObject({ kind: 'none', mayAsk: true });
		expect(await run()).toMatchObject({ proposed: 0, waiting: 0 });
	});

	it('takes no day before the proposed one, no nonsense and no far future', async () => {
		await sitting();
		const one = await wish();
		await run();
		const { booking } = await proposed(one);
		for (const notBefore of ['2026-11-20', '2026-11-01', '2026-02-30', 'never', '2028-01-01']) {
			const answer = { bookingId: booking.id, version: booking.version, key: randomUUID() };
			expect(
				await refusalCode(askOtherDay(time.citizen(one.citizenId), { ...answer, notBefore })),
			).toBe('other_day_date');
		}
		expect((await proposed(one)).booking.id).toBe(booking.id);
	});
});
