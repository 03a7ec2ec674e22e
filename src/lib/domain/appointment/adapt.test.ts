import fc from 'fast-check';
import { expect, test } from 'vitest';
import { istInstant } from '../calendar/ist.ts';
import { adapt, changesNothing, type StandingSitting } from './adapt.ts';
import { materialise, overlaps, seatsOf, type AvailabilityRule } from './slots.ts';

const DAY = '2026-11-23';
const NONE: ReadonlySet<string> = new Set();

const anyRule: fc.Arbitrary<AvailabilityRule> = fc
	.record({
		start: fc.integer({ min: 9, max: 12 }),
		hours: fc.integer({ min: 1, max: 2 }),
		slotMinutes: fc.constantFrom(15, 20, 30),
		capacity: fc.integer({ min: 1, max: 3 }),
		women: fc.integer({ min: 0, max: 1 }),
	})
	.map(({ start, hours, slotMinutes, capacity, women }) => ({
		...{ weekdays: [1], slotMinutes, capacity, validFrom: DAY, validTo: null, breaks: [] },
		from: `${String(start).padStart(2, '0')}:00`,
		to: `${String(start + hours).padStart(2, '0')}:00`,
		quotas: women ? [{ quota: 'women' as const, seats: women, releaseHours: 24 }] : [],
	}));

const wish = (rule: AvailabilityRule) => ({
	wanted: materialise([rule], [DAY], NONE, []),
	closures: [],
	lastDate: DAY,
});

/** A day as a rule makes it, with some of its seats booked. */
function dayOf(rule: AvailabilityRule, booked: (seat: number) => boolean): StandingSitting[] {
	let token = 0;
	return wish(rule).wanted.map((plan) => ({
		...{
			id: 'day',
			date: DAY,
			startsAt: plan.startsAt,
			scheduled: true,
			live: true,
			tokensBefore: 0,
		},
		slots: plan.slots.map((slot) => ({
			...{ id: `slot-${slot.startsAt.getTime()}`, state: 'open' as const },
			startsAt: slot.startsAt,
			endsAt: slot.endsAt,
			seats: seatsOf(slot).map((seat) => {
				token += 1;
				const bookingId = booked(token) ? `booking-${token}` : null;
				return { ...seat, tokenNo: token, held: false, extra: false, bookingId };
			}),
		})),
	}));
}

/** What stands after a change was carried out, as the database does it. */
function carriedOut(standing: readonly StandingSitting[], change: ReturnType<typeof adapt>) {
	return standing.map((sitting) => {
		const reopened = new Map(change.reopens.map((one) => [one.id, one]));
		const added = change.adds
			.filter((one) => one.sittingId === sitting.id)
			.flatMap(({ slots }) => slots)
			.map((plan) => ({
				...{ id: `slot-${plan.startsAt.getTime()}`, state: 'open' as const, seats: [] },
				startsAt: plan.startsAt,
				endsAt: plan.endsAt,
			}));
		const reseat = change.reseats.find((one) => one.sittingId === sitting.id)?.seats;
		const slots = [...sitting.slots, ...added].map((slot) => {
			const again = reopened.get(slot.id);
			const state = again
				? ('open' as const)
				: change.closing.includes(slot.id)
					? ('closing' as const)
					: change.closes.includes(slot.id)
						? ('closed' as const)
						: slot.state;
			const fresh = reseat
				?.filter((seat) => seat.slotStart.getTime() === slot.startsAt.getTime())
				.map((seat) => ({ ...seat, held: false, extra: false, bookingId: null }));
			const seats = fresh
				? [...slot.seats.filter((seat) => seat.bookingId !== null), ...fresh]
				: slot.seats;
			return { ...slot, endsAt: again?.endsAt ?? slot.endsAt, state, seats };
		});
		return { ...sitting, slots };
	});
}

test('a change keeps every booking on its seat, names who must move, and is done once', () => {
	fc.assert(
		fc.property(anyRule, anyRule, fc.func(fc.boolean()), (before, after, booked) => {
			const standing = dayOf(before, booked);
			const change = adapt(standing, wish(after));
			const stands = carriedOut(standing, change);
			const seatsIn = (list: readonly StandingSitting[]) =>
				list.flatMap(({ slots }) =>
					slots.flatMap((slot) =>
						slot.seats
							.filter((seat) => seat.bookingId !== null)
							.map((seat) => [seat.bookingId, seat.tokenNo, slot.startsAt.getTime()].join()),
					),
				);
			expect(seatsIn(stands).sort()).toEqual(seatsIn(standing).sort());
			const slots = stands.flatMap((one) => one.slots);
			const touched = new Set(change.touched.map((one) => one.bookingId));
			for (const slot of slots) {
				const names = slot.seats.flatMap((seat) => seat.bookingId ?? []);
				if (slot.state === 'closed') expect(names).toEqual([]);
				if (slot.state === 'closing') expect(names.some((name) => touched.has(name))).toBe(true);
				if (slot.state !== 'open') continue;
				expect(names.some((name) => touched.has(name))).toBe(false);
				expect(slot.seats).toHaveLength(after.capacity);
			}
			const live = slots.filter(({ state }) => state !== 'closed');
			for (const [index, one] of live.entries()) {
				for (const other of live.slice(index + 1)) expect(overlaps(one, other)).toBe(false);
			}
			const tokens = slots.flatMap((slot) => slot.seats.map((seat) => seat.tokenNo));
			expect(new Set(tokens).size).toBe(tokens.length);
			expect(changesNothing({ ...adapt(stands, wish(after)), touched: [] })).toBe(true);
		}),
		{ numRuns: 300 },
	);
});

test('what has ended is not made again', () => {
	const rule: AvailabilityRule = {
		...{ weekdays: [1], from: '11:00', to: '12:00', slotMinutes: 30, capacity: 1 },
		...{ validFrom: DAY, validTo: null, breaks: [], quotas: [] },
	};
	const ended = dayOf(rule, () => false).map((one) => ({
		...{ ...one, live: false },
		slots: one.slots.map((slot) => ({ ...slot, state: 'closed' as const })),
	}));
	expect(changesNothing(adapt(ended, wish(rule)))).toBe(true);
	const longer = adapt(ended, wish({ ...rule, to: '12:30' }));
	expect(longer.sittings).toMatchObject([{ startsAt: istInstant(DAY, '12:00') }]);
});
