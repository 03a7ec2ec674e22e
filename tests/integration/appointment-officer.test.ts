import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	bookSlot,
	cancelBooking,
	hearingsOfDay,
	moveBooking,
	mySummons,
	officerCalendar,
	releasePost,
	setDayLimit,
	summonPost,
	summonsView,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { bookingParty } from '#lib/server/db/schema/appointment.ts';
import { direction, hearing } from '#lib/server/db/schema/hearing.ts';
import { absence, schedule } from '#lib/server/db/schema/schedule.ts';
import { directionsFor, preparation, remindReports } from '#lib/server/hearing/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import {
	queuedJobs,
	testContext,
	testDatabase,
	TEST_NOW,
	type TestDatabase,
} from '../support/database.ts';
import { makeWorld, staffOf, type TestPost, type World } from '../support/factories.ts';
import { refusalOf } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;
let clerk: Context;
/** Each test has days of its own. */
let day = new Date('2026-11-18T05:30:00Z');

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	clerk = asClerk(database.db, world);
});
afterAll(() => database.close());

const as = (post: TestPost, rest: Partial<Context> = {}) =>
	testContext(database.db, { actor: staffOf(post), ...rest });

function nextDay(): Date {
	day = new Date(day.getTime() + 86_400_000);
	return day;
}

async function booked(
	sittingSlots: { id: string }[],
	index = 0,
	rest: Parameters<typeof makeCase>[2] = {},
): Promise<{ one: TestCase; booking: BookingView }> {
	const one = await makeCase(database.db, world, rest);
	const booking = await bookSlot(clerk, {
		grievanceNumber: one.number,
		slotId: found(sittingSlots[index]).id,
		key: randomUUID(),
	});
	return { one, booking };
}

const sms = async (template: string) =>
	(await queuedJobs(database.sql, 'notify')).filter(
		({ payload }) => payload['template'] === template,
	);
const toPost = async (template: string, post: TestPost) =>
	(await sms(template)).filter(({ payload }) => JSON.stringify(payload['to']).includes(post.id));

describe('offices called to a hearing', () => {
	test('an office that is called is told once, reads it, and is free again when it is let go', async () => {
		const { slotList } = await makeSitting(database.db, world, { startsAt: nextDay() });
		const { booking } = await booked(slotList);
		const { ddpo, dc } = world.posts;
		await summonPost(as(dc), { bookingId: booking.id, postId: ddpo.id });
		await summonPost(clerk, { bookingId: booking.id, postId: ddpo.id });
		expect(await toPost('summoned', ddpo)).toHaveLength(1);
		expect((await mySummons(as(ddpo))).map((one) => one.bookingId)).toEqual([booking.id]);
		const view = await summonsView(clerk, booking.id);
		expect(view.summoned.map(({ id }) => id)).toEqual([ddpo.id]);
		expect(view.choices.map(({ id }) => id)).not.toContain(ddpo.id);

		await releasePost(clerk, { bookingId: booking.id, postId: ddpo.id });
		expect(await mySummons(as(ddpo))).toEqual([]);
		expect(await toPost('summons_off', ddpo)).toHaveLength(1);
		const again = releasePost(clerk, { bookingId: booking.id, postId: ddpo.id });
		expect(await refusalOf(again)).toMatchObject({ code: 'stale' });
	});

	test('an office cannot be called to two sittings at once, and the refusal says when it is busy', async () => {
		const startsAt = nextDay();
		const chief = { ...world.posts.chief, functions: ['officer', 'hearing'] as const };
		await database.db.execute(
			sql`update post set functions = '{officer,hearing}' where id = ${chief.id}`,
		);
		const first = await makeSitting(database.db, world, { startsAt });
		const other = await makeSitting(database.db, world, { startsAt, postId: chief.id });
		const a = await booked(first.slotList);
		const b = await booked(other.slotList);
		const c = await booked(first.slotList, 1);
		const { nodal } = world.posts;
		await summonPost(clerk, { bookingId: a.booking.id, postId: nodal.id });
		const second = summonPost(clerk, { bookingId: b.booking.id, postId: nodal.id });
		expect(await refusalOf(second)).toMatchObject({
			code: 'summons_busy',
			facts: { from: '11:00', to: '11:10' },
		});
		// In the same sitting one case follows the other.
		await summonPost(clerk, { bookingId: c.booking.id, postId: nodal.id });
	});

	test('of many calls at once to overlapping hearings one stands', async () => {
		const startsAt = nextDay();
		const first = await makeSitting(database.db, world, { startsAt });
		const other = await makeSitting(database.db, world, {
			startsAt,
			postId: world.posts.chief.id,
		});
		const a = await booked(first.slotList);
		const b = await booked(other.slotList);
		const { secretary } = world.posts;
		const calls = [a, b, a, b, a, b].map(({ booking }) =>
			summonPost(clerk, { bookingId: booking.id, postId: secretary.id }).then(
				() => booking.id,
				() => null,
			),
		);
		const made = new Set((await Promise.all(calls)).filter(Boolean));
		expect(made.size).toBe(1);
		const rows = await database.db
			.select()
			.from(bookingParty)
			.where(eq(bookingParty.partyId, secretary.id));
		expect(rows.filter(({ live }) => live)).toHaveLength(1);
	});

	test('it follows when the hearing moves and is told when it is called off', async () => {
		const { slotList } = await makeSitting(database.db, world, { startsAt: nextDay() });
		const { booking } = await booked(slotList);
		const { dmc } = world.posts;
		await summonPost(clerk, { bookingId: booking.id, postId: dmc.id });
		const moved = await moveBooking(clerk, {
			bookingId: booking.id,
			slotId: found(slotList[1]).id,
			version: booking.version,
			reason: 'अधिकारी बैठक में',
			key: randomUUID(),
		});
		expect((await mySummons(as(dmc))).map(({ bookingId }) => bookingId)).toEqual([moved.id]);
		expect(await toPost('summons_moved', dmc)).toHaveLength(1);
		await cancelBooking(clerk, {
			bookingId: moved.id,
			version: moved.version,
			reason: 'बैठक रद्द',
			key: randomUUID(),
		});
		expect(await mySummons(as(dmc))).toEqual([]);
		expect(await toPost('summons_off', dmc)).toHaveLength(1);
	});

	test('only the officer who hears and clerks of the district call; only offices of the district are called', async () => {
		const { slotList } = await makeSitting(database.db, world, { startsAt: nextDay() });
		const { booking } = await booked(slotList);
		const { ddpo, dc, otherClerk, nodal } = world.posts;
		for (const stranger of [otherClerk, nodal]) {
			const call = summonPost(as(stranger), { bookingId: booking.id, postId: ddpo.id });
			expect(await refusalOf(call)).toMatchObject({ code: 'forbidden' });
		}
		for (const postId of [dc.id, otherClerk.id, world.posts.director.id]) {
			const call = summonPost(clerk, { bookingId: booking.id, postId });
			expect(await refusalOf(call)).toMatchObject({ code: 'summons_outside' });
		}
		const over = testContext(database.db, {
			actor: clerk.actor,
			now: new Date(booking.endsAt.getTime() + 1),
		});
		const late = summonPost(over, { bookingId: booking.id, postId: ddpo.id });
		expect(await refusalOf(late)).toMatchObject({ code: 'summons_ended' });
	});
});

describe('the calendar', () => {
	test('shows sittings with what is booked and free, absences, holidays, calls and the limit', async () => {
		const startsAt = new Date('2026-12-24T05:30:00Z');
		const { slotList } = await makeSitting(database.db, world, { startsAt, capacity: 2 });
		const { booking, one } = await booked(slotList);
		await booked(slotList, 1);
		const { dc, ddpo } = world.posts;
		await summonPost(clerk, { bookingId: booking.id, postId: ddpo.id });
		await database.db.insert(schedule).values({ postId: dc.id, mode: 'video', maxPerDay: 40 });
		await database.db.insert(absence).values({
			postId: dc.id,
			kind: 'leave',
			startsAt: new Date('2026-12-25T18:30:00Z'),
			endsAt: new Date('2026-12-26T18:30:00Z'),
			reason: 'अवकाश',
			enteredByPersonId: dc.personId,
		});
		const seen = await officerCalendar(as(dc), { from: '2026-12-23', to: '2026-12-26' });
		expect(seen.limit).toEqual({ maxPerDay: 40, version: 1 });
		expect(seen.days.map(({ date }) => date)).toEqual([
			'2026-12-23',
			'2026-12-24',
			'2026-12-25',
			'2026-12-26',
		]);
		const [, sitting, holiday, leave] = seen.days;
		expect(sitting).toMatchObject({ booked: 2, holiday: null });
		expect(sitting?.sittings).toMatchObject([{ seats: 4, booked: 2, free: 2 }]);
		expect(holiday).toMatchObject({ holiday: 'क्रिसमस', absences: [] });
		expect(leave?.absences).toMatchObject([{ kind: 'leave' }]);
		const called = await officerCalendar(as(ddpo), { from: '2026-12-24', to: '2026-12-24' });
		expect(called.days[0]?.summons).toMatchObject([{ number: one.number }]);
		const rows = await hearingsOfDay(as(dc), '2026-12-24');
		expect(rows).toHaveLength(2);
		expect(rows[0]).toMatchObject({ number: one.number, summoned: [expect.any(String)] });
	});

	test('the officer sets the own limit; it holds at once, and a stale page is refused', async () => {
		const { dc, ddpo } = world.posts;
		const { slotList } = await makeSitting(database.db, world, { startsAt: nextDay() });
		await booked(slotList);
		await setDayLimit(as(dc), { maxPerDay: 1, version: 1 });
		expect(await refusalOf(booked(slotList, 1))).toMatchObject({ code: 'day_full' });
		const stale = setDayLimit(as(dc), { maxPerDay: 5, version: 1 });
		expect(await refusalOf(stale)).toMatchObject({ code: 'stale' });
		const foreign = setDayLimit(as(ddpo), { maxPerDay: 5, version: 2 });
		expect(await refusalOf(foreign)).toMatchObject({ code: 'forbidden' });
		await setDayLimit(as(dc), { maxPerDay: null, version: 2 });
		await booked(slotList, 1);
	});
});

describe('the preparation list', () => {
	async function owed(date: Date) {
		const { slotList } = await makeSitting(database.db, world, { startsAt: date });
		const a = await booked(slotList);
		const b = await booked(slotList, 1);
		const { dc, ddpo } = world.posts;
		for (const { one, booking } of [a, b]) {
			const [made] = await database.db
				.insert(hearing)
				.values({
					bookingId: booking.id,
					grievanceId: one.id,
					sittingId: booking.sittingId,
					queueRank: 1,
					room: randomUUID(),
				})
				.returning({ id: hearing.id });
			const dueAt = new Date('2026-11-10T18:29:59Z');
			await database.db.insert(direction).values({
				hearingId: found(made).id,
				grievanceId: one.id,
				kind: 'report',
				text: 'मौके की रिपोर्ट दें।',
				issuerPostId: dc.id,
				directedPostId: ddpo.id,
				ownerPostId: ddpo.id,
				ownedSince: TEST_NOW,
				state: 'open',
				dueAt,
				deadline: dueAt,
				nextScanAt: dueAt,
				issuedAt: TEST_NOW,
			});
		}
		return { a, b };
	}

	test('names what is missing, since when and from whom; reminds once a day and notes it in the case', async () => {
		const date = nextDay();
		const { a, b } = await owed(date);
		const iso = date.toISOString().slice(0, 10);
		const { dc, ddpo } = world.posts;
		const rows = await preparation(as(dc), iso);
		expect(rows.map(({ number }) => number)).toEqual([a.one.number, b.one.number]);
		expect(rows[0]?.missing).toMatchObject([{ postId: ddpo.id, overdue: true, remindedAt: null }]);

		const before = (await sms('report_reminder')).length;
		// Two presses at the same moment.
		const [one, two] = await Promise.all([remindReports(as(dc), iso), remindReports(clerk, iso)]);
		expect(one.reports + two.reports).toBe(2);
		expect(await remindReports(as(dc), iso)).toEqual({ reports: 0, posts: 0 });
		expect(await sms('report_reminder')).toHaveLength(before + 1);
		const events = await database.sql`
			select 1 from grievance_event where type = 'report_reminded' and grievance_id = ${a.one.id}`;
		expect(events).toHaveLength(1);
		const again = await preparation(as(dc), iso);
		expect(again[0]?.missing[0]?.remindedAt).toEqual(TEST_NOW);
		// And the post reads it in its own list.
		expect((await directionsFor(as(ddpo)))[0]?.remindedAt).toEqual(TEST_NOW);

		const tomorrow = testContext(database.db, {
			actor: staffOf(dc),
			now: new Date(TEST_NOW.getTime() + 86_400_000),
		});
		expect(await remindReports(tomorrow, iso)).toEqual({ reports: 2, posts: 1 });
	});

	test('a clerk reads no matter of a restricted case, another district reads nothing, others may not', async () => {
		const date = nextDay();
		const { slotList } = await makeSitting(database.db, world, { startsAt: date });
		await booked(slotList, 0, { categoryId: world.restrictedId });
		const iso = date.toISOString().slice(0, 10);
		const { dc, ddpo, otherClerk } = world.posts;
		expect((await preparation(clerk, iso))[0]?.title).toBeNull();
		expect((await preparation(as(dc), iso))[0]?.title).toContain('रिश्वत');
		expect(await preparation(as(otherClerk), iso)).toEqual([]);
		expect(await refusalOf(preparation(as(ddpo), iso))).toMatchObject({ code: 'forbidden' });
	});
});
