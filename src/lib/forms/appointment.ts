import * as v from 'valibot';
import { istDate, istInstant, isDate, MINUTE_MS } from '#lib/domain/calendar/ist.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';

const uuid = (message: string) => v.pipe(v.string(), v.uuid(message));

/** A whole number as people type it, also in Devanagari digits. */
const whole = (min: number, max: number, message: string) =>
	v.pipe(
		v.string(),
		v.transform((text) => toLatinDigits(text).trim()),
		v.regex(/^\d{1,3}$/, message),
		v.transform(Number),
		v.minValue(min, message),
		v.maxValue(max, message),
	);

/** The desk's booking: a case, a slot of the sitting on show, and the form's own key. */
export const bookForm = v.object({
	case: v.pipe(v.string(), v.nonEmpty('error_desk_case'), v.maxLength(40, 'error_desk_case')),
	slot: v.pipe(v.optional(v.string(), ''), v.uuid('error_desk_slot')),
	key: uuid('error_unexpected'),
});

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

export const HEARING_MODES = ['video', 'in_person', 'hybrid'] as const;

/** An extra sitting; the times are Indian time and stay within the day. */
export const sittingForm = v.pipe(
	v.object({
		post: uuid('error_desk_post'),
		date: v.pipe(v.string(), v.check(isDate, 'error_desk_date')),
		time: v.pipe(v.string(), v.regex(TIME, 'error_desk_time')),
		slots: whole(1, 60, 'error_desk_slots'),
		minutes: whole(5, 120, 'error_desk_minutes'),
		capacity: whole(1, 20, 'error_desk_capacity'),
		mode: v.picklist(HEARING_MODES, 'error_desk_mode'),
	}),
	v.forward(
		v.check(({ date, time, slots, minutes }) => {
			// Asked even when those two were refused, which have words of their own.
			if (!isDate(date) || !TIME.test(time)) return true;
			const last = istInstant(date, time).getTime() + slots * minutes * MINUTE_MS - 1;
			return istDate(new Date(last)) === date;
		}, 'error_desk_past_midnight'),
		['slots'],
	),
);

/** A sitting that starts in five minutes: only whose it is has to be said. */
export const sittingSoonForm = v.object({ post: uuid('error_desk_post') });

/** An id from an address, or null. */
export function idFrom(text: string | null | undefined): string | null {
	const result = v.safeParse(v.pipe(v.string(), v.uuid()), text);
	return result.success ? result.output : null;
}
