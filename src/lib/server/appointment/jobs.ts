import { eq } from 'drizzle-orm';
import { SLOT_STATES } from '#lib/domain/appointment/booking.ts';
import {
	dateRange,
	materialise,
	type AvailabilityRule,
	type ScheduleException,
} from '#lib/domain/appointment/slots.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	availabilityRule,
	schedule,
	scheduleException,
} from '#lib/server/db/schema/appointment.ts';
import { post } from '#lib/server/db/schema/masters.ts';
import { holidaysOf } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, violatedConstraint, type Tx } from '#lib/server/platform/db.ts';
import { slotsBetween, writeSittings, type PlannedSitting } from './sittings.ts';

type ScheduleRow = typeof schedule.$inferSelect;

/** 'HH:MM' of a database time. */
const clockTime = (text: string) => text.slice(0, 5);

/**
 * Job `sittings.materialise`: makes the sittings of every schedule from today to its horizon. What
 * exists stays as it is, so it may run again and again and in two workers at once. Answers how many
 * sittings were made.
 */
export async function materialiseSchedules(ctx: Context): Promise<{ sittings: number }> {
	if (ctx.actor.kind !== 'system') throw new Refusal('forbidden');
	const rows = await ctx.db
		.select({ schedule, jurisdictionId: post.jurisdictionId })
		.from(schedule)
		.innerJoin(post, eq(post.id, schedule.postId));
	let made = 0;
	for (const row of rows) {
		const holidays = await holidaysOf(ctx.db, row.jurisdictionId);
		const run = () =>
			inTransaction(ctx.db, (tx) => materialiseOne(tx, ctx.clock.now(), row.schedule, holidays));
		// A clerk's extra sitting may come between looking and writing; the second look sees it.
		made += await run().catch((error: unknown) => {
			if (violatedConstraint(error) !== 'slot_no_overlap') throw error;
			return run();
		});
	}
	return { sittings: made };
}

async function materialiseOne(
	tx: Tx,
	now: Date,
	row: ScheduleRow,
	holidays: ReadonlySet<string>,
): Promise<number> {
	const dates = dateRange(istDate(now), row.horizonDays + 1);
	const plans = materialise(
		await rulesOf(tx, row.id),
		dates,
		holidays,
		await exceptionsOf(tx, row.id),
	).filter((plan) => plan.endsAt > now);
	const first = plans.at(0);
	const last = plans.at(-1);
	if (!first || !last) return 0;
	// Closed slots count too: what a sitting's end or a change has closed is not made again.
	const taken = await slotsBetween(tx, row.postId, {
		from: first.startsAt,
		to: last.endsAt,
		states: SLOT_STATES,
	});
	const missing = plans.flatMap((plan): PlannedSitting[] => {
		const slots = plan.slots.filter(
			(one) => !taken.some((other) => other.startsAt < one.endsAt && one.startsAt < other.endsAt),
		);
		const begin = slots.at(0);
		const end = slots.at(-1);
		if (!begin || !end) return [];
		return [
			{
				postId: row.postId,
				date: plan.date,
				startsAt: begin.startsAt,
				endsAt: end.endsAt,
				mode: row.mode,
				place: null,
				slots,
			},
		];
	});
	return (await writeSittings(tx, missing)).length;
}

async function rulesOf(tx: Tx, scheduleId: string): Promise<AvailabilityRule[]> {
	const rows = await tx
		.select()
		.from(availabilityRule)
		.where(eq(availabilityRule.scheduleId, scheduleId))
		.orderBy(availabilityRule.id);
	return rows.map((row) => ({
		weekdays: row.weekdays,
		from: clockTime(row.from),
		to: clockTime(row.to),
		slotMinutes: row.slotMinutes,
		capacity: row.capacity,
		validFrom: row.validFrom,
		validTo: row.validTo,
		breaks: [],
	}));
}

async function exceptionsOf(tx: Tx, scheduleId: string): Promise<ScheduleException[]> {
	const rows = await tx
		.select()
		.from(scheduleException)
		.where(eq(scheduleException.scheduleId, scheduleId));
	return rows.map((row) => ({ date: row.date, kind: 'closed' }));
}
