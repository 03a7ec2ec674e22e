import ical, {
	ICalAlarmType,
	ICalCalendarMethod,
	ICalEventStatus,
	type ICalCalendar,
} from 'ical-generator';
import { isCalledOff, isLiveBooking } from '#lib/domain/appointment/booking.ts';
import { formatDateTimeYear } from '#lib/domain/format/date.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/server/platform/context.ts';
import type { BookingFacts } from './types.ts';

/** RFC 5546: PUBLISH names nobody, REQUEST asks an attendee to come, CANCEL takes it back. */
export type CalendarMethod = 'PUBLISH' | 'REQUEST' | 'CANCEL';

/** What a calendar is told of a hearing; no name or number of the citizen is in it. */
export interface CalendarHearing extends Pick<
	BookingFacts,
	| 'grievanceNumber'
	| 'startsAt'
	| 'endsAt'
	| 'mode'
	| 'place'
	| 'tokenNo'
	| 'status'
	| 'icsUid'
	| 'icsSequence'
> {
	/** The hearing officer's post in the reader's language. */
	postName: string;
	/** Where the reader goes on the day: the citizen's link, or a page of the staff. */
	link: string;
	/** Whether `link` is the citizen's own. */
	ofCitizen: boolean;
}

export interface Invitation {
	/** Who is asked: a post, or the citizen under a name that is nobody's. */
	attendee: { name: string; email: string };
	/** Address that the invitation comes from. */
	organizer: string;
}

/** How it is written, whatever it is. */
export interface Writing {
	stamp: Date;
	/** Public address of the site, without a trailing slash. */
	origin: string;
	locale: Locale;
}

/** Names come from master data; a line break in one must not begin a property of its own. */
// eslint-disable-next-line no-control-regex
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

export const newCalendar = (method: CalendarMethod, locale: Locale): ICalCalendar =>
	ical({
		method: ICalCalendarMethod[method],
		prodId: { company: 'Jansunwai', product: 'Hearings', language: locale.toUpperCase() },
	});

/** The address of nobody in particular at this site. */
export const addressAt = (origin: string, name: string) => `${name}@${new URL(origin).hostname}`;

/** What is said of the hearing, Indian time in it; first what became of it. */
export function describeHearing(hearing: CalendarHearing, locale: Locale): string {
	const options = { locale };
	const facts = {
		number: hearing.grievanceNumber,
		when: formatDateTimeYear(hearing.startsAt, locale),
		officer: oneLine(hearing.postName),
		token: hearing.tokenNo,
		link: hearing.link,
	};
	const what = hearing.ofCitizen
		? m.ics_description(facts, options)
		: m.ics_staff_description(facts, options);
	if (isCalledOff(hearing.status)) return `${m.ics_cancelled({}, options)}\n${what}`;
	// The sequence rises when a hearing is moved, and before that only when it is called off.
	return hearing.icsSequence > 0 ? `${m.ics_moved({}, options)}\n${what}` : what;
}

const STATUS = {
	cancelled: ICalEventStatus.CANCELLED,
	proposed: ICalEventStatus.TENTATIVE,
	other: ICalEventStatus.CONFIRMED,
};

/**
 * Adds a hearing to a calendar. Instants stand in UTC: India has no daylight saving, and a named zone
 * would make the generator write the process's own clock. Indian time is in the text. The UID stays
 * for life, the sequence rises with each move and with the end.
 */
export function addHearing(
	calendar: ICalCalendar,
	hearing: CalendarHearing,
	{ stamp, origin, locale }: Writing,
	invitation: Invitation | null,
): void {
	const options = { locale };
	const officer = oneLine(hearing.postName);
	const event = calendar.createEvent({
		id: hearing.icsUid,
		sequence: hearing.icsSequence,
		stamp,
		start: hearing.startsAt,
		end: hearing.endsAt,
		status: isCalledOff(hearing.status)
			? STATUS.cancelled
			: hearing.status === 'proposed'
				? STATUS.proposed
				: STATUS.other,
		summary: m.ics_summary({ number: hearing.grievanceNumber, officer }, options),
		description: describeHearing(hearing, locale),
		location:
			hearing.mode === 'video' ? m.ics_by_video({}, options) : oneLine(hearing.place ?? officer),
		url: hearing.link,
		organizer: { name: officer, email: invitation?.organizer ?? addressAt(origin, 'hearings') },
	});
	// PUBLISH must not name attendees, REQUEST and CANCEL must (RFC 5546, 3.2.1, 3.2.2, 3.2.5).
	if (invitation) {
		const { name, email } = invitation.attendee;
		event.createAttendee({ name: oneLine(name), email, rsvp: false });
	}
	if (isLiveBooking(hearing.status)) {
		event.createAlarm({ type: ICalAlarmType.display, trigger: 24 * 60 * 60 });
		event.createAlarm({ type: ICalAlarmType.display, trigger: 60 * 60 });
	}
}

/** A sitting as a stretch of its officer's day. */
export function addSitting(
	calendar: ICalCalendar,
	sitting: {
		id: string;
		startsAt: Date;
		endsAt: Date;
		place: string | null;
		booked: number;
		link: string;
	},
	{ stamp, origin, locale }: Writing,
): void {
	const options = { locale };
	calendar.createEvent({
		id: addressAt(origin, `sitting-${sitting.id}`),
		stamp,
		start: sitting.startsAt,
		end: sitting.endsAt,
		summary: m.ics_sitting({ count: sitting.booked }, options),
		description: m.ics_sitting_description(
			{ when: formatDateTimeYear(sitting.startsAt, locale), link: sitting.link },
			options,
		),
		location: oneLine(sitting.place ?? ''),
		url: sitting.link,
		organizer: { name: m.app_name({}, options), email: addressAt(origin, 'hearings') },
	});
}
