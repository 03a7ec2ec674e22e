import { addDays, istInstant, minutesOf, weekday } from '../calendar/ist.ts';

export type TimeRange = { from: string; to: string };

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

export type SlotPlan = { startsAt: Date; endsAt: Date; capacity: number };
/** One officer's hearing day; `startsAt`..`endsAt` from the first slot to the last. */
export type SittingPlan = { date: string; startsAt: Date; endsAt: Date; slots: SlotPlan[] };

type Hours = Pick<AvailabilityRule, 'from' | 'to' | 'slotMinutes' | 'capacity' | 'breaks'>;

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
): SittingPlan[] {
	const plans: SittingPlan[] = [];
	for (const date of [...new Set(dates)].sort()) {
		const slots = slotsOn(date, hoursOn(date, rules, holidays, exceptions));
		const first = slots.at(0);
		const last = slots.at(-1);
		if (first && last) plans.push({ date, startsAt: first.startsAt, endsAt: last.endsAt, slots });
	}
	return plans;
}

/** The dates from `first`, `count` of them. */
export function dateRange(first: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) => addDays(first, index));
}

/**
 * The serial number a citizen is told, 1.. through the whole sitting: slot 0 has 1..capacity, and so
 * on. `slotIndex` from 0, `seatNo` from 1; `capacity` is the largest of the sitting's slots, so that
 * numbers never clash. It is fixed at booking.
 */
export function tokenNumber(slotIndex: number, seatNo: number, capacity: number): number {
	if (slotIndex < 0 || seatNo < 1 || seatNo > capacity) {
		throw new RangeError(`no seat ${seatNo} of ${capacity} in slot ${slotIndex}`);
	}
	return slotIndex * capacity + seatNo;
}

function hoursOn(
	date: string,
	rules: readonly AvailabilityRule[],
	holidays: ReadonlySet<string>,
	exceptions: readonly ScheduleException[],
): Hours[] {
	const ofDate = exceptions.filter((exception) => exception.date === date);
	if (ofDate.some((exception) => exception.kind === 'closed')) return [];
	const closures = ofDate.filter((exception) => exception.kind === 'closed_between');
	const special = ofDate.filter((exception) => exception.kind === 'special');
	const regular = holidays.has(date) ? [] : rules.filter((rule) => isValidOn(rule, date));
	const hours: readonly Hours[] = special.length > 0 ? special : regular;
	return hours.map((one) => ({ ...one, breaks: [...one.breaks, ...closures] }));
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
		.flatMap((one) => slotTimes(one).map((slot) => ({ ...slot, capacity: one.capacity })))
		.sort((a, b) => a.from - b.from);
	const kept: typeof all = [];
	for (const slot of all) {
		const before = kept.at(-1);
		if (!before || before.to <= slot.from) kept.push(slot);
	}
	const midnight = istInstant(date).getTime();
	return kept.map(({ from, to, capacity }) => ({
		startsAt: new Date(midnight + from * 60_000),
		endsAt: new Date(midnight + to * 60_000),
		capacity,
	}));
}

/** Slots in minutes of the day; one that would run into a break starts after it instead. */
function slotTimes({ from, to, slotMinutes, capacity, breaks }: Hours) {
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
