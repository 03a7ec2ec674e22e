import { and, isNull, sql } from 'drizzle-orm';
import { post } from '#lib/server/db/schema/masters.ts';
import { schedule } from '#lib/server/db/schema/schedule.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	areaAndBelow,
	checkHoliday,
	deleteHoliday,
	holidaysOfAreas,
	insertHoliday,
	type NewHoliday,
} from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/platform/db.ts';
import { once } from './idempotency.ts';
import {
	asStale,
	carryOut,
	lockPosts,
	previewOf,
	workOut,
	type ChangePreview,
	type Consequence,
} from './schedules.ts';
import { loadSetups, loadStanding } from './setups.ts';

export type HolidayChange =
	({ kind: 'add' } & NewHoliday) | { kind: 'remove'; areaId: string; date: string };

/**
 * What a holiday, entered or taken away, would do to the sittings of all posts of its area. Writes
 * nothing. @throws {Refusal} as `checkHoliday`; `exception_there`, `not_found`
 */
export async function previewHoliday(ctx: Context, change: HolidayChange): Promise<ChangePreview> {
	await checkHoliday(ctx, change);
	return previewOf(ctx.db, await consequencesOf(ctx.db, ctx, change, false));
}

/**
 * Does what was shown, in one transaction. Bookings of the day are not dropped: their slots take
 * nothing new until they have moved. Deadlines that stand stay. Idempotent by `key`.
 * @throws {Refusal} as `previewHoliday`; `preview_stale`, `key_reused`
 */
export async function saveHoliday(
	ctx: Context,
	{ key, fingerprint, change }: { key: string; fingerprint: string; change: HolidayChange },
): Promise<void> {
	const actor = await checkHoliday(ctx, change);
	const body = { command: 'saveHoliday', change, fingerprint };
	await inTransaction(ctx.db, (tx) =>
		once(tx, { actor, key, body }, async () => {
			await lockPosts(tx, await postsIn(tx, change.areaId));
			const all = await consequencesOf(tx, ctx, change, true);
			if ((await previewOf(tx, all)).fingerprint !== fingerprint)
				throw new Refusal('preview_stale');
			if (change.kind === 'add') {
				const { kind: _, ...row } = change;
				await insertHoliday(tx, row);
			} else await deleteHoliday(tx, change);
			for (const one of all) await carryOut(tx, ctx, one);
			ctx.log.info({ audit: `holiday.${change.kind}`, date: change.date, by: actor.personId });
			return change.areaId;
		}),
	).catch(asStale);
}

/** Posts of the area that have a schedule; a holiday closes nobody's own sittings. */
async function postsIn(db: Db | Tx, areaId: string): Promise<string[]> {
	const rows = await db
		.select({ id: post.id })
		.from(post)
		.innerJoin(schedule, sql`${schedule.postId} = ${post.id}`)
		.where(and(isNull(post.abolishedAt), sql`${post.jurisdictionId} in ${areaAndBelow(areaId)}`));
	return rows.map(({ id }) => id);
}

async function consequencesOf(
	db: Db | Tx,
	ctx: Context,
	{ kind, areaId, date }: HolidayChange,
	lock: boolean,
): Promise<Consequence[]> {
	const now = ctx.clock.now();
	const there = (await holidaysOfAreas(db, [areaId])).get(areaId)?.has(date) ?? false;
	if (kind === 'add' && there) throw new Refusal('exception_there');
	if (kind === 'remove' && !there) throw new Refusal('not_found');
	const postIds = await postsIn(db, areaId);
	if (postIds.length === 0) return [];
	const setups = await loadSetups(db, now, postIds);
	const standing = await loadStanding(db, now, { postIds, dates: { from: date, to: date }, lock });
	return setups.map((setup) => {
		const holidays = new Set(setup.holidays);
		if (kind === 'add') holidays.add(date);
		else holidays.delete(date);
		return workOut(now, setup, { ...setup, holidays }, standing.get(setup.postId) ?? [], date);
	});
}
