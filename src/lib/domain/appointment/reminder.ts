import { MINUTE_MS } from '../calendar/ist.ts';

const HOUR_MS = 60 * MINUTE_MS;

export const REMINDERS = ['days_3', 'day_1', 'hour_1'] as const;
export type Reminder = (typeof REMINDERS)[number];

/** How long before the hearing each is due. */
const BEFORE_MS: Readonly<Record<Reminder, number>> = {
	days_3: 72 * HOUR_MS,
	day_1: 24 * HOUR_MS,
	hour_1: HOUR_MS,
};

/** Nothing is due earlier than this before a hearing. */
export const FIRST_REMINDER_HOURS = 72;

/**
 * The reminder to send now, or null. Only the last that is due counts: a worker that stood still for a
 * day sends one message, not three. What was due before the booking was made is never sent: who books
 * two hours before is told an hour before.
 */
export function reminderDue(
	{ startsAt, bookedAt }: { startsAt: Date; bookedAt: Date },
	now: Date,
): Reminder | null {
	if (now >= startsAt) return null;
	const dueAt = (one: Reminder) => startsAt.getTime() - BEFORE_MS[one];
	const due = REMINDERS.filter((one) => dueAt(one) <= now.getTime()).at(-1);
	return due && dueAt(due) >= bookedAt.getTime() ? due : null;
}
