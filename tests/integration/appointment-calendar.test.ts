import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
	bookSlot,
	calendarFile,
	cancelBooking,
	moveBooking,
	type BookingView,
} from '#lib/server/appointment/index.ts';
import { bookingParty } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
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

/** In lower case: a scheme may be written either way. */
const inviteesOf = (event: ICAL.Event) =>
	event.attendees.map((one) => String(one.getFirstValue()).toLowerCase());

async function summon(made: BookingView, postId: string): Promise<void> {
	const during = rangeOf(made.startsAt, made.endsAt);
	await db
		.insert(bookingParty)
		.values({
			bookingId: made.id,
			kind: 'post',
			partyId: postId,
			sittingId: made.sittingId,
			during,
		})
		.onConflictDoNothing();
}

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

	test('asks its citizen to come, in the language of the page', async () => {
		const words = { hi: 'शिकायत', en: 'Grievance' };
		for (const locale of ['hi', 'en'] as const) {
			const ctx = testContext(db, { actor: citizen(), locale });
			const { text, method, fileName } = await calendarFile(ctx, booked.id);
			const { calendar, component, event } = parsed(text);
			expect(method).toBe('REQUEST');
			expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
			expect(component.getFirstPropertyValue('status')).toBe('CONFIRMED');
			expect(event.uid).toBe(`${booked.id}@localhost`);
			expect(event.sequence).toBe(0);
			expect(event.organizer).toBe('mailto:hearings@localhost');
			expect(inviteesOf(event)).toEqual([`mailto:citizen-${booked.id}@localhost`]);
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

	test('is for its citizen, its officer, who is summoned and staff of the district', async () => {
		const codeOf = (actor: Actor) =>
			calendarFile(testContext(db, { actor }), booked.id).then(
				() => 'done',
				(error: unknown) => (error instanceof Refusal ? error.code : error),
			);
		expect(await codeOf(staffOf(world.posts.dc))).toBe('done');
		expect(await codeOf(staffOf(world.posts.clerk))).toBe('done');
		expect(await codeOf(staffOf(world.posts.otherClerk))).toBe('forbidden');
		expect(await codeOf(staffOf(world.posts.ddpo))).toBe('forbidden');
		await summon(booked, world.posts.ddpo.id);
		expect(await codeOf(staffOf(world.posts.ddpo))).toBe('done');
		expect(await codeOf(staffOf(world.posts.secretary))).toBe('forbidden');
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
		expect(event.attendees).toHaveLength(1);
		expect(component.getFirstProperty('x-evil')).toBeNull();
		expect(event.startDate.toJSDate()).toEqual(booked.startsAt);
	});

	test('of the staff names their post and leads to their own page, not to the citizen’s', async () => {
		const officer = testContext(db, { actor: staffOf(world.posts.dc), locale: 'en' });
		const { event } = parsed((await calendarFile(officer, booked.id)).text);
		expect(inviteesOf(event)).toEqual([`mailto:post-${world.posts.dc.id}@localhost`]);
		expect(event.description).toContain(`/en/officer/sittings/${booked.sittingId}`);
		expect(event.description).not.toContain(booked.linkCode);
		await summon(booked, world.posts.ddpo.id);
		const summoned = testContext(db, { actor: staffOf(world.posts.ddpo) });
		const own = parsed((await calendarFile(summoned, booked.id)).text).event;
		expect(own.description).toContain(`/department/grievances/${one.number}`);
		expect(own.description).not.toContain(booked.linkCode);
	});

	describe('keeps its UID for life', () => {
		/** A booking of the 18th, and the sitting of the 19th to move it to. */
		async function movable(day: number) {
			const at = (date: number) =>
				makeSitting(db, world, { startsAt: istInstant(`2026-11-${date}`, '11:00') });
			const [first, second] = [await at(day), await at(day + 1)];
			const { number, citizenId } = await makeCase(db, world);
			const clerk = asClerk(db, world);
			const made = await bookSlot(clerk, {
				grievanceNumber: number,
				slotId: first.slotList[0]?.id ?? '',
				key: randomUUID(),
			});
			const moved = () =>
				moveBooking(clerk, {
					bookingId: made.id,
					slotId: second.slotList[1]?.id ?? '',
					version: made.version,
					reason: 'अधिकारी बाहर हैं',
					key: randomUUID(),
				});
			return { clerk, made, moved, citizenId };
		}

		test('moved: the next sequence and the new time, also from the old file', async () => {
			const { clerk, made, moved, citizenId } = await movable(18);
			const before = parsed((await calendarFile(clerk, made.id)).text).event;
			const after = await moved();
			const ctx = testContext(db, { actor: { kind: 'citizen', citizenId }, locale: 'en' });
			for (const id of [after.id, made.id]) {
				const { text, method } = await calendarFile(ctx, id);
				const { event, component } = parsed(text);
				expect(method).toBe('REQUEST');
				expect(component.getFirstPropertyValue('status')).toBe('CONFIRMED');
				expect(event.uid).toBe(before.uid);
				expect(event.sequence).toBe(before.sequence + 1);
				expect(event.startDate.toJSDate()).toEqual(istInstant('2026-11-19', '11:10'));
				expect(event.description).toContain('The time of this hearing has changed.');
				expect(inviteesOf(event)).toEqual([`mailto:citizen-${made.icsUid}`]);
			}
		});

		test('moved to another officer: the first is told that it does not take place there', async () => {
			const { clerk, made } = await movable(23);
			await db
				.update(post)
				.set({ functions: ['officer', 'hearing'] })
				.where(eq(post.id, world.posts.nodal.id));
			const other = await makeSitting(db, world, {
				postId: world.posts.nodal.id,
				startsAt: istInstant('2026-11-25', '11:00'),
			});
			const after = await moveBooking(clerk, {
				bookingId: made.id,
				slotId: other.slotList[0]?.id ?? '',
				version: made.version,
				reason: 'अधिकारी बाहर हैं',
				key: randomUUID(),
			});
			const dc = testContext(db, { actor: staffOf(world.posts.dc) });
			const { text, method } = await calendarFile(dc, made.id);
			const { event } = parsed(text);
			expect(method).toBe('CANCEL');
			expect(event.sequence).toBe(after.icsSequence);
			expect(event.startDate.toJSDate()).toEqual(made.startsAt);
		});

		test('called off: CANCEL, with a higher sequence', async () => {
			const { clerk, made } = await movable(26);
			const before = parsed((await calendarFile(clerk, made.id)).text);
			await cancelBooking(clerk, {
				bookingId: made.id,
				version: made.version,
				reason: 'कार्यालय बंद है',
				key: randomUUID(),
			});
			const { text, method } = await calendarFile(clerk, made.id);
			const after = parsed(text);
			expect(method).toBe('CANCEL');
			expect(after.calendar.getFirstPropertyValue('method')).toBe('CANCEL');
			expect(after.component.getFirstPropertyValue('status')).toBe('CANCELLED');
			expect(after.event.uid).toBe(before.event.uid);
			expect(after.event.sequence).toBe(before.event.sequence + 1);
			expect(after.event.attendees).toHaveLength(1);
			expect(after.event.description).toContain('यह सुनवाई इस समय नहीं होगी।');
			const stamp = after.component.getFirstPropertyValue('dtstamp');
			expect(stamp?.toString()).toBe('2026-11-16T06:30:00Z');
		});
	});
});
