import type { BookingState } from '#lib/domain/appointment/booking.ts';
import type { SittingState } from '#lib/domain/appointment/sitting.ts';
import type { Kind } from '#lib/components/ui/types.ts';
import { m } from '#lib/paraglide/messages.js';

type Mode = 'video' | 'in_person' | 'hybrid';

export const modeWords: Record<Mode, () => string> = {
	video: m.desk_mode_video,
	in_person: m.desk_mode_in_person,
	hybrid: m.desk_mode_hybrid,
};

export const sittingWords: Record<SittingState, { text: () => string; kind: Kind }> = {
	planned: { text: m.desk_state_planned, kind: 'info' },
	open: { text: m.desk_state_open, kind: 'ok' },
	paused: { text: m.desk_state_paused, kind: 'warn' },
	closed: { text: m.desk_state_closed, kind: 'info' },
	cancelled: { text: m.desk_state_cancelled, kind: 'bad' },
};

export const bookingWords: Record<BookingState, { text: () => string; kind: Kind }> = {
	proposed: { text: m.desk_booking_proposed, kind: 'info' },
	confirmed: { text: m.desk_booking_confirmed, kind: 'ok' },
	fulfilled: { text: m.desk_booking_fulfilled, kind: 'info' },
	excused: { text: m.desk_booking_excused, kind: 'warn' },
	revoked: { text: m.desk_booking_revoked, kind: 'warn' },
	no_show: { text: m.desk_booking_no_show, kind: 'bad' },
	superseded: { text: m.desk_booking_superseded, kind: 'info' },
};

/** "माँगी है, 3 दिन से" */
export function askedWords(days: number): string {
	if (days <= 0) return m.desk_asked_today();
	return days === 1 ? m.desk_asked_day() : m.desk_asked_days({ days });
}

/** In place of a name that was never given, or erased together with the mobile. */
export function unnamed(maskedMobile: string | null): string {
	return maskedMobile === null ? m.erased_name() : m.desk_no_name();
}
