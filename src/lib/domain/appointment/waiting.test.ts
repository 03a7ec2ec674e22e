import { describe, expect, it } from 'vitest';
import { afterMissedOffer, offerUntil } from './waiting.ts';

/** Indian time on 16 November 2026. */
const ist = (time: string, day = 16) => new Date(`2026-11-${day}T${time}:00+05:30`);
const FAR = ist('11:00', 25);
const until = (now: Date, startsAt = FAR, leadMinutes = 0) =>
	offerUntil(now, { startsAt, leadMinutes })?.toISOString() ?? null;

describe('how long a seat is offered', () => {
	it('is four hours of the day; the night does not count', () => {
		expect(until(ist('12:00'))).toBe(ist('16:00').toISOString());
		expect(until(ist('16:00'))).toBe(ist('20:00').toISOString());
		expect(until(ist('18:00'))).toBe(ist('10:00', 17).toISOString());
		expect(until(ist('23:00'))).toBe(ist('12:00', 17).toISOString());
		expect(until(ist('03:00'))).toBe(ist('12:00').toISOString());
	});

	it('ends before the lead time, and two hours before the hearing at the latest', () => {
		expect(until(ist('12:00'), ist('17:00'))).toBe(ist('15:00').toISOString());
		expect(until(ist('12:00'), ist('17:00'), 180)).toBe(ist('14:00').toISOString());
		expect(until(ist('12:00'), ist('15:00'))).toBe(ist('13:00').toISOString());
	});

	it('is not at all when less than an hour would be left to answer', () => {
		expect(until(ist('12:00'), ist('14:59'))).toBeNull();
		expect(until(ist('12:00'), ist('11:00'))).toBeNull();
		expect(until(ist('12:00'), ist('12:00', 17), 24 * 60)).toBeNull();
	});
});

describe('a missed offer', () => {
	it('keeps the place twice; the third time the desk asks', () => {
		expect([1, 2, 3, 4].map(afterMissedOffer)).toEqual(['waiting', 'waiting', 'left', 'left']);
	});
});
