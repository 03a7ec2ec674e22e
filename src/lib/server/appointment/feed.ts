import { randomBytes } from 'node:crypto';
import { and, asc, eq, gte, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { addDays, istDate } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	booking,
	bookingParty,
	calendarFeed,
	sitting,
	slot,
} from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { charge, person } from '#lib/server/db/schema/masters.ts';
import { namesOfPosts, staffActor } from '#lib/server/masters/index.ts';
import type { Context, Locale, StaffActor } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { inTransaction } from '#lib/server/platform/db.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { words } from '#lib/server/platform/words.ts';
import { addHearing, addSitting, newCalendar } from './ics.ts';
import { requireStaff } from './policy.ts';

/** How far a calendar reaches, in days before and after today. */
const PAST_DAYS = 30;
const COMING_DAYS = 200;

/** Calendar programs ask some times an hour, from several devices. */
const READS = { limit: 60, windowSeconds: 3600 };
/** Addresses that nobody was given, asked for from one place. */
const MISSES = { limit: 30, windowSeconds: 3600 };

/** Hearings that take place or took place. */
const SHOWN = ['confirmed', 'fulfilled', 'no_show'] as const;

export interface FeedView {
	createdAt: Date;
	lastReadAt: Date | null;
}

/** Posts that sit in hearings: those who hear, and those who are summoned. */
function requireHearer(ctx: Context): StaffActor {
	const actor = requireStaff(ctx);
	if (!actor.functions.some((one) => one === 'hearing' || one === 'officer')) {
		throw new Refusal('forbidden');
	}
	return actor;
}

const liveOf = ({ personId, postId }: StaffActor) =>
	and(
		eq(calendarFeed.personId, personId),
		eq(calendarFeed.postId, postId),
		isNull(calendarFeed.revokedAt),
	);

/** The person's own address in this post, as far as it may be shown again. @throws {Refusal} `forbidden` */
export async function feedView(ctx: Context): Promise<FeedView | null> {
	const actor = requireHearer(ctx);
	const [row] = await ctx.db
		.select({ createdAt: calendarFeed.createdAt, lastReadAt: calendarFeed.lastReadAt })
		.from(calendarFeed)
		.where(liveOf(actor));
	return row ?? null;
}

/**
 * Makes the private address of the person's calendar in this post; one that there was ends.
 * @returns the address, which is kept nowhere and cannot be shown again
 * @throws {Refusal} `forbidden`
 */
export async function createFeed(ctx: Context): Promise<string> {
	const actor = requireHearer(ctx);
	const secret = randomBytes(32).toString('base64url');
	await inTransaction(ctx.db, async (tx) => {
		// Two clicks at once: the second waits here and ends what the first made.
		await tx
			.select({ id: person.id })
			.from(person)
			.where(eq(person.id, actor.personId))
			.for('no key update');
		await tx.update(calendarFeed).set({ revokedAt: ctx.clock.now() }).where(liveOf(actor));
		await tx.insert(calendarFeed).values({
			personId: actor.personId,
			postId: actor.postId,
			tokenHash: sha256Hex(secret),
			createdAt: ctx.clock.now(),
		});
	});
	return `${ctx.origin}/api/calendar/${secret}.ics`;
}

/** Ends the address; without one nothing happens. @throws {Refusal} `forbidden` */
export async function revokeFeed(ctx: Context): Promise<void> {
	const actor = requireHearer(ctx);
	await ctx.db.update(calendarFeed).set({ revokedAt: ctx.clock.now() }).where(liveOf(actor));
}

export interface Feed {
	text: string;
	/** Of what it says, not of when it was written. */
	sha256: string;
}

/**
 * What stands at a private address: sittings and hearings of the post, with number and time. Whoever
 * has the address reads it, so nothing of a citizen is in it.
 * @param address of the network, against guessing
 * @throws {Refusal} `not_found`; `feed_ended` when it was revoked, or its person does not hold the
 * post any more, or may not sign in; `too_many_requests`
 */
export async function readFeed(ctx: Context, secret: string, address: string): Promise<Feed> {
	const now = ctx.clock.now();
	const [row] = await ctx.db
		.select({
			id: calendarFeed.id,
			personId: calendarFeed.personId,
			postId: calendarFeed.postId,
			revokedAt: calendarFeed.revokedAt,
			locale: person.locale,
			/** Not handed over and taken back in between either. */
			held: sql<boolean>`exists (select 1 from ${charge} where ${charge.personId} = ${person.id}
				and ${charge.postId} = ${calendarFeed.postId} and ${charge.during} @>
				tstzrange(${calendarFeed.createdAt}, greatest(${calendarFeed.createdAt}, ${now.toISOString()}::timestamptz), '[]'))`,
		})
		.from(calendarFeed)
		.innerJoin(person, eq(person.id, calendarFeed.personId))
		.where(eq(calendarFeed.tokenHash, sha256Hex(secret)));
	if (!row) {
		await takeHit(ctx.db, `feed_miss:${address}`, { ...MISSES, now });
		throw new Refusal('not_found');
	}
	await takeHit(ctx.db, `feed:${row.id}`, { ...READS, now });
	const stands = row.held && (await staffActor(ctx.db, row.personId, row.postId, now)) !== null;
	if (row.revokedAt || !stands) {
		// For good: who comes back to the post makes a new one.
		await ctx.db
			.update(calendarFeed)
			.set({ revokedAt: now })
			.where(and(eq(calendarFeed.id, row.id), isNull(calendarFeed.revokedAt)));
		throw new Refusal('feed_ended');
	}
	await ctx.db.update(calendarFeed).set({ lastReadAt: now }).where(eq(calendarFeed.id, row.id));
	return writeFeed(ctx, row.postId, row.locale === 'en' ? 'en' : 'hi');
}

async function writeFeed(ctx: Context, postId: string, locale: Locale): Promise<Feed> {
	const now = ctx.clock.now();
	const today = istDate(now);
	const within = and(
		gte(sitting.date, addDays(today, -PAST_DAYS)),
		lte(sitting.date, addDays(today, COMING_DAYS)),
		ne(sitting.state, 'cancelled'),
	);
	const sittings = await ctx.db
		.select({
			id: sitting.id,
			startsAt: sitting.startsAt,
			endsAt: sitting.endsAt,
			place: sitting.place,
			booked: sql<number>`(select count(*)::int from booking b
				where b.sitting_id = sitting.id and b.status in ${SHOWN})`,
		})
		.from(sitting)
		.where(and(eq(sitting.postId, postId), within))
		.orderBy(asc(sitting.startsAt));
	const hearings = await hearingsOf(ctx, postId, within);
	const names = await namesOfPosts(ctx.db, [postId, ...hearings.map((one) => one.postId)], locale);
	const site = ctx.origin + (locale === 'en' ? '/en' : '');
	const writing = { stamp: now, origin: ctx.origin, locale };
	const calendar = newCalendar('PUBLISH', locale)
		.name(words('ics_feed_name', locale, { post: names.get(postId) ?? '' }))
		.ttl(60 * 60);
	for (const one of sittings) {
		addSitting(calendar, { ...one, link: `${site}/officer/sittings/${one.id}` }, writing);
	}
	for (const one of hearings) {
		const link =
			one.postId === postId
				? `${site}/officer/sittings/${one.sittingId}`
				: `${site}/department/grievances/${one.grievanceNumber}`;
		const postName = names.get(one.postId) ?? '';
		addHearing(calendar, { ...one, postName, link, ofCitizen: false }, writing, null);
	}
	const said = JSON.stringify([locale, [...names], sittings, hearings]);
	return { text: calendar.toString(), sha256: sha256Hex(said) };
}

/** Those that the post hears, and those to which it is summoned. */
function hearingsOf(ctx: Context, postId: string, within: ReturnType<typeof and>) {
	const summoned = ctx.db
		.select({ id: bookingParty.bookingId })
		.from(bookingParty)
		.where(and(eq(bookingParty.partyId, postId), eq(bookingParty.kind, 'post')));
	return ctx.db
		.select({
			grievanceNumber: grievance.number,
			sittingId: booking.sittingId,
			postId: sitting.postId,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			mode: sitting.mode,
			place: sitting.place,
			tokenNo: booking.tokenNo,
			status: booking.status,
			icsUid: booking.icsUid,
			icsSequence: booking.icsSequence,
		})
		.from(booking)
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(
			and(
				inArray(booking.status, [...SHOWN]),
				or(eq(sitting.postId, postId), inArray(booking.id, summoned)),
				within,
			),
		)
		.orderBy(asc(slot.startsAt), asc(booking.id));
}
