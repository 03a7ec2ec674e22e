import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	bookSlot,
	calendarFile,
	setBookingStatus,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { Actor } from '#lib/server/platform/context.ts';
import { asClerk, makeCase, makeSitting, type TestCase } from '../support/appointment.ts';
import { testContext, testDatabase, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, type World } from '../support/factories.ts';

let base: TestDatabase;
let db: Db;
let world: World;
let one: TestCase;
let booked: BookingView;

beforeAll(async () => {
	base = await testDatabase();
	db = base.db;
	world = await makeWorld(db);
	one = await makeCase(db, world, { name: 'सुनीता देवी' });
	const sitting = await makeSitting(db, world, { startsAt: istInstant('2026-11-17', '11:00') });
	booked = await bookSlot(asClerk(db, world), {
		grievanceNumber: one.number,
		slotId: sitting.slotList[1]?.id ?? '',
		key: randomUUID(),
	});
});
afterAll(() => base.close());

const citizen = (): Actor => ({ kind: 'citizen', citizenId: one.citizenId });

/** Read by a program that did not write it. */
function parsed(text: string) {
	const calendar = new ICAL.Component(ICAL.parse(text));
	const component = calendar.getFirstSubcomponent('vevent');
	if (!component) throw new Error('no event');
	return { calendar, component, event: new ICAL.Event(component) };
}

describe('the calendar file', () => {
	test('says when in UTC, whatever the zone of the process', async () => {
		const zone = process.env['TZ'];
		process.env['TZ'] = 'America/New_York';
		try {
			const { text } = await calendarFile(testContext(db, { actor: citizen() }), booked.id);
			expect(text).toContain('DTSTAMP:20261116T063000Z');
			expect(text).toContain('DTSTART:20261117T054000Z');
			expect(text).toContain('DTEND:20261117T055000Z');
			expect(text).not.toContain('TZID');
			const { event } = parsed(text);
			expect(event.startDate.toJSDate()).toEqual(istInstant('2026-11-17', '11:10'));
			expect(event.startDate.zone).toBe(ICAL.Timezone.utcTimezone);
			expect(event.duration.toSeconds()).toBe(600);
		} finally {
			if (zone === undefined) delete process.env['TZ'];
			else process.env['TZ'] = zone;
		}
	});

	test('has lines of at most 75 octets that end with CRLF', async () => {
		const { text } = await calendarFile(testContext(db, { actor: citizen() }), booked.id);
		const lines = text.split('\r\n');
		expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
		for (const line of lines) expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(75);
	});

	test('is published to its citizen, in the language of the page', async () => {
		const words = { hi: 'शिकायत', en: 'Grievance' };
		for (const locale of ['hi', 'en'] as const) {
			const ctx = testContext(db, { actor: citizen(), locale });
			const { text, method, fileName } = await calendarFile(ctx, booked.id);
			const { calendar, component, event } = parsed(text);
			expect(method).toBe('PUBLISH');
			expect(calendar.getFirstPropertyValue('method')).toBe('PUBLISH');
			expect(component.getFirstPropertyValue('status')).toBe('CONFIRMED');
			expect(event.uid).toBe(`${booked.id}@localhost`);
			expect(event.sequence).toBe(0);
			expect(event.attendees).toEqual([]);
			expect(event.summary).toContain(one.number);
			expect(event.description).toContain('11:10');
			expect(event.description.toLowerCase()).toContain(words[locale].toLowerCase());
			expect(event.description).toContain(`/h/${booked.linkCode}`);
			expect(fileName).toBe(`${one.number}-2.ics`);
		}
	});

	test('names neither the citizen nor a number to call', async () => {
		const { text } = await calendarFile(asClerk(db, world), booked.id);
		const unfolded = text.replaceAll('\r\n ', '');
		expect(unfolded).not.toContain('सुनीता');
		expect(unfolded).not.toMatch(/[6-9]\d{9}/);
		expect(parsed(text).component.getFirstPropertyValue('organizer')).toBe(
			'mailto:hearings@localhost',
		);
	});

	test('is for its citizen, its officer and staff of the district', async () => {
		const codeOf = (actor: Actor) =>
			calendarFile(testContext(db, { actor }), booked.id).then(
				() => 'done',
				(error: unknown) => (error instanceof Refusal ? error.code : error),
			);
		expect(await codeOf(staffOf(world.posts.dc))).toBe('done');
		expect(await codeOf(staffOf(world.posts.clerk))).toBe('done');
		expect(await codeOf(staffOf(world.posts.otherClerk))).toBe('forbidden');
		expect(await codeOf({ kind: 'anonymous' })).toBe('forbidden');
		const stranger = await makeCase(db, world);
		expect(await codeOf({ kind: 'citizen', citizenId: stranger.citizenId })).toBe('forbidden');
	});

	test('lets no name begin a property of its own', async () => {
		const evil = 'DC\r\nATTENDEE:mailto:evil@example.org\nX-EVIL:1";:,\\';
		await db.update(post).set({ designationEn: evil }).where(eq(post.id, world.posts.dc.id));
		const ctx = testContext(db, { actor: citizen(), locale: 'en' });
		const { text } = await calendarFile(ctx, booked.id);
		const { component, event } = parsed(text);
		expect(event.attendees).toEqual([]);
		expect(component.getFirstProperty('x-evil')).toBeNull();
		expect(event.startDate.toJSDate()).toEqual(booked.startsAt);
	});

	test('of a hearing called off cancels, with the same UID and a higher sequence', async () => {
		const sitting = await makeSitting(db, world, { startsAt: istInstant('2026-11-18', '11:00') });
		const other = await makeCase(db, world);
		const clerk = asClerk(db, world);
		const made = await bookSlot(clerk, {
			grievanceNumber: other.number,
			slotId: sitting.slotList[0]?.id ?? '',
			key: randomUUID(),
		});
		const before = parsed((await calendarFile(clerk, made.id)).text);
		await db.transaction((tx) => setBookingStatus(tx, clerk, made.id, 'revoked'));
		const { text, method } = await calendarFile(clerk, made.id);
		const after = parsed(text);
		expect(method).toBe('CANCEL');
		expect(after.calendar.getFirstPropertyValue('method')).toBe('CANCEL');
		expect(after.component.getFirstPropertyValue('status')).toBe('CANCELLED');
		expect(after.event.uid).toBe(before.event.uid);
		expect(after.event.sequence).toBeGreaterThan(before.event.sequence);
		expect(after.event.attendees).toHaveLength(1);
		expect(after.component.getFirstPropertyValue('dtstamp')?.toString()).toBe(
			'2026-11-16T06:30:00Z',
		);
	});
});
