import type { KeptQuota, AvailabilityRule } from '#lib/domain/appointment/slots.ts';
import type { ExceptionOf } from '#lib/domain/appointment/schedule.ts';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import { formatDate, dayName, type ReaderLocale } from '#lib/domain/format/date.ts';
import { m } from '#lib/paraglide/messages.js';

export const quotaWords: Record<KeptQuota, () => string> = {
	desk: m.schedule_quota_desk,
	senior_citizen: m.schedule_quota_senior,
	disability: m.schedule_quota_disability,
	women: m.schedule_quota_women,
	urgent: m.schedule_quota_urgent,
};

/** The working week first. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

/** "सोमवार से शनिवार" for days in a row, else one by one. */
function daysWords(weekdays: readonly number[], locale: ReaderLocale): string {
	const days = WEEK.filter((day) => weekdays.includes(day));
	const [first, last] = [days.at(0), days.at(-1)];
	if (first === undefined || last === undefined) return '';
	const inRow = WEEK.indexOf(last) - WEEK.indexOf(first) === days.length - 1;
	if (days.length > 2 && inRow) {
		return m.schedule_days_row({
			first: dayName(first, locale),
			last: dayName(last, locale),
		});
	}
	return days.map((day) => dayName(day, locale)).join(', ');
}

/** A rule in one sentence. */
export function ruleWords(rule: AvailabilityRule, locale: ReaderLocale): string {
	return m.schedule_rule_sentence({
		days: daysWords(rule.weekdays, locale),
		from: rule.from,
		to: rule.to,
		minutes: rule.slotMinutes,
		capacity: rule.capacity,
	});
}

/** A date 'YYYY-MM-DD' in words. */
export function dateWords(date: string, locale: ReaderLocale): string {
	return formatDate(istInstant(date), locale);
}

/** What an exception of a date says. */
export function exceptionWords(one: ExceptionOf<string>): string {
	if (one.kind === 'closed') return m.schedule_exception_closed();
	const { from, to } = one;
	if (one.kind === 'closed_between') return m.schedule_exception_between_words({ from, to });
	const { slotMinutes: minutes, capacity } = one;
	return m.schedule_exception_special_words({ from, to, minutes, capacity });
}

/** What was typed, or what stands. */
export function typedIn(values: Record<string, string | string[]> | undefined) {
	return (name: string, otherwise: string | number | null | undefined = ''): string => {
		const value = values?.[name];
		if (values) return typeof value === 'string' ? value : '';
		return String(otherwise ?? '');
	};
}
