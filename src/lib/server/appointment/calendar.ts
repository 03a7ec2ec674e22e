import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import { isLiveBooking } from '#lib/domain/appointment/booking.ts';
import { formatDateTimeYear } from '#lib/domain/format/date.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { bookingView } from './queries.ts';
import type { BookingView } from './types.ts';

export type CalendarMethod = 'PUBLISH' | 'REQUEST' | 'CANCEL';

export interface CalendarFile {
	text: string;
	/** Stands in the text and must stand in the content type. */
	method: CalendarMethod;
	/** Plain ASCII, fit for a header. */
	fileName: string;
}

interface Writing {
	method: CalendarMethod;
	stamp: Date;
	origin: string;
	locale: Locale;
}

/** Names come from master data; a line break in one must not begin a property of its own. */
// eslint-disable-next-line no-control-regex
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

/** Whether the hearing was called off; a person who was absent was still invited. */
const isCalledOff = (booking: Pick<BookingView, 'status'>) =>
	booking.status === 'excused' || booking.status === 'revoked' || booking.status === 'superseded';

/**
 * One booking as iCalendar (RFC 5545). Instants stand in UTC: India has no daylight saving, and a
 * named zone would make the generator write the process's own clock. Indian time is in the text.
 * The UID stays for life, the sequence rises with each change; no name or number of the citizen.
 */
export function writeCalendar(booking: BookingView, writing: Writing): string {
	const { method, stamp, origin, locale } = writing;
	const host = new URL(origin).hostname;
	const options = { locale };
	const officer = oneLine(booking.postName);
	const link = `${origin}${locale === 'en' ? '/en' : ''}/h/${booking.linkCode}`;
	const calledOff = isCalledOff(booking);
	const calendar = ical({
		method: ICalCalendarMethod[method],
		prodId: { company: 'Jansunwai', product: 'Hearings', language: locale.toUpperCase() },
	});
	const event = calendar.createEvent({
		id: booking.icsUid,
		sequence: booking.icsSequence,
		stamp,
		start: booking.startsAt,
		end: booking.endsAt,
		status: calledOff
			? ICalEventStatus.CANCELLED
			: booking.status === 'proposed'
				? ICalEventStatus.TENTATIVE
				: ICalEventStatus.CONFIRMED,
		summary: m.ics_summary({ number: booking.grievanceNumber, officer }, options),
		description: m.ics_description(
			{
				number: booking.grievanceNumber,
				when: formatDateTimeYear(booking.startsAt, locale),
				officer,
				token: booking.tokenNo,
				link,
			},
			options,
		),
		location:
			booking.mode === 'video' ? m.ics_by_video({}, options) : oneLine(booking.place ?? officer),
		url: link,
		organizer: { name: officer, email: `hearings@${host}` },
	});
	// PUBLISH must not name attendees, REQUEST and CANCEL must (RFC 5546, 3.2.1, 3.2.2, 3.2.5).
	if (method !== 'PUBLISH') {
		event.createAttendee({
			name: m.ics_citizen({}, options),
			email: `citizen-${booking.id}@${host}`,
			rsvp: false,
		});
	}
	if (isLiveBooking(booking.status)) {
		event.createAlarm({ type: ICalAlarmType.display, trigger: 24 * 60 * 60 });
		event.createAlarm({ type: ICalAlarmType.display, trigger: 60 * 60 });
	}
	return calendar.toString();
}

/**
 * The booking for the reader's calendar: published, or cancelled when it was called off.
 * @throws {Refusal} `not_found`; `forbidden` for anybody but its citizen, its hearing officer and
 * clerks of its district
 */
export async function calendarFile(ctx: Context, bookingId: string): Promise<CalendarFile> {
	const booking = await bookingView(ctx, bookingId);
	const method = isCalledOff(booking) ? 'CANCEL' : 'PUBLISH';
	const text = writeCalendar(booking, {
		method,
		stamp: ctx.clock.now(),
		origin: ctx.origin,
		locale: ctx.locale,
	});
	return { text, method, fileName: `${booking.grievanceNumber}-${booking.tokenNo}.ics` };
}
