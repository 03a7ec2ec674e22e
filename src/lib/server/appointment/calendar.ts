import { and, desc, eq } from 'drizzle-orm';
import { isCalledOff } from '#lib/domain/appointment/booking.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, bookingParty } from '#lib/server/db/schema/appointment.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { words } from '#lib/server/platform/words.ts';
import { addHearing, addressAt, describeHearing, newCalendar, type CalendarMethod } from './ics.ts';
import { mayReadBooking } from './policy.ts';
import { bookingFacts } from './queries.ts';
import type { BookingFacts } from './types.ts';

export interface CalendarFile {
	text: string;
	/** Stands in the text and must stand in the content type. */
	method: CalendarMethod;
	/** Plain ASCII, fit for a header. */
	fileName: string;
	/** What it says, for people. */
	description: string;
}

/** For whom a calendar file is: the citizen, or a post that hears or is summoned. */
export type CalendarReader = { kind: 'citizen' } | { kind: 'post'; postId: string };

interface Asking {
	db: Db;
	origin: string;
	locale: Locale;
	/** When the file is written. */
	now: Date;
	reader: CalendarReader;
	/** Real addresses, in a mail; a file to save names nobody's. */
	mail?: { from: string; to: string };
}

/** Whether the post is, or was, a party of the booking. */
export async function isSummoned(db: Db, bookingId: string, postId: string): Promise<boolean> {
	const asked = and(
		eq(bookingParty.bookingId, bookingId),
		eq(bookingParty.kind, 'post'),
		eq(bookingParty.partyId, postId),
	);
	return (await db.$count(bookingParty, asked)) > 0;
}

/** What became of a booking that was moved: the last one under the same UID; else itself. */
async function latestOf(db: Db, one: BookingFacts): Promise<BookingFacts> {
	if (one.status !== 'superseded') return one;
	const [last] = await db
		.select({ id: booking.id })
		.from(booking)
		.where(eq(booking.icsUid, one.icsUid))
		.orderBy(desc(booking.icsSequence), desc(booking.id))
		.limit(1);
	return last && last.id !== one.id ? bookingFacts(db, last.id) : one;
}

const prefix = (locale: Locale) => (locale === 'en' ? '/en' : '');

/** The page that a reader opens on the day. Only the citizen's holds the code of the link. */
function linkOf(one: BookingFacts, { origin, locale, reader }: Asking): string {
	const site = origin + prefix(locale);
	if (reader.kind === 'citizen') return `${site}/h/${one.linkCode}`;
	return reader.postId === one.postId
		? `${site}/officer/sittings/${one.sittingId}`
		: `${site}/department/grievances/${one.grievanceNumber}`;
}

/**
 * One booking as iCalendar (RFC 5545, 5546): REQUEST while it stands, CANCEL once it was called off. No
 * policy: for whoever has asked already.
 */
export async function writeInvitation(one: BookingFacts, asking: Asking): Promise<CalendarFile> {
	const { db, origin, locale, now, reader, mail } = asking;
	const ids = reader.kind === 'post' ? [one.postId, reader.postId] : [one.postId];
	const names = await namesOfPosts(db, ids, locale);
	const method = isCalledOff(one.status) ? 'CANCEL' : 'REQUEST';
	const attendee =
		reader.kind === 'post'
			? { name: names.get(reader.postId) ?? '', email: addressAt(origin, `post-${reader.postId}`) }
			: { name: words('ics_citizen', locale), email: `citizen-${one.icsUid}` };
	const calendar = newCalendar(method, locale);
	const hearing = {
		...one,
		postName: names.get(one.postId) ?? '',
		link: linkOf(one, asking),
		ofCitizen: reader.kind === 'citizen',
	};
	addHearing(
		calendar,
		hearing,
		{ stamp: now, origin, locale },
		{
			attendee: mail ? { ...attendee, email: mail.to } : attendee,
			organizer: mail?.from ?? addressAt(origin, 'hearings'),
		},
	);
	const fileName = `${one.grievanceNumber}-${one.tokenNo}.ics`;
	return {
		text: calendar.toString(),
		method,
		fileName,
		description: describeHearing(hearing, locale),
	};
}

/**
 * The booking for the reader's calendar. Of a hearing that was moved the file says the new time, to who
 * may know it; to the others, and when it was called off, that it does not take place.
 * @throws {Refusal} `not_found`; `forbidden` for anybody but its citizen, its hearing officer, posts
 * that are summoned and clerks of its district
 */
export async function calendarFile(ctx: Context, bookingId: string): Promise<CalendarFile> {
	const asked = await bookingFacts(ctx.db, bookingId);
	if (!(await mayHave(ctx, asked))) throw new Refusal('forbidden');
	const latest = await latestOf(ctx.db, asked);
	const one = (await mayHave(ctx, latest)) ? latest : { ...asked, icsSequence: latest.icsSequence };
	return writeInvitation(one, {
		db: ctx.db,
		origin: ctx.origin,
		locale: ctx.locale,
		now: ctx.clock.now(),
		reader: await readerOf(ctx, asked),
	});
}

async function mayHave(ctx: Context, one: BookingFacts): Promise<boolean> {
	if (mayReadBooking(ctx, one)) return true;
	return ctx.actor.kind === 'staff' && isSummoned(ctx.db, one.id, ctx.actor.postId);
}

/** A clerk takes the file for the citizen at the counter. */
async function readerOf({ actor, db }: Context, one: BookingFacts): Promise<CalendarReader> {
	if (actor.kind !== 'staff') return { kind: 'citizen' };
	const own = actor.postId === one.postId || (await isSummoned(db, one.id, actor.postId));
	return own ? { kind: 'post', postId: actor.postId } : { kind: 'citizen' };
}
