import { and, eq } from 'drizzle-orm';
import { isCalledOff } from '#lib/domain/appointment/booking.ts';
import { bookingParty } from '#lib/server/db/schema/appointment.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import type { Db } from '#lib/server/platform/db.ts';
import { writeInvitation, type CalendarFile } from './calendar.ts';
import { bookingFacts } from './queries.ts';
import type { BookingFacts } from './types.ts';

/** The posts that a booking concerns, each with what made it one: who hears, and who is summoned. */
async function postsOf(db: Db, one: BookingFacts): Promise<Map<string, string>> {
	const rows = await db
		.select({ id: bookingParty.partyId, partyId: bookingParty.id })
		.from(bookingParty)
		.where(and(eq(bookingParty.bookingId, one.id), eq(bookingParty.kind, 'post')));
	const posts = new Map(rows.map(({ id, partyId }) => [id, partyId]));
	return posts.set(one.postId, 'hears');
}

export interface Mailing {
	bookingId: string;
	postId: string;
	icsSequence: number;
	/** For this post it does not take place: moved to another officer, or the call was taken back. */
	movedAway: boolean;
	/** One mail a cause and person. */
	cause: string;
}

/**
 * Which posts are to be told of a booking as it stands now: its own, those that it had before it was
 * moved and has no more, and one whose call was just taken back (`released`). None of a proposal, and
 * none of a hearing that is over.
 */
export async function mailingsOf(
	ctx: Context,
	bookingId: string,
	released: { postId: string; partyId: string } | null,
): Promise<Mailing[]> {
	const one = await bookingFacts(ctx.db, bookingId);
	const { icsSequence, status } = one;
	const told = status === 'confirmed' || (isCalledOff(status) && status !== 'superseded');
	if (!told || one.endsAt <= ctx.clock.now()) return [];
	const posts = await postsOf(ctx.db, one);
	const before = one.supersedesId ? await bookingFacts(ctx.db, one.supersedesId) : null;
	const left = before?.icsUid === one.icsUid ? await postsOf(ctx.db, before) : new Map();
	const off = (of: string, postId: string, partyId: string): Mailing => ({
		...{ bookingId: of, postId, icsSequence, movedAway: true },
		cause: `${of}:${icsSequence}:off:${partyId}`,
	});
	return [
		...[...posts].map(([postId, partyId]) => ({
			...{ bookingId, postId, icsSequence, movedAway: false },
			cause: `${bookingId}:${icsSequence}:${status}:${partyId}`,
		})),
		...[...left]
			.filter(([postId]) => !posts.has(postId))
			.map(([postId, partyId]) => off(before?.id ?? bookingId, postId, partyId)),
		...(released && !posts.has(released.postId)
			? [off(bookingId, released.postId, released.partyId)]
			: []),
	];
}

/**
 * The calendar file of a mail, as the booking stands when it is sent. Null when it would say something
 * that is not true any more: the hearing was moved on, which has mails of its own, or is over.
 */
export async function mailedInvitation(
	ctx: Context,
	{ bookingId, postId, icsSequence, movedAway }: Omit<Mailing, 'cause'>,
	{ locale, from, to }: { locale: Locale; from: string; to: string },
): Promise<{ file: CalendarFile; booking: BookingFacts } | null> {
	const now = await bookingFacts(ctx.db, bookingId);
	const gone = now.status === 'superseded' || !(await postsOf(ctx.db, now)).has(postId);
	if (now.endsAt <= ctx.clock.now() || gone !== movedAway) return null;
	const booking = movedAway ? { ...now, icsSequence, status: 'superseded' as const } : now;
	const file = await writeInvitation(booking, {
		...{ db: ctx.db, origin: ctx.origin, locale, now: ctx.clock.now() },
		reader: { kind: 'post', postId },
		mail: { from, to },
	});
	return { file, booking };
}
