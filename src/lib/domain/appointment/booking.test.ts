import { describe, expect, test } from 'vitest';
import { istInstant } from '../calendar/ist.ts';
import {
	BOOKING_EVENTS,
	BOOKING_STATES,
	isBookable,
	isLiveBooking,
	LIVE_BOOKING_STATES,
	SLOT_STATES,
	transitionBooking,
} from './booking.ts';

describe('booking transitions', () => {
	test('each end has one cause of its own', () => {
		const ends = BOOKING_EVENTS.map((event) => transitionBooking('confirmed', event));
		expect(ends).toEqual([
			{ refusal: 'bad_transition' },
			{ state: 'fulfilled' },
			{ state: 'excused' },
			{ state: 'revoked' },
			{ state: 'no_show' },
			{ state: 'superseded' },
		]);
	});

	test('a proposal is no appointment yet: nobody can miss it', () => {
		expect(transitionBooking('proposed', 'confirm')).toEqual({ state: 'confirmed' });
		expect(transitionBooking('proposed', 'mark_no_show')).toEqual({ refusal: 'bad_transition' });
		expect(transitionBooking('proposed', 'fulfil')).toEqual({ refusal: 'bad_transition' });
	});

	test('what has ended stays ended, and holds no seat', () => {
		for (const state of BOOKING_STATES) {
			const live = LIVE_BOOKING_STATES.some((one) => one === state);
			expect(isLiveBooking(state)).toBe(live);
			if (live) continue;
			for (const event of BOOKING_EVENTS) {
				expect(transitionBooking(state, event)).toEqual({ refusal: 'bad_transition' });
			}
		}
	});
});

describe('isBookable', () => {
	const startsAt = istInstant('2026-11-23', '10:00');

	test('until the slot begins', () => {
		const slot = { startsAt, state: 'open' } as const;
		expect(isBookable(slot, new Date(startsAt.getTime() - 1))).toBe(true);
		expect(isBookable(slot, startsAt)).toBe('slot_past');
	});

	test('only while it is open', () => {
		for (const state of SLOT_STATES) {
			const answer = isBookable({ startsAt, state }, istInstant('2026-11-22'));
			expect(answer).toBe(state === 'open' ? true : 'slot_closed');
		}
	});
});
