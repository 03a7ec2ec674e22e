import { expect, test } from 'vitest';
import { mayArrive, type Arrival } from './arrival.ts';

const booked: Arrival = {
	status: 'confirmed',
	sittingState: 'planned',
	startsAt: new Date('2026-11-17T05:30:00Z'),
};

test('a citizen arrives on the Indian day of the hearing, also before the officer opens it', () => {
	// 00:05 and 23:55 in India.
	expect(mayArrive(booked, new Date('2026-11-16T18:35:00Z'))).toBe(true);
	expect(mayArrive(booked, new Date('2026-11-17T18:25:00Z'))).toBe(true);
	expect(mayArrive({ ...booked, sittingState: 'open' }, booked.startsAt)).toBe(true);
});

test('nobody arrives on another day', () => {
	expect(mayArrive(booked, new Date('2026-11-16T18:25:00Z'))).toBe('arrival_not_today');
	expect(mayArrive(booked, new Date('2026-11-17T18:35:00Z'))).toBe('arrival_not_today');
});

test.each(['excused', 'revoked', 'superseded', 'fulfilled', 'no_show'] as const)(
	'nobody arrives for a booking that is %s',
	(status) => expect(mayArrive({ ...booked, status }, booked.startsAt)).toBe('booking_over'),
);

test.each(['closed', 'cancelled'] as const)('nobody arrives at a sitting that is %s', (state) =>
	expect(mayArrive({ ...booked, sittingState: state }, booked.startsAt)).toBe('booking_over'),
);
