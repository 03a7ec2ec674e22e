import * as v from 'valibot';
import { AWAY_PRESETS } from '#lib/domain/appointment/called-away.ts';
import { isDate } from '#lib/domain/calendar/ist.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';

const id = (message: string) => v.pipe(v.string(message), v.uuid(message));

/** Citizens a day at the most; empty for no limit. */
export const dayLimitForm = v.object({
	max: v.pipe(
		v.optional(v.string(), ''),
		v.transform((text) => toLatinDigits(text).trim()),
		v.regex(/^\d{0,3}$/, 'error_day_limit'),
		v.transform((text) => (text === '' ? null : Number(text))),
		v.check((max) => max === null || (max >= 1 && max <= 500), 'error_day_limit'),
	),
	version: v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'error_unexpected'), v.transform(Number)),
});

/** An office that is called to a hearing, or need not come any more. */
export const summonsForm = v.object({ post: id('error_summons_post') });

/** The date whose missing reports are asked for. */
export const reminderForm = v.object({
	date: v.pipe(v.string(), v.check(isDate, 'error_desk_date')),
});

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const time = v.pipe(v.optional(v.string(), ''), v.regex(TIME, 'error_away_time'));
const day = v.pipe(v.optional(v.string(), ''), v.check(isDate, 'error_away_time'));
const key = v.pipe(v.string(), v.uuid('error_unexpected'));
const reason = v.pipe(
	v.optional(v.string(), ''),
	v.trim(),
	v.maxLength(200, 'refusal_text_too_long'),
);

/** Called away by one tap: rest of today, or tomorrow. */
export const awayPresetForm = v.object({
	preset: v.picklist(AWAY_PRESETS, 'error_away_time'),
	key,
});

/** Called away from one time to another, in Indian time. A clerk says for whom. */
export const awayForm = v.object({
	post: v.optional(v.pipe(v.string(), v.uuid('error_away_post'))),
	fromDate: day,
	fromTime: time,
	toDate: day,
	toTime: time,
	reason,
	key,
});

/** The officer whose bookings a change of the schedule touched. */
export const planMoveForm = v.object({ post: id('error_away_post') });
