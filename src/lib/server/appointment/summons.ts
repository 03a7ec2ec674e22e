import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { isLiveBooking } from '#lib/domain/appointment/booking.ts';
import { istTime } from '#lib/domain/calendar/ist.ts';
import { formatDay } from '#lib/domain/format/date.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, bookingParty, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import { listPostsInDistrict, namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import {
	announce,
	inTransaction,
	violatedConstraint,
	written,
	type Db,
	type Tx,
} from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { tellCalendars } from './calendar-news.ts';
import { requireStaff } from './policy.ts';
import { bookingFacts } from './queries.ts';
import type { BookingFacts, HearingMode } from './types.ts';

/** A hearing to which a post is called. Nothing of the citizen in it. */
export interface Summons {
	bookingId: string;
	number: string;
	startsAt: Date;
	endsAt: Date;
	mode: HearingMode;
	place: string | null;
	/** The hearing officer's post. */
	officer: string;
}

/** Who may be called to a hearing, and who is. */
export interface SummonsView {
	booking: BookingFacts;
	officer: string;
	summoned: { id: string; name: string }[];
	/** Posts of the district that can still be called. */
	choices: { id: string; name: string }[];
}

/** The hearing officer, or a clerk of the grievance's district. @throws {Refusal} `forbidden` */
function requireSummoner(ctx: Context, of: BookingFacts): StaffActor {
	const actor = requireStaff(ctx);
	const clerk = actor.functions.includes('clerk') && actor.districtId === of.districtId;
	if (actor.postId !== of.postId && !clerk) throw new Refusal('forbidden');
	return actor;
}

async function postChoices(ctx: Context, of: BookingFacts) {
	const posts = await listPostsInDistrict(ctx, of.districtId, { functions: ['officer'] });
	return posts.filter(({ id }) => id !== of.postId).map(({ id, name }) => ({ id, name }));
}

/** @throws {Refusal} `not_found`, `forbidden` */
export async function summonsView(ctx: Context, bookingId: string): Promise<SummonsView> {
	const of = await bookingFacts(ctx.db, bookingId);
	requireSummoner(ctx, of);
	const ids = await summonedPosts(ctx.db, bookingId);
	const names = await namesOfPosts(ctx.db, [...ids, of.postId], ctx.locale);
	const choices = await postChoices(ctx, of);
	return {
		booking: of,
		officer: names.get(of.postId) ?? '',
		summoned: ids.map((id) => ({ id, name: names.get(id) ?? '' })),
		choices: choices.filter(({ id }) => !ids.includes(id)),
	};
}

/** Ids of the posts that are called to a booking, in the order in which they were. */
export async function summonedPosts(db: Db | Tx, bookingId: string): Promise<string[]> {
	const rows = await db
		.select({ id: bookingParty.partyId })
		.from(bookingParty)
		.where(and(eq(bookingParty.bookingId, bookingId), eq(bookingParty.kind, 'post')))
		.orderBy(asc(bookingParty.id));
	return rows.map(({ id }) => id);
}

/**
 * Calls a post of the district to a hearing: it must be there as the citizen must, and is told by SMS.
 * Calling it again changes nothing.
 * @throws {Refusal} `not_found`, `forbidden`, `summons_ended` (the booking is not live or over),
 * `summons_outside` (no office of the district, or the one that hears), `summons_busy` with the post
 * and the time at which it is elsewhere
 */
export async function summonPost(
	ctx: Context,
	{ bookingId, postId }: { bookingId: string; postId: string },
): Promise<void> {
	const of = await bookingFacts(ctx.db, bookingId);
	requireSummoner(ctx, of);
	const choices = await postChoices(ctx, of);
	if (!choices.some(({ id }) => id === postId)) throw new Refusal('summons_outside');
	await inTransaction(ctx.db, async (tx) => {
		const now = await lockLive(tx, ctx, of);
		const [party] = await tx
			.insert(bookingParty)
			.values({
				bookingId,
				kind: 'post',
				partyId: postId,
				sittingId: now.sittingId,
				during: rangeOf(now.startsAt, now.endsAt),
			})
			.onConflictDoNothing({ target: [bookingParty.bookingId, bookingParty.partyId] })
			.returning({ id: bookingParty.id });
		if (!party) return;
		await appendEvent(tx, ctx, of.grievanceId, {
			type: 'post_summoned',
			public: true,
			data: { bookingId, toPostId: postId, startsAt: now.startsAt.toISOString() },
		});
		await tellPost(tx, now, { postId, template: 'summoned', key: `summoned:${party.id}` });
		await tellCalendars(tx, bookingId);
		await announce(tx, 'sitting', now.sittingId);
	}).catch(async (error: unknown) => {
		if (violatedConstraint(error) !== 'booking_party_one_place') throw error;
		throw await busyRefusal(ctx, postId, of);
	});
}

/** Takes the call back; the post is told. @throws {Refusal} as `summonPost`; `stale` when it was not called */
export async function releasePost(
	ctx: Context,
	{ bookingId, postId }: { bookingId: string; postId: string },
): Promise<void> {
	const of = await bookingFacts(ctx.db, bookingId);
	requireSummoner(ctx, of);
	await inTransaction(ctx.db, async (tx) => {
		const now = await lockLive(tx, ctx, of);
		const { id } = written(
			await tx
				.delete(bookingParty)
				.where(
					and(
						eq(bookingParty.bookingId, bookingId),
						eq(bookingParty.kind, 'post'),
						eq(bookingParty.partyId, postId),
					),
				)
				.returning({ id: bookingParty.id }),
		);
		await appendEvent(tx, ctx, of.grievanceId, {
			type: 'post_released',
			public: true,
			data: { bookingId, toPostId: postId },
		});
		const words = { postId, template: 'summons_off', key: `summons_off:${id}` } as const;
		await tellPost(tx, now, words);
		await tellCalendars(tx, bookingId, { postId, partyId: id });
		await announce(tx, 'sitting', now.sittingId);
	});
}

/** The booking as it is now, held still: who moves or cancels it comes before or after. */
async function lockLive(tx: Tx, ctx: Context, of: BookingFacts): Promise<BookingFacts> {
	await lockGrievance(tx, of.grievanceId);
	await tx.select({ id: booking.id }).from(booking).where(eq(booking.id, of.id)).for('update');
	const now = await bookingFacts(tx, of.id);
	if (!isLiveBooking(now.status) || now.endsAt <= ctx.clock.now()) {
		throw new Refusal('summons_ended');
	}
	return now;
}

type SummonsTemplate = 'summoned' | 'summons_moved' | 'summons_off';

async function tellPost(
	tx: Tx,
	of: BookingFacts,
	{ postId, template, key }: { postId: string; template: SummonsTemplate; key: string },
): Promise<void> {
	await notify(tx, {
		template,
		to: { kind: 'post', id: postId },
		grievanceId: of.grievanceId,
		facts: {
			number: of.grievanceNumber,
			startsAt: of.startsAt.toISOString(),
			officerPostId: of.postId,
		},
		key,
	});
}

/**
 * Tells the posts that were called to a booking what became of it, in the transaction of the change:
 * it was made with them, moved (`bookingId` is the new one), or is called off.
 */
export async function tellSummoned(
	tx: Tx,
	bookingId: string,
	template: SummonsTemplate,
): Promise<void> {
	const posts = await summonedPosts(tx, bookingId);
	if (posts.length === 0) return;
	const of = await bookingFacts(tx, bookingId);
	for (const postId of posts) {
		await tellPost(tx, of, { postId, template, key: `${template}:${bookingId}:${postId}` });
	}
}

/** Says where the post is at that time. */
async function busyRefusal(ctx: Context, postId: string, of: BookingFacts): Promise<Refusal> {
	const [clash] = await ctx.db
		.select({ startsAt: slot.startsAt, endsAt: slot.endsAt })
		.from(bookingParty)
		.innerJoin(booking, eq(booking.id, bookingParty.bookingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.where(
			and(
				eq(bookingParty.partyId, postId),
				eq(bookingParty.live, true),
				sql`${bookingParty.sittingId} <> ${of.sittingId}`,
				sql`${bookingParty.during} && ${rangeOf(of.startsAt, of.endsAt)}::tstzrange`,
			),
		);
	const at = clash ?? of;
	const names = await namesOfPosts(ctx.db, [postId], ctx.locale);
	return new Refusal('summons_busy', {
		post: names.get(postId) ?? '',
		day: formatDay(at.startsAt, ctx.locale),
		from: istTime(at.startsAt),
		to: istTime(at.endsAt),
	});
}

/** Live hearings between two instants to which the post is called, the next one first. */
export async function comingSummons(
	ctx: Pick<Context, 'db' | 'locale'>,
	postId: string,
	from: Date,
	to: Date,
): Promise<Summons[]> {
	const rows = await ctx.db
		.select({
			bookingId: booking.id,
			number: grievance.number,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			mode: sitting.mode,
			place: sitting.place,
			officerId: sitting.postId,
		})
		.from(bookingParty)
		.innerJoin(booking, eq(booking.id, bookingParty.bookingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(
			and(
				eq(bookingParty.partyId, postId),
				eq(bookingParty.kind, 'post'),
				eq(bookingParty.live, true),
				inArray(booking.status, ['proposed', 'confirmed']),
				sql`${bookingParty.during} && ${rangeOf(from, to)}::tstzrange`,
				gt(slot.endsAt, from),
			),
		)
		.orderBy(asc(slot.startsAt));
	const names = await namesOfPosts(
		ctx.db,
		rows.map((row) => row.officerId),
		ctx.locale,
	);
	return rows.map(({ officerId, ...row }) => ({ ...row, officer: names.get(officerId) ?? '' }));
}

/** How far ahead a post reads to which hearings it is called. */
const DAYS_AHEAD = 90;

/** Hearings to which the acting post is called, from now on. @throws {Refusal} `forbidden` */
export function mySummons(ctx: Context): Promise<Summons[]> {
	const { postId } = requireStaff(ctx);
	const now = ctx.clock.now();
	return comingSummons(ctx, postId, now, new Date(now.getTime() + DAYS_AHEAD * 86_400_000));
}
