import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import ICAL from 'ical.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import {
	bookSlot,
	createFeed,
	feedView,
	readFeed,
	revokeFeed,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { bookingParty, calendarFeed } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { charge, person } from '#lib/server/db/schema/masters.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { asClerk, makeCase, makeSitting } from '../support/appointment.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, vacate, type TestPost, type World } from '../support/factories.ts';
import { refusalCode } from '../support/refusals.ts';

let base: TestDatabase;
let db: Db;
let world: World;
let booked: BookingView;

const later = new Date(TEST_NOW.getTime() + 60_000);
const as = (post: TestPost) => testContext(db, { actor: staffOf(post) });
/** A calendar program: no cookie, no language. */
const program = (now = later) => testContext(db, { now });
const secretOf = (address: string) => /\/api\/calendar\/([\w-]{43})\.ics$/.exec(address)?.[1] ?? '';
const read = (address: string, now = later) =>
	readFeed(program(now), secretOf(address), '192.0.2.1');

beforeAll(async () => {
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
	await db.update(person).set({ mustChangePassword: false });
	const one = await makeCase(db, world, { name: 'सुनीता देवी' });
	const sitting = await makeSitting(db, world, { startsAt: istInstant('2026-11-17', '11:00') });
	booked = await bookSlot(asClerk(db, world), {
		grievanceNumber: one.number,
		slotId: sitting.slotList[1]?.id ?? '',
		key: randomUUID(),
	});
});
afterAll(() => base.close());
beforeEach(async () => {
	await db.delete(calendarFeed);
});

/** Read by a program that did not write it. */
function eventsOf(text: string) {
	const calendar = new ICAL.Component(ICAL.parse(text));
	const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
	return { calendar, events };
}

describe('the private calendar', () => {
	test('publishes sittings and hearings with number and time, in UTC', async () => {
		const { text } = await read(await createFeed(as(world.posts.dc)));
		const { calendar, events } = eventsOf(text);
		expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
		expect(text).not.toContain('TZID');
		expect(events).toHaveLength(2);
		const hearing = events.find(({ uid }) => uid === booked.icsUid);
		expect(hearing?.summary).toContain(booked.grievanceNumber);
		expect(hearing?.startDate.toJSDate()).toEqual(booked.startsAt);
		expect(hearing?.attendees).toEqual([]);
		const sitting = events.find(({ uid }) => uid === `sitting-${booked.sittingId}@localhost`);
		expect(sitting?.endDate.toJSDate()).toEqual(istInstant('2026-11-17', '11:20'));
		for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
	});

	test('holds nothing of the citizen, and not the code of the citizen’s link', async () => {
		const { text } = await read(await createFeed(as(world.posts.dc)));
		const unfolded = text.replaceAll('\r\n ', '');
		expect(unfolded).not.toContain('सुनीता');
		expect(unfolded).not.toMatch(/[6-9]\d{9}/);
		expect(unfolded).not.toContain(booked.linkCode);
		expect(unfolded).not.toContain(booked.citizenId);
	});

	test('of a summoned post shows the hearings that it must come to, and no other', async () => {
		const address = await createFeed(as(world.posts.ddpo));
		expect(eventsOf((await read(address)).text).events).toEqual([]);
		await db.insert(bookingParty).values({
			bookingId: booked.id,
			kind: 'post',
			partyId: world.posts.ddpo.id,
			sittingId: booked.sittingId,
			during: rangeOf(booked.startsAt, booked.endsAt),
		});
		const { events } = eventsOf((await read(address)).text);
		expect(events.map(({ uid }) => uid)).toEqual([booked.icsUid]);
	});

	test('has the same mark while it says the same, and another one after a change', async () => {
		const address = await createFeed(as(world.posts.dc));
		const first = await read(address);
		const second = await read(address, new Date(later.getTime() + 60_000));
		expect(second.sha256).toBe(first.sha256);
		const { number } = await makeCase(db, world);
		const sitting = await makeSitting(db, world, { startsAt: istInstant('2026-11-18', '11:00') });
		await bookSlot(asClerk(db, world), {
			grievanceNumber: number,
			slotId: sitting.slotList[0]?.id ?? '',
			key: randomUUID(),
		});
		expect((await read(address)).sha256).not.toBe(first.sha256);
	});
});

describe('its address', () => {
	test('is kept as a hash alone, and is told once', async () => {
		const address = await createFeed(as(world.posts.dc));
		const rows = await db.select().from(calendarFeed);
		expect(JSON.stringify(rows)).not.toContain(secretOf(address));
		expect(JSON.stringify(await feedView(as(world.posts.dc)))).not.toContain(secretOf(address));
	});

	test('says when a calendar last read it', async () => {
		const address = await createFeed(as(world.posts.dc));
		expect((await feedView(as(world.posts.dc)))?.lastReadAt).toBeNull();
		await read(address);
		expect((await feedView(as(world.posts.dc)))?.lastReadAt).toEqual(later);
	});

	test('ends when it is revoked, and when a new one is made', async () => {
		const first = await createFeed(as(world.posts.dc));
		const second = await createFeed(as(world.posts.dc));
		expect(await refusalCode(read(first))).toBe('feed_ended');
		await read(second);
		await revokeFeed(as(world.posts.dc));
		expect(await refusalCode(read(second))).toBe('feed_ended');
		expect(await feedView(as(world.posts.dc))).toBeNull();
	});

	test('made twice at the same moment leaves one that works', async () => {
		const made = await Promise.all([1, 2, 3].map(() => createFeed(as(world.posts.dc))));
		const codes = await Promise.all(made.map((address) => refusalCode(read(address))));
		expect(codes.filter((code) => code === null)).toHaveLength(1);
	});

	test('ends for good when the person leaves the post, also for who comes back', async () => {
		const address = await createFeed(as(world.posts.secretary));
		const unread = await createFeed(as(world.posts.director));
		await read(address);
		const end = new Date(later.getTime() + 60_000);
		for (const held of [world.posts.secretary, world.posts.director]) await vacate(db, held, end);
		expect(await refusalCode(read(address, end))).toBe('feed_ended');
		for (const { id: postId, personId } of [world.posts.secretary, world.posts.director]) {
			const again = new Date(end.getTime() + 60_000);
			await db.insert(charge).values({ postId, personId, during: rangeOf(again, null) });
		}
		const back = new Date(end.getTime() + 120_000);
		expect(await refusalCode(read(address, back))).toBe('feed_ended');
		expect(await refusalCode(read(unread, back))).toBe('feed_ended');
	});

	test('ends when the person may not sign in any more', async () => {
		const address = await createFeed(as(world.posts.dmc));
		await db
			.update(person)
			.set({ disabledAt: later })
			.where(eq(person.id, world.posts.dmc.personId));
		expect(await refusalCode(read(address))).toBe('feed_ended');
	});

	test('that nobody was given is not found, and guessing from one place is stopped', async () => {
		const guess = (from: string) =>
			refusalCode(readFeed(program(), randomUUID().repeat(2).slice(0, 43), from));
		for (let nth = 0; nth < 30; nth += 1) expect(await guess('192.0.2.66')).toBe('not_found');
		expect(await guess('192.0.2.66')).toBe('too_many_requests');
		expect(await guess('192.0.2.67')).toBe('not_found');
		// Somebody else's calendar behind the same address goes on.
		await readFeed(program(), secretOf(await createFeed(as(world.posts.dc))), '192.0.2.66');
	});

	test('read too often is refused for a while', async () => {
		const address = await createFeed(as(world.posts.dc));
		for (let nth = 0; nth < 60; nth += 1) await read(address);
		expect(await refusalCode(read(address))).toBe('too_many_requests');
		await read(address, new Date(later.getTime() + 3_600_000));
	});

	test('is for posts that sit in hearings', async () => {
		expect(await refusalCode(createFeed(as(world.posts.clerk)))).toBe('forbidden');
		expect(await refusalCode(feedView(as(world.posts.administrator)))).toBe('forbidden');
		expect(await refusalCode(createFeed(testContext(db)))).toBe('forbidden');
	});
});
