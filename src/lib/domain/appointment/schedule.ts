import { addDays, isDate, istDate, istInstant, minutesOf } from '../calendar/ist.ts';
import type { RefusalCode, RefusalFacts } from '../refusal.ts';
import {
	closuresOf,
	dateRange,
	materialise,
	slotTimes,
	type AvailabilityRule,
	type Closure,
	type ScheduleException,
	type SittingPlan,
	type TimeRange,
} from './slots.ts';

export type HearingMode = 'video' | 'in_person' | 'hybrid';

/** What holds for all hours of a post. */
export interface ScheduleSettings {
	mode: HearingMode;
	leadMinutes: number;
	horizonDays: number;
	noticeHours: number;
	maxPerDay: number | null;
}

export const SETTING_LIMITS = {
	leadMinutes: [0, 43_200],
	horizonDays: [1, 180],
	noticeHours: [0, 720],
	maxPerDay: [1, 500],
} as const;

export const RULE_LIMITS = {
	slotMinutes: [5, 240],
	capacity: [1, 50],
	releaseHours: [0, 720],
} as const;

/** Nobody plans hours further ahead; a later date is a slip of the pen. */
export const DAYS_AHEAD = 366;

/** What a post that has no schedule yet begins with. */
export const FIRST_SETTINGS: ScheduleSettings = {
	mode: 'video',
	leadMinutes: 0,
	horizonDays: 30,
	noticeHours: 24,
	maxPerDay: null,
};

export type RuleOf<Id> = AvailabilityRule & { id: Id };
export type ExceptionOf<Id> = ScheduleException & { id: Id; reason: string };
export type AbsenceOf<Id> = Closure & { id: Id; kind: 'leave' | 'called_away'; reason: string };

/** Everything that says when a post hears people. `null` ids are not saved yet. */
export interface Setup<Id = string | null> {
	settings: ScheduleSettings | null;
	rules: readonly RuleOf<Id>[];
	exceptions: readonly ExceptionOf<Id>[];
	absences: readonly AbsenceOf<Id>[];
	holidays: ReadonlySet<string>;
}

export type ScheduleChange =
	| { kind: 'settings'; settings: ScheduleSettings }
	| { kind: 'add_rule'; rule: AvailabilityRule }
	| { kind: 'edit_rule'; ruleId: string; rule: AvailabilityRule }
	/** The rule holds until that date, inclusive; the day before today ends it at once. */
	| { kind: 'end_rule'; ruleId: string; lastDate: string }
	| { kind: 'add_exception'; exception: ScheduleException & { reason: string } }
	| { kind: 'remove_exception'; exceptionId: string }
	| { kind: 'enter_absence'; absence: Closure & { kind: 'leave' | 'called_away'; reason: string } }
	| { kind: 'withdraw_absence'; absenceId: string };

export interface Problem {
	code: RefusalCode;
	facts?: RefusalFacts;
}

/** The sittings that are wanted on the dates. */
export function wantedSittings(setup: Setup, dates: readonly string[]): SittingPlan[] {
	if (!setup.settings) return [];
	return materialise(setup.rules, dates, setup.holidays, setup.exceptions, setup.absences);
}

/** When nobody is heard, whoever made the sitting. Holidays are not among them: a clerk may sit then. */
export function closedTimes(setup: Setup): Closure[] {
	return [...closuresOf(setup.exceptions), ...setup.absences];
}

/** The dates for which slots are made: from today to the horizon. */
export function horizonDates(setup: Setup, now: Date): string[] {
	return setup.settings ? dateRange(istDate(now), setup.settings.horizonDays + 1) : [];
}

/** The setup after a change, or why the change cannot be. `now` bounds the dates that can be named. */
export function changeSetup(setup: Setup, change: ScheduleChange, now: Date): Setup | Problem {
	const today = istDate(now);
	switch (change.kind) {
		case 'settings':
			return settingsProblem(change.settings) ?? { ...setup, settings: change.settings };
		case 'add_rule': {
			const problem =
				ruleProblem(change.rule, setup.rules, today) ?? dateProblem(change.rule.validTo, today);
			const rules = [...setup.rules, { ...change.rule, id: null }];
			return problem ?? { ...setup, settings: setup.settings ?? FIRST_SETTINGS, rules };
		}
		case 'edit_rule': {
			const before = setup.rules.find(({ id }) => id === change.ruleId);
			if (!before) return { code: 'not_found' };
			const others = setup.rules.filter((one) => one !== before);
			const rules = setup.rules.map((one) =>
				one === before ? { ...change.rule, id: before.id } : one,
			);
			return ruleProblem(change.rule, others, today) ?? { ...setup, rules };
		}
		case 'end_rule': {
			const before = setup.rules.find(({ id }) => id === change.ruleId);
			if (!before) return { code: 'not_found' };
			if (change.lastDate < addDays(today, -1)) return { code: 'date_past' };
			const problem = dateProblem(change.lastDate, addDays(today, -1));
			if (problem) return problem;
			const ended = { ...before, validTo: change.lastDate };
			const rules = setup.rules.flatMap((one) =>
				one !== before ? [one] : ended.validTo < ended.validFrom ? [] : [ended],
			);
			return { ...setup, rules };
		}
		case 'add_exception': {
			const problem = exceptionProblem(change.exception, setup.exceptions, today);
			const exceptions = [...setup.exceptions, { ...change.exception, id: null }];
			return problem ?? { ...setup, exceptions };
		}
		case 'remove_exception':
			if (!setup.exceptions.some(({ id }) => id === change.exceptionId))
				return { code: 'not_found' };
			return {
				...setup,
				exceptions: setup.exceptions.filter(({ id }) => id !== change.exceptionId),
			};
		case 'enter_absence': {
			const { startsAt, endsAt } = change.absence;
			if (startsAt >= endsAt) return { code: 'rule_hours' };
			if (endsAt <= now) return { code: 'date_past' };
			const last = istInstant(addDays(today, DAYS_AHEAD));
			if (endsAt > last) return { code: 'date_too_far', facts: { days: DAYS_AHEAD } };
			return { ...setup, absences: [...setup.absences, { ...change.absence, id: null }] };
		}
		case 'withdraw_absence':
			if (!setup.absences.some(({ id }) => id === change.absenceId)) return { code: 'not_found' };
			return { ...setup, absences: setup.absences.filter(({ id }) => id !== change.absenceId) };
	}
}

export function isProblem(answer: Setup | Problem): answer is Problem {
	return 'code' in answer;
}

const within = (value: number, [min, max]: readonly [number, number]) =>
	Number.isInteger(value) && value >= min && value <= max;

function settingsProblem(settings: ScheduleSettings): Problem | null {
	const { leadMinutes, horizonDays, noticeHours, maxPerDay } = settings;
	const fine =
		within(leadMinutes, SETTING_LIMITS.leadMinutes) &&
		within(horizonDays, SETTING_LIMITS.horizonDays) &&
		within(noticeHours, SETTING_LIMITS.noticeHours) &&
		(maxPerDay === null || within(maxPerDay, SETTING_LIMITS.maxPerDay));
	return fine ? null : { code: 'invalid_input' };
}

/** A date that a change may name: a real one, not before `first`, not too far ahead. */
function dateProblem(date: string | null, first: string): Problem | null {
	if (date === null) return null;
	if (!isDate(date)) return { code: 'invalid_input' };
	if (date < first) return { code: 'date_past' };
	if (date > addDays(first, DAYS_AHEAD))
		return { code: 'date_too_far', facts: { days: DAYS_AHEAD } };
	return null;
}

/** Hours that are hours, breaks within them that leave a slot, and no more kept seats than seats. */
function ruleProblem(
	rule: AvailabilityRule,
	others: readonly AvailabilityRule[],
	today: string,
): Problem | null {
	const { from, to, weekdays, slotMinutes, capacity, breaks, quotas, validFrom, validTo } = rule;
	if (weekdays.length === 0 || !weekdays.every((day) => within(day, [0, 6]))) {
		return { code: 'invalid_input' };
	}
	if (!within(slotMinutes, RULE_LIMITS.slotMinutes) || !within(capacity, RULE_LIMITS.capacity)) {
		return { code: 'invalid_input' };
	}
	if (minutesOf(from) >= minutesOf(to)) return { code: 'rule_hours' };
	if (!isDate(validFrom) || (validTo !== null && !isDate(validTo)))
		return { code: 'invalid_input' };
	if (validTo !== null && validTo < validFrom) return { code: 'rule_dates' };
	if (validTo !== null && validTo < today) return { code: 'date_past' };
	if (validFrom > addDays(today, DAYS_AHEAD)) {
		return { code: 'date_too_far', facts: { days: DAYS_AHEAD } };
	}
	const sorted = [...breaks].sort((a, b) => (a.from < b.from ? -1 : 1));
	for (const [index, pause] of sorted.entries()) {
		const next = sorted[index + 1];
		if (pause.from >= pause.to) return { code: 'rule_hours' };
		if (pause.from < from || pause.to > to || (next && next.from < pause.to)) {
			return { code: 'rule_break', facts: { from, to } };
		}
	}
	if (slotTimes(rule).length === 0) return { code: 'rule_no_slot' };
	const kept = quotas.reduce((sum, { seats }) => sum + seats, 0);
	if (new Set(quotas.map(({ quota }) => quota)).size < quotas.length)
		return { code: 'invalid_input' };
	if (
		!quotas.every(
			({ seats, releaseHours }) => seats >= 1 && within(releaseHours, RULE_LIMITS.releaseHours),
		)
	) {
		return { code: 'invalid_input' };
	}
	if (kept > capacity) return { code: 'rule_quota', facts: { kept, capacity } };
	const clash = others.find(
		(other) =>
			other.weekdays.some((day) => weekdays.includes(day)) &&
			(validTo === null || other.validFrom <= validTo) &&
			(other.validTo === null || validFrom <= other.validTo) &&
			timesOverlap(rule, other),
	);
	return clash ? { code: 'rule_overlaps', facts: { from: clash.from, to: clash.to } } : null;
}

function exceptionProblem(
	exception: ScheduleException,
	others: readonly ScheduleException[],
	today: string,
): Problem | null {
	const problem = dateProblem(exception.date, today);
	if (problem) return problem;
	const ofDate = others.filter(({ date }) => date === exception.date);
	if (exception.kind === 'closed') {
		return ofDate.some(({ kind }) => kind === 'closed') ? { code: 'exception_there' } : null;
	}
	if (minutesOf(exception.from) >= minutesOf(exception.to)) return { code: 'rule_hours' };
	if (exception.kind === 'special') {
		const { slotMinutes, capacity } = exception;
		if (!within(slotMinutes, RULE_LIMITS.slotMinutes) || !within(capacity, RULE_LIMITS.capacity)) {
			return { code: 'invalid_input' };
		}
		if (slotTimes(exception).length === 0) return { code: 'rule_no_slot' };
	}
	const clash = ofDate.some(
		(other) => other.kind === exception.kind && timesOverlap(other, exception),
	);
	return clash ? { code: 'exception_there' } : null;
}

const timesOverlap = (a: TimeRange, b: TimeRange) => a.from < b.to && b.from < a.to;
