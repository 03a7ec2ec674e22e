import * as v from 'valibot';
import { isMapUrl } from '#lib/domain/appointment/sitting.ts';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { line } from './fields.ts';
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

const caseNumber = v.pipe(
	v.string(),
	v.nonEmpty('error_desk_case'),
	v.maxLength(40, 'error_desk_case'),
);
const slotId = v.pipe(v.optional(v.string(), ''), v.uuid('error_desk_slot'));
const key = uuid('error_unexpected');
/** Of what the page showed; a page that is stale is told so. */
const version = v.pipe(
	v.string(),
	v.regex(/^[1-9]\d{0,8}$/, 'error_unexpected'),
	v.transform(Number),
);
/** Words that stay in the books. */
const words = (missing: string) => v.pipe(v.optional(line(300), ''), v.nonEmpty(missing));

/** The desk's booking: a case, a slot of the sitting on show, what the choice kept, the form's own key. */
export const bookForm = v.object({
	case: caseNumber,
	slot: slotId,
	hold: v.optional(
		v.union([
			v.pipe(
				v.literal(''),
				v.transform(() => null),
			),
			uuid('error_unexpected'),
		]),
		'',
	),
	otherReason: v.optional(line(300), ''),
	key,
});

export const moveForm = v.object({
	booking: uuid('error_unexpected'),
	version,
	slot: slotId,
	reason: words('error_desk_reason'),
	key,
});

/** An extra seat: on whose word, and why. */
export const urgentForm = v.object({
	case: caseNumber,
	slot: slotId,
	authority: words('error_desk_authority'),
	urgentReason: words('error_desk_reason'),
	key,
});

export const cancelForm = v.object({ version, reason: words('error_desk_reason'), key });

export const swapForm = v.object({
	version,
	other: uuid('error_unexpected'),
	otherVersion: version,
	reason: words('error_desk_reason'),
	key,
});

/** A token for somebody at the counter. */
export const walkInForm = v.object({ slot: slotId, key });

/** "They have come", or that taken back. */
export const arrivalForm = v.object({
	booking: uuid('error_unexpected'),
	here: v.pipe(
		v.picklist(['1', '0'], 'error_unexpected'),
		v.transform((typed) => typed === '1'),
	),
	key,
});

/** Keeps a slot's seat while somebody makes up their mind. */
export const holdForm = v.object({
	case: v.pipe(v.string(), v.nonEmpty('error_desk_case'), v.maxLength(40, 'error_desk_case')),
	slot: uuid('error_desk_slot'),
	key: uuid('error_unexpected'),
});

/** Takes the seat that is kept. */
export const confirmHoldForm = v.object({ key: uuid('error_unexpected') });

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
		kind: v.optional(v.picklist(['office', 'camp'], 'error_choose'), 'office'),
		place: v.optional(line(150), ''),
		mapUrl: v.pipe(
			v.optional(v.string(), ''),
			v.trim(),
			v.check((text) => text === '' || isMapUrl(text), 'error_camp_map'),
		),
	}),
	v.forward(
		v.check(({ kind, place }) => kind !== 'camp' || place !== '', 'error_camp_place'),
		['place'],
	),
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

export const INVITEE_ROLES = ['mp', 'mla', 'sarpanch', 'councillor', 'other'] as const;

/** A representative who is asked to a sitting among the people. */
export const inviteForm = v.object({
	role: v.picklist(INVITEE_ROLES, 'error_choose'),
	name: v.pipe(line(100), v.nonEmpty('error_name')),
	mobile: v.pipe(
		v.string(),
		v.check((text) => parseIndianMobile(text) !== null, 'error_mobile'),
	),
	key: uuid('error_unexpected'),
});
export const uninviteForm = v.object({ invitee: uuid('error_unexpected') });
