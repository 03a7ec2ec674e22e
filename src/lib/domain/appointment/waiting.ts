import { istDate, istInstant, MINUTE_MS, DAY_MS } from '../calendar/ist.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** So long a seat is offered; the night does not count. */
const OFFER_HOURS = 4;
/** Who has less time to answer than this is not asked. */
const SHORTEST_OFFER_HOURS = 1;
/** Between the end of the offer and the hearing lies at least this, or the schedule's lead time. */
const READY_HOURS = 2;
/** Nobody is expected to answer between 20:00 and 08:00 in India. */
const DAY_BEGINS = '08:00';
const DAY_ENDS = '20:00';

/** Two offers to one citizen are at least so far apart; meanwhile others are asked. */
export const OFFER_GAP_HOURS = 20;

/** After so many offers without a yes the desk asks by telephone instead. */
const MAX_MISSED_OFFERS = 3;

/**
 * Until when the seat of a slot is offered: four hours of daytime, but so that the lead time is left.
 * Null when too little time is left to ask anybody.
 */
export function offerUntil(
	now: Date,
	{ startsAt, leadMinutes }: { startsAt: Date; leadMinutes: number },
): Date | null {
	const ready = Math.max(READY_HOURS * HOUR_MS, leadMinutes * MINUTE_MS);
	const until = Math.min(afterDaytime(now, OFFER_HOURS * HOUR_MS), startsAt.getTime() - ready);
	return until - now.getTime() < SHORTEST_OFFER_HOURS * HOUR_MS ? null : new Date(until);
}

/** The instant at which so much of the daytime has gone by. */
function afterDaytime(now: Date, ms: number): number {
	const date = istDate(now);
	const begins = istInstant(date, DAY_BEGINS).getTime();
	const ends = istInstant(date, DAY_ENDS).getTime();
	const from = Math.max(now.getTime(), begins);
	const left = Math.max(0, ends - from);
	return ms <= left ? from + ms : begins + DAY_MS + (ms - left);
}

/** What becomes of an entry whose offer ran out or was declined; `missed` counts this one too. */
export function afterMissedOffer(missed: number): 'waiting' | 'left' {
	return missed < MAX_MISSED_OFFERS ? 'waiting' : 'left';
}
