import { and, asc, eq, gt, inArray, ne, sql } from 'drizzle-orm';
import { adapt, type Adaptation } from '#lib/domain/appointment/adapt.ts';
import {
	changeSetup,
	closedTimes,
	horizonDates,
	isProblem,
	wantedSittings,
	type ScheduleChange,
	type Setup,
} from '#lib/domain/appointment/schedule.ts';
import { dateRange, type Closure } from '#lib/domain/appointment/slots.ts';
import { daysBetween, istDate } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import {
	found,
	inTransaction,
	violatedConstraint,
	type Db,
	type Tx,
} from '#lib/server/platform/db.ts';
import { once } from './idempotency.ts';
import { applyAdaptation, changeMode } from './making.ts';
import { requireScheduleAccess } from './policy.ts';
import { freed } from './seats.ts';
import { writeSetupChange } from './setup-change.ts';
import { loadSetups, loadStanding, type PostSetup } from './setups.ts';

/** For so many slots with room the waiting list is asked at once. */
const OFFERS = 50;

/** The times that a change makes or takes away on one date. */
export interface DayTimes {
	/** IST date. */
	date: string;
	startsAt: Date;
	endsAt: Date;
	slots: number;
}

/** A booking whose time is taken away. No name: number and token are enough to know what it is. */
export interface TouchedBooking {
	bookingId: string;
	number: string;
	tokenNo: number;
	startsAt: Date;
	endsAt: Date;
	postId: string;
}

export interface ChangePreview {
	/** Says what was shown; saving does exactly that or refuses. */
	fingerprint: string;
	made: DayTimes[];
	taken: DayTimes[];
	/** Those that this change touches, in order of time; their slots take nothing new. */
	touched: TouchedBooking[];
	/** Slots that stay but get other seats: capacity or labels. */
	reseated: number;
}

export interface ChangeQuestion {
	postId: string;
	/** Of the schedule that the asker saw; 0 for a post that has none. */
	version: number;
	change: ScheduleChange;
}

/** A change of one post, worked out but not done. */
export interface Consequence {
	setup: PostSetup;
	next: Setup;
	change: Adaptation;
	/** Bookings that were not touched before. */
	touched: string[];
	made: Closure[];
	taken: Closure[];
}

/**
 * What a change of a post's schedule would do to slots and bookings. Writes nothing.
 * @throws {Refusal} `forbidden`, `not_found`, `stale` when the schedule was changed meanwhile, and
 * what the rules say no to (`rule_*`, `date_past`, `date_too_far`, `exception_there`, `invalid_input`)
 */
export async function previewChange(
	ctx: Context,
	question: ChangeQuestion,
): Promise<ChangePreview> {
	await requireScheduleAccess(ctx, question.postId, question.change);
	return previewOf(ctx.db, [await consequenceOf(ctx.db, ctx, question, false)]);
}

/**
 * Saves a change that was previewed: the hours, and at once the slots. Slots without bookings that no
 * longer fit are shut, new ones made; slots with bookings take nothing new until those have moved
 * (`bookingsTouched`). Idempotent by `key`. Answers the absence that was entered, else the post.
 * @throws {Refusal} as `previewChange`; `preview_stale` when it would do something else than was
 * shown, because somebody booked meanwhile; `key_reused`
 */
export async function saveChange(
	ctx: Context,
	question: ChangeQuestion & { fingerprint: string; key: string },
): Promise<string> {
	const { key, ...body } = question;
	const actor = await requireScheduleAccess(ctx, question.postId, question.change);
	return inTransaction(ctx.db, (tx) =>
		once(tx, { actor, key, body: { command: 'saveChange', ...body } }, async () => {
			await lockPosts(tx, [question.postId]);
			const one = await consequenceOf(tx, ctx, question, true);
			const { fingerprint } = await previewOf(tx, [one]);
			if (fingerprint !== question.fingerprint) throw new Refusal('preview_stale');
			const id = await writeSetupChange(tx, one.setup, question.change, actor);
			await carryOut(tx, ctx, one);
			if (question.change.kind === 'settings') {
				const { mode } = question.change.settings;
				await changeMode(tx, { postId: question.postId, mode, from: ctx.clock.now() });
			}
			ctx.log.info({
				audit: 'schedule.changed',
				postId: question.postId,
				change: question.change.kind,
				by: actor.personId,
			});
			return id;
		}),
	).catch(asStale);
}

/** Bookings and extra sittings that come at this very moment: what was shown is no longer so. */
export function asStale(error: unknown): never {
	const at = violatedConstraint(error);
	if (at === 'slot_no_overlap' || at === 'seat_of_slot' || at === 'seat_token') {
		throw new Refusal('preview_stale');
	}
	throw error;
}

/** Two changes of one post come one after the other. */
export async function lockPosts(tx: Tx, postIds: readonly string[]): Promise<void> {
	await tx
		.select({ id: post.id })
		.from(post)
		.where(inArray(post.id, [...postIds]))
		.orderBy(asc(post.id))
		.for('no key update');
}

async function consequenceOf(
	db: Db | Tx,
	ctx: Context,
	{ postId, version, change }: ChangeQuestion,
	lock: boolean,
): Promise<Consequence> {
	const now = ctx.clock.now();
	const setup = found((await loadSetups(db, now, [postId]))[0]);
	if (setup.version !== version) throw new Refusal('stale');
	const next = changeSetup(setup, change, now);
	if (isProblem(next)) throw new Refusal(next.code, next.facts);
	const standing = await loadStanding(db, now, { postIds: [postId], lock });
	return workOut(now, setup, next, standing.get(postId) ?? []);
}

/** What becomes of a post's slots when its setup becomes another one. */
export function workOut(
	now: Date,
	setup: PostSetup,
	next: Setup,
	standing: Parameters<typeof adapt>[0],
	only?: string,
): Consequence {
	const today = istDate(now);
	const horizon = horizonDates(next, now).at(-1) ?? '';
	const last = standing.reduce((latest, { date }) => (date > latest ? date : latest), horizon);
	const dates = only ? [only] : last ? dateRange(today, daysBetween(today, last) + 1) : [];
	const wish = (of: Setup) => ({
		wanted: wantedSittings(of, dates).flatMap((day) => {
			const slots = day.slots.filter((one) => one.startsAt > now);
			return slots.length > 0 ? [{ ...day, slots }] : [];
		}),
		closures: closedTimes(of),
		lastDate: horizon,
	});
	const before = new Set(adapt(standing, wish(setup)).touched.map((one) => one.bookingId));
	const change = adapt(standing, wish(next));
	const times = new Map(standing.flatMap(({ slots }) => slots).map((one) => [one.id, one]));
	const of = (ids: readonly string[]) => ids.flatMap((id) => times.get(id) ?? []);
	return {
		setup,
		next,
		change,
		touched: change.touched.map((one) => one.bookingId).filter((id) => !before.has(id)),
		made: [
			...change.reopens,
			...change.adds.flatMap(({ slots }) => slots),
			...change.sittings.flatMap(({ slots }) => slots),
		],
		taken: of([...change.closes, ...change.closing]),
	};
}

/** Everything that saving would do, for reading and for telling one preview from another. */
export async function previewOf(
	db: Db | Tx,
	consequences: readonly Consequence[],
): Promise<ChangePreview> {
	const ids = consequences.flatMap(({ touched }) => touched);
	const text = JSON.stringify(
		consequences.map(({ setup, change, made, taken }) => [
			setup.postId,
			setup.version,
			change.touched.map((one) => one.bookingId).sort(),
			made.map(timeKey).sort(),
			taken.map(timeKey).sort(),
		]),
	);
	const changed = new Set(
		consequences.flatMap(({ made, taken }) =>
			[...made, ...taken].map(({ startsAt }) => startsAt.getTime()),
		),
	);
	const reseated = new Set(
		consequences.flatMap(({ change }) =>
			change.reseats.flatMap(({ seats }) => seats.map(({ slotStart }) => slotStart.getTime())),
		),
	);
	return {
		fingerprint: sha256Hex(text),
		made: byDay(consequences.flatMap(({ made }) => made)),
		taken: byDay(consequences.flatMap(({ taken }) => taken)),
		touched: ids.length > 0 ? await touchedRows(db, inArray(booking.id, ids)) : [],
		reseated: [...reseated].filter((start) => !changed.has(start)).length,
	};
}

const timeKey = ({ startsAt, endsAt }: Closure) => `${startsAt.getTime()}-${endsAt.getTime()}`;

function byDay(times: readonly Closure[]): DayTimes[] {
	return [...Map.groupBy(times, ({ startsAt }) => istDate(startsAt))]
		.map(([date, slots]) => ({
			date,
			startsAt: new Date(Math.min(...slots.map(({ startsAt }) => startsAt.getTime()))),
			endsAt: new Date(Math.max(...slots.map(({ endsAt }) => endsAt.getTime()))),
			slots: slots.length,
		}))
		.sort((a, b) => (a.date < b.date ? -1 : 1));
}

/** Writes the slots and seats of a change whose setup is written. */
export async function carryOut(
	tx: Tx,
	ctx: Context,
	{ setup, next, change }: Consequence,
): Promise<void> {
	const mode = next.settings?.mode ?? 'video';
	const { postId } = setup;
	const slotIds = await applyAdaptation(tx, { postId, mode, now: ctx.clock.now() }, change);
	// The first ones are enough: who takes one makes the waiting list look at the next.
	for (const slotId of slotIds.slice(0, OFFERS)) await freed(tx, postId, slotId);
}

/**
 * Brings the slots of a post in line with its schedule as it stands, in the caller's transaction:
 * after a bulk move, slots that are empty now are shut, or open again when an absence was withdrawn.
 * Asks no policy: for commands that have.
 */
export async function settleSchedule(tx: Tx, ctx: Context, postId: string): Promise<void> {
	await lockPosts(tx, [postId]);
	const now = ctx.clock.now();
	const setup = found((await loadSetups(tx, now, [postId]))[0]);
	const standing = await loadStanding(tx, now, { postIds: [postId], lock: true });
	await carryOut(tx, ctx, workOut(now, setup, setup, standing.get(postId) ?? []));
}

/**
 * The bookings of a post whose slots take nothing new: they must move. In order of time and token.
 * @throws {Refusal} `forbidden`
 */
export async function bookingsTouched(ctx: Context, postId: string): Promise<TouchedBooking[]> {
	await requireScheduleAccess(ctx, postId);
	return touchedRows(
		ctx.db,
		and(eq(slot.postId, postId), ne(slot.state, 'open'), gt(slot.startsAt, ctx.clock.now())),
	);
}

function touchedRows(db: Db | Tx, where: ReturnType<typeof and>): Promise<TouchedBooking[]> {
	return db
		.select({
			bookingId: booking.id,
			number: grievance.number,
			tokenNo: booking.tokenNo,
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			postId: slot.postId,
		})
		.from(booking)
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.where(and(where, sql`${booking.status} in ('proposed', 'confirmed')`))
		.orderBy(asc(slot.startsAt), asc(booking.tokenNo));
}
