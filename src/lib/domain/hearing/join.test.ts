import { describe, expect, test } from 'vitest';
import { BOOKING_STATES, isLiveBooking } from '../appointment/booking.ts';
import { istInstant } from '../calendar/ist.ts';
import { mayEnter, type JoinFacts } from './join.ts';

const facts: JoinFacts = {
	hearingState: 'scheduled',
	bookingStatus: 'confirmed',
	sittingState: 'planned',
	startsAt: istInstant('2026-11-23', '11:00'),
	now: istInstant('2026-11-23', '10:00'),
};

describe('mayEnter', () => {
	test('an hour before the slot, not a moment sooner', () => {
		expect(mayEnter(facts)).toBe('open');
		const sooner = new Date(facts.now.getTime() - 1);
		expect(mayEnter({ ...facts, now: sooner })).toBe('hearing_not_yet');
	});

	test('sooner when the officer opened the lobby, and late while it is not over', () => {
		const dawn = istInstant('2026-11-23', '06:00');
		const night = istInstant('2026-11-23', '22:00');
		expect(mayEnter({ ...facts, hearingState: 'lobby_open', now: dawn })).toBe('open');
		expect(mayEnter({ ...facts, hearingState: 'lobby_open', now: night })).toBe('open');
	});

	test('not after the end', () => {
		for (const hearingState of ['concluded', 'cancelled'] as const) {
			expect(mayEnter({ ...facts, hearingState })).toBe('hearing_ended');
		}
		for (const sittingState of ['closed', 'cancelled'] as const) {
			expect(mayEnter({ ...facts, sittingState })).toBe('hearing_ended');
			expect(mayEnter({ ...facts, sittingState, hearingState: 'lobby_open' })).toBe(
				'hearing_ended',
			);
		}
	});

	test('not on a booking that was moved or given up', () => {
		for (const bookingStatus of BOOKING_STATES) {
			const expected = isLiveBooking(bookingStatus) ? 'open' : 'hearing_ended';
			expect(mayEnter({ ...facts, bookingStatus })).toBe(expected);
			expect(mayEnter({ ...facts, bookingStatus, hearingState: 'in_session' })).toBe(expected);
		}
	});

	test('who sits together may come back, also when the sitting is paused or closed', () => {
		for (const sittingState of ['paused', 'closed'] as const) {
			expect(mayEnter({ ...facts, sittingState, hearingState: 'in_session' })).toBe('open');
			expect(mayEnter({ ...facts, sittingState, hearingState: 'paused' })).toBe('open');
		}
	});
});
