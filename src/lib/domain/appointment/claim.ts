import { DAY_MS, istDate, istInstant, MINUTE_MS } from '../calendar/ist.ts';
import type { RefusalCode, RefusalFacts } from '../refusal.ts';
import { isBookable, type SlotState } from './booking.ts';

export const SEAT_QUOTAS = [
	'general',
	'desk',
	'senior_citizen',
	'disability',
	'women',
	'urgent',
] as const;
export type SeatQuota = (typeof SEAT_QUOTAS)[number];

/** Groups for whom a schedule may keep seats; the clerk says who belongs to one. */
export const SEAT_GROUPS = [
	'senior_citizen',
	'disability',
	'women',
] as const satisfies readonly SeatQuota[];
export type SeatGroup = (typeof SEAT_GROUPS)[number];

export const BOOKING_CHANNELS = [
	'desk',
	'walk_in',
	'proposal',
	'citizen',
	'waiting_list',
	'follow_up',
	'move',
] as const;
/** How an appointment came about. */
export type BookingChannel = (typeof BOOKING_CHANNELS)[number];

/** How long a chosen time is kept while somebody makes up their mind. */
export const HOLD_MINUTES = 5;

/** The schedule's word on notice, when a post has no schedule of its own. */
export const DEFAULT_NOTICE_HOURS = 24;

/**
 * Kinds of seat that may be claimed, the first choice first. Urgent seats are nobody's: an urgent
 * case gets an extra seat of its own. Seats whose quota was released are general besides.
 */
export function quotasFor(
	channel: BookingChannel,
	{ byOffice, group = null }: { byOffice: boolean; group?: SeatQuota | null },
): readonly SeatQuota[] {
	const own = SEAT_GROUPS.filter((one) => one === group);
	switch (channel) {
		case 'desk':
		case 'walk_in':
		case 'follow_up':
			return [...own, 'general', 'desk'];
		case 'move':
			return byOffice ? [...own, 'general', 'desk'] : [...own, 'general'];
		case 'citizen':
		case 'proposal':
		case 'waiting_list':
			return ['general'];
	}
}

/** What a post's schedule says about when its slots may be taken; null where it has none. */
export interface BookingWindow {
	leadMinutes: number;
	horizonDays: number;
}

/**
 * Whether the slot may be taken now, by this way and by whom; null when it may. The office books
 * people who stand at its counter, and moves and adjourns, without the lead time; the days ahead
 * bind those who do not see the office's extra sittings.
 */
export function slotRefusal(
	slot: { startsAt: Date; state: SlotState },
	{
		now,
		window,
		channel,
		byOffice,
	}: { now: Date; window: BookingWindow | null; channel: BookingChannel; byOffice: boolean },
): { code: RefusalCode; facts?: RefusalFacts } | null {
	const bookable = isBookable(slot, now);
	if (bookable !== true) return { code: bookable };
	if (!window) return null;
	const exempt = channel === 'walk_in' || channel === 'follow_up';
	const early = new Date(now.getTime() + window.leadMinutes * MINUTE_MS);
	if (!exempt && !(channel === 'move' && byOffice) && slot.startsAt < early) {
		return { code: 'slot_too_soon', facts: { minutes: window.leadMinutes } };
	}
	const bySelf = ['citizen', 'proposal', 'waiting_list'].includes(channel) || !byOffice;
	if (bySelf && slot.startsAt >= horizonEnd(now, window.horizonDays)) {
		return { code: 'slot_too_far', facts: { days: window.horizonDays } };
	}
	return null;
}

/** The instant at which the last day that can be booked ends, in India. */
export function horizonEnd(now: Date, horizonDays: number): Date {
	return new Date(istInstant(istDate(now)).getTime() + (horizonDays + 1) * DAY_MS);
}

/** Until when a citizen may move or cancel a hearing that begins then. */
export function noticeEnds(startsAt: Date, noticeHours: number): Date {
	return new Date(startsAt.getTime() - noticeHours * 60 * MINUTE_MS);
}
