import { localizeHref } from '#lib/paraglide/runtime.js';

/** Where the desk stands; what is empty is left out of the address. */
export interface DeskPlace {
	q?: string;
	case?: string | null;
	post?: string | null;
	sitting?: string | null;
}

/**
 * Address of the desk in that state: everything on it is a link, so it works without a script. Who
 * makes a hundred of them gives the localised `desk`, which takes longer to make than all the rest.
 */
export function deskHref(place: DeskPlace, desk = localizeHref('/desk')): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(place)) if (value) query.set(name, value);
	const text = query.toString();
	return text ? `${desk}?${text}` : desk;
}

/** The calendar file of a booking, in the reader's language. */
export const calendarHref = (bookingId: string) =>
	localizeHref(`/api/bookings/${bookingId}/calendar.ics`);

/** The slip that the citizen takes home. */
export const tokenHref = (bookingId: string) => localizeHref(`/desk/tokens/${bookingId}`);
