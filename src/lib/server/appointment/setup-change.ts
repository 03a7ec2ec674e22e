import { and, eq, isNull, sql } from 'drizzle-orm';
import {
	FIRST_SETTINGS,
	type ScheduleChange,
	type ScheduleSettings,
} from '#lib/domain/appointment/schedule.ts';
import type { AvailabilityRule } from '#lib/domain/appointment/slots.ts';
import {
	absence,
	availabilityBreak,
	availabilityQuota,
	availabilityRule,
	schedule,
	scheduleException,
} from '#lib/server/db/schema/schedule.ts';
import type { StaffActor } from '#lib/server/platform/context.ts';
import { written, type Tx } from '#lib/server/platform/db.ts';
import type { PostSetup } from './setups.ts';

/**
 * Writes one change of a post's setup, which the caller has checked and locked. Answers the id of the
 * absence that was entered, else the post's.
 * @throws {Refusal} `stale`
 */
export async function writeSetupChange(
	tx: Tx,
	setup: PostSetup,
	change: ScheduleChange,
	actor: StaffActor,
): Promise<string> {
	switch (change.kind) {
		case 'enter_absence':
			return written(
				await tx
					.insert(absence)
					.values({ postId: setup.postId, ...change.absence, enteredByPersonId: actor.personId })
					.returning({ id: absence.id }),
			).id;
		case 'withdraw_absence':
			written(
				await tx
					.update(absence)
					.set({ withdrawnAt: sql`app_now()` })
					.where(and(eq(absence.id, change.absenceId), isNull(absence.withdrawnAt)))
					.returning({ id: absence.id }),
			);
			return setup.postId;
		case 'settings':
			await nextVersion(tx, setup, change.settings);
			return setup.postId;
	}
	const scheduleId = await nextVersion(tx, setup, setup.settings ?? FIRST_SETTINGS);
	switch (change.kind) {
		case 'add_rule': {
			const { breaks, quotas, ...rule } = columnsOf(change.rule);
			const made = await tx
				.insert(availabilityRule)
				.values({ scheduleId, ...rule })
				.returning({ id: availabilityRule.id });
			await writeParts(tx, written(made).id, { breaks, quotas });
			break;
		}
		case 'edit_rule': {
			const { breaks, quotas, ...rule } = columnsOf(change.rule);
			written(
				await tx
					.update(availabilityRule)
					.set(rule)
					.where(eq(availabilityRule.id, change.ruleId))
					.returning({ id: availabilityRule.id }),
			);
			await tx.delete(availabilityBreak).where(eq(availabilityBreak.ruleId, change.ruleId));
			await tx.delete(availabilityQuota).where(eq(availabilityQuota.ruleId, change.ruleId));
			await writeParts(tx, change.ruleId, { breaks, quotas });
			break;
		}
		case 'end_rule': {
			const { ruleId, lastDate } = change;
			const begun = setup.rules.some(({ id, validFrom }) => id === ruleId && validFrom <= lastDate);
			const one = eq(availabilityRule.id, ruleId);
			if (begun) await tx.update(availabilityRule).set({ validTo: lastDate }).where(one);
			else await tx.delete(availabilityRule).where(one);
			break;
		}
		case 'add_exception': {
			const { exception } = change;
			await tx.insert(scheduleException).values({
				scheduleId,
				date: exception.date,
				kind: exception.kind,
				reason: exception.reason,
				...(exception.kind !== 'closed' && { from: exception.from, to: exception.to }),
				...(exception.kind === 'special' && {
					slotMinutes: exception.slotMinutes,
					capacity: exception.capacity,
				}),
			});
			break;
		}
		case 'remove_exception':
			await tx.delete(scheduleException).where(eq(scheduleException.id, change.exceptionId));
			break;
	}
	return setup.postId;
}

/** Makes the schedule when there is none, else moves it on by one version. */
async function nextVersion(
	tx: Tx,
	{ postId, scheduleId, version }: PostSetup,
	{ mode, leadMinutes, horizonDays, noticeHours, maxPerDay }: ScheduleSettings,
): Promise<string> {
	const settings = { mode, leadMinutes, horizonDays, noticeHours, maxPerDay };
	const rows = scheduleId
		? await tx
				.update(schedule)
				.set({ ...settings, version: version + 1 })
				.where(and(eq(schedule.id, scheduleId), eq(schedule.version, version)))
				.returning({ id: schedule.id })
		: await tx
				.insert(schedule)
				.values({ postId, ...settings })
				.onConflictDoNothing({ target: schedule.postId })
				.returning({ id: schedule.id });
	return written(rows).id;
}

function columnsOf({ weekdays, ...rule }: AvailabilityRule) {
	return { ...rule, weekdays: [...weekdays] };
}

async function writeParts(
	tx: Tx,
	ruleId: string,
	{ breaks, quotas }: Pick<AvailabilityRule, 'breaks' | 'quotas'>,
): Promise<void> {
	if (breaks.length > 0) {
		await tx.insert(availabilityBreak).values(breaks.map((one) => ({ ...one, ruleId })));
	}
	if (quotas.length > 0) {
		await tx.insert(availabilityQuota).values(quotas.map((one) => ({ ...one, ruleId })));
	}
}
