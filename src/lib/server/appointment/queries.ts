import { and, asc, desc, eq, gt, gte, inArray, lte, sql, type SQL } from 'drizzle-orm';
import { isBookable } from '#lib/domain/appointment/booking.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, seat, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { namesOfPosts, postView } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { hearingPosts, mayReadBooking, requireSittingAccess } from './policy.ts';
import type {
	BookingFacts,
	BookingView,
	FreeSlot,
	SittingDetail,
	SittingFacts,
	SittingView,
	SlotView,
} from './types.ts';

/** Sittings that still take bookings. */
export const LIVE_SITTINGS = ['planned', 'open', 'paused'] as const;

/** A seat that can be claimed now. Expiry is in the predicate: nothing waits for a sweeper. */
export const seatIsFree = sql`${seat.bookingId} is null and (${seat.heldUntil} is null or ${seat.heldUntil} <= app_now())`;

const sittingColumns = {
	id: sitting.id,
	postId: sitting.postId,
	date: sitting.date,
	startsAt: sitting.startsAt,
	endsAt: sitting.endsAt,
	mode: sitting.mode,
	place: sitting.place,
	state: sitting.state,
	openedAt: sitting.openedAt,
	closedAt: sitting.closedAt,
	version: sitting.version,
	slotMinutes: sql<number>`coalesce((
		select extract(epoch from s.ends_at - s.starts_at) / 60
		from slot s where s.sitting_id = ${sitting.id} order by s.starts_at limit 1), 10)::int`,
};

/** @throws {Refusal} `not_found` */
export async function sittingFacts(db: Db | Tx, id: string): Promise<SittingFacts> {
	const [row] = await db.select(sittingColumns).from(sitting).where(eq(sitting.id, id));
	return found(row);
}

/** The id, when the actor may follow what happens to the sitting. @throws {Refusal} `forbidden`, `not_found` */
export async function watchableSitting(ctx: Context, id: string): Promise<string> {
	const { postId } = await sittingFacts(ctx.db, id);
	await requireSittingAccess(ctx, postId);
	return id;
}

async function sittingRows(
	ctx: Pick<Context, 'db' | 'clock'>,
	where: SQL | undefined,
): Promise<Omit<SittingView, 'postName'>[]> {
	const now = ctx.clock.now().toISOString();
	return ctx.db
		.select({
			...sittingColumns,
			slots: sql<number>`count(distinct ${slot.id})::int`,
			seats: sql<number>`count(${seat.id})::int`,
			filled: sql<number>`count(${seat.bookingId})::int`,
			free: sql<number>`count(${seat.id}) filter (
				where ${seatIsFree} and ${slot.state} = 'open' and ${slot.startsAt} > ${now}
					and ${inArray(sitting.state, [...LIVE_SITTINGS])})::int`,
		})
		.from(sitting)
		.leftJoin(slot, eq(slot.sittingId, sitting.id))
		.leftJoin(seat, eq(seat.slotId, slot.id))
		.where(where)
		.groupBy(sitting.id)
		.orderBy(asc(sitting.startsAt), asc(sitting.id));
}

/**
 * Sittings from one IST date to another ('YYYY-MM-DD', both included), in order of time. Without a
 * post: of every hearing officer for whom the clerk books.
 * @throws {Refusal} `forbidden`
 */
export async function listSittings(
	ctx: Context,
	{ postId, from, to }: { postId?: string; from: string; to: string },
): Promise<SittingView[]> {
	if (!postId) return sittingsOfPosts(ctx, await hearingPosts(ctx), { from, to });
	await requireSittingAccess(ctx, postId);
	const { name } = await postView(ctx, postId);
	return sittingsOfPosts(ctx, [{ id: postId, name }], { from, to });
}

/** The same for posts whose sittings the actor is known to see. */
export async function sittingsOfPosts(
	ctx: Pick<Context, 'db' | 'clock'>,
	posts: readonly { id: string; name: string }[],
	{ from, to }: { from: string; to: string },
): Promise<SittingView[]> {
	const names = new Map(posts.map((post) => [post.id, post.name]));
	if (names.size === 0) return [];
	const rows = await sittingRows(
		ctx,
		and(inArray(sitting.postId, [...names.keys()]), gte(sitting.date, from), lte(sitting.date, to)),
	);
	return rows.map((row) => ({ ...row, postName: found(names.get(row.postId)) }));
}

/** A sitting with every slot and seat. @throws {Refusal} `not_found`, `forbidden` */
export async function sittingDetail(ctx: Context, id: string): Promise<SittingDetail> {
	const one = found((await sittingRows(ctx, eq(sitting.id, id)))[0]);
	await requireSittingAccess(ctx, one.postId);
	const { name } = await postView(ctx, one.postId);
	return withSlots(ctx, { ...one, postName: name });
}

/** The same for a sitting that the actor is known to see. */
export async function withSlots(ctx: Context, one: SittingView): Promise<SittingDetail> {
	const rows = await ctx.db
		.select({
			slot: { id: slot.id, startsAt: slot.startsAt, endsAt: slot.endsAt, state: slot.state },
			seat: { seatNo: seat.seatNo, tokenNo: seat.tokenNo },
			free: sql<boolean>`${seatIsFree}`,
		})
		.from(slot)
		.innerJoin(seat, eq(seat.slotId, slot.id))
		.where(eq(slot.sittingId, one.id))
		.orderBy(asc(slot.startsAt), asc(seat.seatNo));
	const now = ctx.clock.now();
	const takesBookings = LIVE_SITTINGS.some((state) => state === one.state);
	const slots = new Map<string, SlotView>();
	for (const row of rows) {
		const closed = takesBookings ? isBookable(row.slot, now) : 'slot_closed';
		const known: SlotView = slots.get(row.slot.id) ?? {
			id: row.slot.id,
			startsAt: row.slot.startsAt,
			endsAt: row.slot.endsAt,
			state: row.slot.state,
			seats: [],
			free: 0,
			nextToken: null,
			refusal: closed === true ? 'slot_full' : closed,
		};
		slots.set(row.slot.id, known);
		const taken = !row.free;
		known.seats.push({ seatNo: row.seat.seatNo, tokenNo: row.seat.tokenNo, taken });
		if (taken || closed !== true) continue;
		known.free += 1;
		known.nextToken ??= row.seat.tokenNo;
		known.refusal = null;
	}
	return { ...one, slotList: [...slots.values()] };
}

/** The next slots of a post that have a free seat and begin after the instant. */
export async function freeSlotsAfter(
	ctx: Pick<Context, 'clock'> & { db: Db | Tx },
	postId: string,
	after: Date,
	limit: number,
): Promise<FreeSlot[]> {
	const now = ctx.clock.now();
	return ctx.db
		.select({
			id: slot.id,
			sittingId: slot.sittingId,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			mode: sitting.mode,
			free: sql<number>`count(*)::int`,
			tokenNo: sql<number>`min(${seat.tokenNo})::int`,
		})
		.from(slot)
		.innerJoin(sitting, eq(sitting.id, slot.sittingId))
		.innerJoin(seat, eq(seat.slotId, slot.id))
		.where(
			and(
				eq(slot.postId, postId),
				eq(slot.state, 'open'),
				gt(slot.startsAt, after > now ? after : now),
				inArray(sitting.state, [...LIVE_SITTINGS]),
				seatIsFree,
			),
		)
		.groupBy(slot.id, sitting.id)
		.orderBy(asc(slot.startsAt))
		.limit(limit);
}

const bookingColumns = {
	id: booking.id,
	grievanceId: booking.grievanceId,
	grievanceNumber: grievance.number,
	citizenId: grievance.citizenId,
	districtId: grievance.districtId,
	sittingId: booking.sittingId,
	slotId: booking.slotId,
	postId: sitting.postId,
	startsAt: slot.startsAt,
	endsAt: slot.endsAt,
	mode: sitting.mode,
	place: sitting.place,
	sittingState: sitting.state,
	tokenNo: booking.tokenNo,
	status: booking.status,
	linkCode: booking.linkCode,
	icsUid: booking.icsUid,
	icsSequence: booking.icsSequence,
	supersedesId: booking.supersedesId,
	createdAt: booking.createdAt,
	version: booking.version,
};

function bookingRows(db: Db | Tx, where: SQL | undefined): Promise<BookingFacts[]> {
	return db
		.select(bookingColumns)
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(where)
		.orderBy(desc(slot.startsAt), desc(booking.id));
}

/** No policy: for commands that have asked already. @throws {Refusal} `not_found` */
export async function bookingFacts(db: Db | Tx, id: string): Promise<BookingFacts> {
	const [row] = await bookingRows(db, eq(booking.id, id));
	return found(row);
}

/**
 * What a citizen's link points at. The code only finds it: whoever opens the hearing must still be
 * its citizen, which the caller checks by `citizenId`. @throws {Refusal} `not_found`
 */
export async function bookingByLink(
	ctx: Pick<Context, 'db'>,
	code: string,
): Promise<BookingFacts & { bookingId: string }> {
	const [row] = await bookingRows(ctx.db, eq(booking.linkCode, code));
	const one = found(row);
	return { ...one, bookingId: one.id };
}

/** @throws {Refusal} `not_found`, `forbidden` */
export async function bookingView(ctx: Context, id: string): Promise<BookingView> {
	const facts = await bookingFacts(ctx.db, id);
	if (!mayReadBooking(ctx, facts)) throw new Refusal('forbidden');
	const [view] = await named(ctx, [facts]);
	return found(view);
}

/** The citizen's coming hearings, the next one first. @throws {Refusal} `forbidden` */
export async function myHearings(ctx: Context): Promise<BookingView[]> {
	if (ctx.actor.kind !== 'citizen') throw new Refusal('forbidden');
	const rows = await bookingRows(
		ctx.db,
		and(
			eq(grievance.citizenId, ctx.actor.citizenId),
			inArray(booking.status, ['proposed', 'confirmed']),
			inArray(sitting.state, [...LIVE_SITTINGS]),
		),
	);
	return named(ctx, rows.reverse());
}

async function named(ctx: Context, rows: readonly BookingFacts[]): Promise<BookingView[]> {
	const names = await namesOfPosts(
		ctx.db,
		rows.map((row) => row.postId),
		ctx.locale,
	);
	return rows.map((row) => ({
		...row,
		postName: names.get(row.postId) ?? '',
		link: `${ctx.origin}/h/${row.linkCode}`,
	}));
}
