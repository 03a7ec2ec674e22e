/**
 * India has one time zone without daylight saving, so a fixed offset is exact and needs no zone data.
 * Dates are 'YYYY-MM-DD' in IST, times 'HH:MM' (24 h); instants are `Date`.
 */
const OFFSET_MS = (5 * 60 + 30) * 60_000;
export const DAY_MS = 24 * 60 * 60_000;
export const MINUTE_MS = 60_000;

/** The IST calendar date on which the instant falls. */
export function istDate(at: Date): string {
	return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** The IST wall time 'HH:MM' of the instant. */
export function istTime(at: Date): string {
	return new Date(at.getTime() + OFFSET_MS).toISOString().slice(11, 16);
}

/** Whether the text is a date that exists ('2026-02-30' does not). */
export function isDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const at = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text;
}

/** The instant of an IST date and wall time. Throws RangeError for a date or time that does not exist. */
export function istInstant(date: string, time = '00:00'): Date {
	return new Date(utcMidnight(date) - OFFSET_MS + minutesOf(time) * MINUTE_MS);
}

/** The last millisecond of the IST date, 23:59:59.999: the instant a deadline "by that day" is met or missed. */
export function endOfIstDay(date: string): Date {
	return new Date(istInstant(date).getTime() + DAY_MS - 1);
}

/** The date n days later (earlier when negative). */
export function addDays(date: string, n: number): string {
	return new Date(utcMidnight(date) + n * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
	return Math.round((utcMidnight(to) - utcMidnight(from)) / DAY_MS);
}

/** 0 = Sunday .. 6 = Saturday. */
export function weekday(date: string): number {
	return new Date(utcMidnight(date)).getUTCDay();
}

/** Minutes since midnight of 'HH:MM' (or 'HH:MM:00', as databases write it); '24:00' ends a day. */
export function minutesOf(time: string): number {
	const match = /^(\d{2}):(\d{2})(?::00)?$/.exec(time);
	const hours = Number(match?.[1]);
	const minutes = Number(match?.[2]);
	const total = hours * 60 + minutes;
	if (!match || minutes > 59 || total > 24 * 60) throw new RangeError(`no such time: ${time}`);
	return total;
}

function utcMidnight(date: string): number {
	if (!isDate(date)) throw new RangeError(`no such date: ${date}`);
	return Date.parse(`${date}T00:00:00Z`);
}
