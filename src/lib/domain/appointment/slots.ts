import { addDays, istInstant, minutesOf, weekday } from '../calendar/ist.ts';
import type { SeatQuota } from './claim.ts';

export type TimeRange = { from: string; to: string };

/** For whom a seat may be kept until it is released. */
export const KEPT_QUOTAS = [
	'desk',
	'senior_citizen',
	'disability',
	'women',
	'urgent',
] as const satisfies readonly SeatQuota[];
export type KeptQuota = (typeof KEPT_QUOTAS)[number];

/** So many seats of each slot are kept; what is left so many hours before it is anybody's. */
export type QuotaRule = { quota: KeptQuota; seats: number; releaseHours: number };

/** Hours that repeat every week. Times 'HH:MM' and dates 'YYYY-MM-DD' in IST; `validTo` inclusive. */
export type AvailabilityRule = TimeRange & {
	/** 0 = Sunday .. 6 = Saturday. */
	weekdays: readonly number[];
	slotMinutes: number;
	/** Citizens per slot. */
	capacity: number;
	validFrom: string;
	validTo: string | null;
	breaks: readonly TimeRange[];
	quotas: readonly QuotaRule[];
};

export type ScheduleException =
	/** No sitting on that date. */
	| { date: string; kind: 'closed' }
	/** The rules hold, but not between these times. */
	| ({ date: string; kind: 'closed_between' } & TimeRange)
	/** These hours instead of the rules', also on a holiday. */
	| ({
			date: string;
			kind: 'special';
			slotMinutes: number;
			capacity: number;
			breaks: readonly TimeRange[];
	  } & TimeRange);

/** A time in which nobody is heard: an absence, a closed day, a closed part of a day. */
export type Closure = { startsAt: Date; endsAt: Date };

export type SlotPlan = {
	startsAt: Date;
	endsAt: Date;
	capacity: number;
	quotas: readonly QuotaRule[];
};
/** One officer's hearing day; `startsAt`..`endsAt` from the first slot to the last. */
export type SittingPlan = { date: string; startsAt: Date; endsAt: Date; slots: SlotPlan[] };
export type SeatPlan = { seatNo: number; quota: SeatQuota; generalFrom: Date | null };

type Hours = Pick<
	AvailabilityRule,
	'from' | 'to' | 'slotMinutes' | 'capacity' | 'breaks' | 'quotas'
>;

/**
 * The sittings that one post's rules make on the given dates: one per date that has a slot, in order
 * of date, slots in order of time and never overlapping (of two rules that clash, the earlier slot
 * stays). The same input gives the same plan, so it may be run again and again.
 */
export function materialise(
	rules: readonly AvailabilityRule[],
	dates: readonly string[],
	holidays: ReadonlySet<string>,
	exceptions: readonly ScheduleException[],
	absences: readonly Closure[] = [],
): SittingPlan[] {
	const plans: SittingPlan[] = [];
	for (const date of [...new Set(dates)].sort()) {
		const ofDate = exceptions.filter((exception) => exception.date === date);
		const closures = [...closuresOf(ofDate), ...absences];
		const slots = slotsOn(date, hoursOn(date, rules, holidays, ofDate)).filter(
			(slot) => !closures.some((closure) => overlaps(closure, slot)),
		);
		const first = slots.at(0);
		const last = slots.at(-1);
		if (first && last) plans.push({ date, startsAt: first.startsAt, endsAt: last.endsAt, slots });
	}
	return plans;
}

/** Whether two half-open stretches of time share a moment. */
export function overlaps(a: Closure, b: Closure): boolean {
	return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

/**
 * When the exceptions say that nobody is heard. Such a time takes slots away and leaves the others
 * where they are, so that nobody who is booked there has to move; a break of a rule shifts them.
 */
export function closuresOf(exceptions: readonly ScheduleException[]): Closure[] {
	return exceptions.flatMap((exception) => {
		if (exception.kind === 'special') return [];
		const { from, to } = exception.kind === 'closed' ? { from: '00:00', to: '24:00' } : exception;
		return [{ startsAt: istInstant(exception.date, from), endsAt: istInstant(exception.date, to) }];
	});
}

/** The dates from `first`, `count` of them. */
export function dateRange(first: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) => addDays(first, index));
}

/**
 * The seats of a slot: general ones have the lowest numbers, then those that are kept, in the order
 * of `KEPT_QUOTAS`. A kept seat is anybody's from `generalFrom`.
 */
export function seatsOf({ startsAt, capacity, quotas }: SlotPlan): SeatPlan[] {
	const kept = KEPT_QUOTAS.flatMap((name) =>
		quotas
			.filter(({ quota }) => quota === name)
			.flatMap(({ seats, releaseHours }) =>
				Array.from({ length: seats }, () => ({
					quota: name,
					generalFrom: new Date(startsAt.getTime() - releaseHours * 3_600_000),
				})),
			),
	);
	const general = Math.max(0, capacity - kept.length);
	return Array.from({ length: capacity }, (_, index) => ({
		seatNo: index + 1,
		...(kept[index - general] ?? { quota: 'general' as const, generalFrom: null }),
	}));
}

function hoursOn(
	date: string,
	rules: readonly AvailabilityRule[],
	holidays: ReadonlySet<string>,
	ofDate: readonly ScheduleException[],
): Hours[] {
	const special = ofDate.filter((exception) => exception.kind === 'special');
	if (special.length > 0) return special.map((one) => ({ ...one, quotas: [] }));
	return holidays.has(date) ? [] : rules.filter((rule) => isValidOn(rule, date));
}

function isValidOn(rule: AvailabilityRule, date: string): boolean {
	return (
		rule.weekdays.includes(weekday(date)) &&
		rule.validFrom <= date &&
		(rule.validTo === null || date <= rule.validTo)
	);
}

function slotsOn(date: string, hours: readonly Hours[]): SlotPlan[] {
	const all = hours
		.flatMap((one) =>
			slotTimes(one).map((slot) => ({ ...slot, capacity: one.capacity, quotas: one.quotas })),
		)
		.sort((a, b) => a.from - b.from);
	const kept: typeof all = [];
	for (const slot of all) {
		const before = kept.at(-1);
		if (!before || before.to <= slot.from) kept.push(slot);
	}
	const midnight = istInstant(date).getTime();
	return kept.map(({ from, to, ...rest }) => ({
		startsAt: new Date(midnight + from * 60_000),
		endsAt: new Date(midnight + to * 60_000),
		...rest,
	}));
}

/** Slots in minutes of the day; one that would run into a break starts after it instead. */
export function slotTimes({
	from,
	to,
	slotMinutes,
	capacity,
	breaks,
}: Omit<Hours, 'quotas'>): { from: number; to: number }[] {
	if (!Number.isInteger(slotMinutes) || slotMinutes < 1) throw new RangeError('slotMinutes');
	if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('capacity');
	const end = minutesOf(to);
	const pauses = breaks.map((pause) => ({ from: minutesOf(pause.from), to: minutesOf(pause.to) }));
	const times: { from: number; to: number }[] = [];
	for (let start = minutesOf(from); start + slotMinutes <= end;) {
		const stop = start + slotMinutes;
		const pause = pauses.find((one) => one.from < stop && start < one.to);
		if (pause) {
			start = pause.to;
		} else {
			times.push({ from: start, to: stop });
			start = stop;
		}
	}
	return times;
}
