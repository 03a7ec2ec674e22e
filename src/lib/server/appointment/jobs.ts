import { and, eq, gt, gte, inArray } from 'drizzle-orm';
import { horizonDates, wantedSittings } from '#lib/domain/appointment/schedule.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { sitting, slot } from '#lib/server/db/schema/appointment.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, violatedConstraint, type Db } from '#lib/server/platform/db.ts';
import { writeSittings, type PlannedSitting } from './making.ts';
import { settleSchedule } from './schedules.ts';
import { loadSetups } from './setups.ts';

/** Sittings a transaction: large enough for few round trips, small enough to be tried again. */
const BATCH = 1_000;

/**
 * Job `sittings.materialise`: makes the sittings of every schedule from today to its horizon. Days
 * that have their sitting stay as they are (a change of the schedule does its own), so it may run
 * again and again and in two workers at once. Slots whose bookings have all moved away are shut or
 * opened as the schedule says. Answers how many sittings were made.
 */
export async function materialiseSchedules(ctx: Context): Promise<{ sittings: number }> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const now = ctx.clock.now();
	const there = await daysThatAreThere(ctx.db, istDate(now));
	const plans = (await loadSetups(ctx.db, now)).flatMap((setup) =>
		wantedSittings(setup, horizonDates(setup, now)).flatMap((day): PlannedSitting[] => {
			const slots = day.slots.filter((one) => one.startsAt > now);
			const { postId, settings } = setup;
			if (!settings || slots.length === 0 || there.has(dayKey({ postId, date: day.date })))
				return [];
			return [{ ...day, slots, postId, mode: settings.mode, scheduled: true }];
		}),
	);
	let made = 0;
	for (let at = 0; at < plans.length; at += BATCH) {
		const batch = plans.slice(at, at + BATCH);
		const run = () => inTransaction(ctx.db, (tx) => writeSittings(tx, batch, { around: true }));
		// A clerk's extra sitting may come between looking and writing; the second look sees it.
		const ids = await run().catch((error: unknown) => {
			if (violatedConstraint(error) !== 'slot_no_overlap') throw error;
			return run();
		});
		made += ids.length;
	}
	for (const postId of await postsWithClosingSlots(ctx.db, now)) {
		await inTransaction(ctx.db, (tx) => settleSchedule(tx, ctx, postId));
	}
	return { sittings: made };
}

const dayKey = ({ postId, date }: { postId: string; date: string }) => `${postId} ${date}`;

/** Days for which a schedule has made its sitting already, whatever became of it. */
async function daysThatAreThere(db: Db, from: string): Promise<Set<string>> {
	const rows = await db
		.select({ postId: sitting.postId, date: sitting.date })
		.from(sitting)
		.where(and(eq(sitting.scheduled, true), gte(sitting.date, from)));
	return new Set(rows.map(dayKey));
}

async function postsWithClosingSlots(db: Db, now: Date): Promise<string[]> {
	const rows = await db
		.selectDistinct({ postId: slot.postId })
		.from(slot)
		.where(and(inArray(slot.state, ['closing']), gt(slot.startsAt, now)));
	return rows.map(({ postId }) => postId);
}
