import * as v from 'valibot';
import {
	RULE_LIMITS,
	SETTING_LIMITS,
	type ScheduleChange,
} from '#lib/domain/appointment/schedule.ts';
import { KEPT_QUOTAS, type QuotaRule, type TimeRange } from '#lib/domain/appointment/slots.ts';
import { addDays, isDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { HEARING_MODES } from './appointment.ts';
import { line } from './fields.ts';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const whole = ([min, max]: readonly [number, number], message: string) =>
	v.pipe(
		v.string(message),
		v.transform((text) => toLatinDigits(text).trim()),
		v.regex(/^\d{1,5}$/, message),
		v.transform(Number),
		v.minValue(min, message),
		v.maxValue(max, message),
	);
const optionalWhole = (limits: readonly [number, number], message: string) =>
	v.union(
		[
			v.pipe(
				v.literal(''),
				v.transform(() => null),
			),
			whole(limits, message),
		],
		message,
	);
const time = v.pipe(v.string('error_desk_time'), v.regex(TIME, 'error_desk_time'));
const optionalTime = v.optional(v.union([v.literal(''), time], 'error_desk_time'), '');
const date = v.pipe(v.string('error_desk_date'), v.check(isDate, 'error_desk_date'));
const optionalDate = v.optional(
	v.union(
		[
			v.pipe(
				v.literal(''),
				v.transform(() => null),
			),
			date,
		],
		'error_desk_date',
	),
	'',
);
const reason = v.pipe(line(200), v.nonEmpty('error_schedule_reason'));
const id = v.pipe(v.string(), v.uuid('error_unexpected'));

/** How many breaks the form has room for. */
export const BREAKS = [1, 2, 3] as const;

/** What every step of a change carries: the version seen, and the form's own key. */
export const changeFrame = v.object({
	version: whole([0, 99_999], 'error_unexpected'),
	key: id,
	fingerprint: v.optional(v.string(), ''),
});

export const settingsForm = v.pipe(
	v.object({
		mode: v.picklist(HEARING_MODES, 'error_desk_mode'),
		horizonDays: whole(SETTING_LIMITS.horizonDays, 'error_schedule_horizon'),
		leadHours: whole([0, 720], 'error_schedule_lead'),
		noticeHours: whole(SETTING_LIMITS.noticeHours, 'error_schedule_notice'),
		maxPerDay: v.optional(optionalWhole(SETTING_LIMITS.maxPerDay, 'error_schedule_max'), ''),
	}),
	v.transform(({ leadHours, ...rest }): ScheduleChange => {
		return { kind: 'settings', settings: { ...rest, leadMinutes: leadHours * 60 } };
	}),
);

const breakFields = {
	break1from: optionalTime,
	break1to: optionalTime,
	break2from: optionalTime,
	break2to: optionalTime,
	break3from: optionalTime,
	break3to: optionalTime,
};
const keptSeats = v.optional(
	v.union([v.literal(''), whole([0, 50], 'error_schedule_seats')], 'error_schedule_seats'),
	'',
);
const release = v.optional(
	v.union(
		[v.literal(''), whole(RULE_LIMITS.releaseHours, 'error_schedule_release')],
		'error_schedule_release',
	),
	'',
);

export const ruleForm = v.pipe(
	v.object({
		rule: v.optional(v.union([v.literal(''), id]), ''),
		weekdays: v.pipe(
			v.optional(v.union([v.string(), v.array(v.string())]), []),
			v.transform((value) => [...new Set([value].flat())]),
			v.array(v.pipe(v.picklist(['0', '1', '2', '3', '4', '5', '6']), v.transform(Number))),
			v.minLength(1, 'error_schedule_weekdays'),
		),
		from: time,
		to: time,
		slotMinutes: whole(RULE_LIMITS.slotMinutes, 'error_schedule_minutes'),
		capacity: whole(RULE_LIMITS.capacity, 'error_schedule_capacity'),
		validFrom: date,
		validTo: optionalDate,
		...breakFields,
		seats_desk: keptSeats,
		seats_senior_citizen: keptSeats,
		seats_disability: keptSeats,
		seats_women: keptSeats,
		seats_urgent: keptSeats,
		release_desk: release,
		release_senior_citizen: release,
		release_disability: release,
		release_women: release,
		release_urgent: release,
	}),
	v.transform((form): ScheduleChange => {
		const { rule: ruleId, weekdays, from, to, slotMinutes, capacity, validFrom, validTo } = form;
		const breaks = BREAKS.flatMap((n): TimeRange[] => {
			const pause = { from: form[`break${n}from`], to: form[`break${n}to`] };
			// One end alone is no break; the rules say so.
			return pause.from || pause.to ? [pause] : [];
		});
		const quotas = KEPT_QUOTAS.flatMap((quota): QuotaRule[] => {
			const seats = Number(form[`seats_${quota}`]);
			return seats > 0 ? [{ quota, seats, releaseHours: Number(form[`release_${quota}`]) }] : [];
		});
		const rule = {
			...{ weekdays: [...weekdays].sort(), from, to, slotMinutes, capacity },
			...{ validFrom, validTo, breaks, quotas },
		};
		return ruleId ? { kind: 'edit_rule', ruleId, rule } : { kind: 'add_rule', rule };
	}),
);

export const exceptionForm = v.pipe(
	v.variant(
		'kind',
		[
			v.object({ kind: v.literal('closed'), date, reason }),
			v.object({ kind: v.literal('closed_between'), date, from: time, to: time, reason }),
			v.object({
				kind: v.literal('special'),
				date,
				from: time,
				to: time,
				slotMinutes: whole(RULE_LIMITS.slotMinutes, 'error_schedule_minutes'),
				capacity: whole(RULE_LIMITS.capacity, 'error_schedule_capacity'),
				reason,
			}),
		],
		'error_choose',
	),
	v.transform((form): ScheduleChange => {
		const exception = form.kind === 'special' ? { ...form, breaks: [] } : form;
		return { kind: 'add_exception', exception };
	}),
);

/** Whole days unless times are given; the last day counts. */
export const leaveForm = v.pipe(
	v.object({ from: date, to: date, fromTime: optionalTime, toTime: optionalTime, reason }),
	v.transform(({ from, to, fromTime, toTime, reason }): ScheduleChange => {
		const startsAt = istInstant(from, fromTime || '00:00');
		const endsAt = toTime ? istInstant(to, toTime) : istInstant(addDays(to, 1));
		return { kind: 'enter_absence', absence: { kind: 'leave', startsAt, endsAt, reason } };
	}),
);

/** Taking something off the schedule. */
export const endForm = v.pipe(
	v.variant('what', [
		v.object({ what: v.literal('rule'), id, lastDate: date }),
		v.object({ what: v.literal('exception'), id }),
		v.object({ what: v.literal('leave'), id }),
	]),
	v.transform((form): ScheduleChange => {
		if (form.what === 'rule') return { kind: 'end_rule', ruleId: form.id, lastDate: form.lastDate };
		if (form.what === 'exception') return { kind: 'remove_exception', exceptionId: form.id };
		return { kind: 'withdraw_absence', absenceId: form.id };
	}),
);

export const END_KINDS = ['rule', 'exception', 'leave'] as const;

/** A holiday of an area. */
export const holidayForm = v.object({
	area: id,
	date,
	nameHi: v.pipe(line(80), v.nonEmpty('error_name_hi')),
	nameEn: v.pipe(line(80), v.nonEmpty('error_name_en')),
});
export const holidayRemoveForm = v.object({ area: id, date });
