import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	applyPresence,
	attendance,
	initialPresence,
	type Presence,
	type PresenceFact,
} from './presence.ts';

const START = Date.UTC(2026, 10, 23, 4, 30);
/** The instant so many seconds into the sitting. */
const t = (seconds: number) => new Date(START + seconds * 1000);
const joined = (sid: string, at: number): PresenceFact => ({ type: 'joined', sid, at: t(at) });
const gone = (sid: string, at: number): PresenceFact => ({ type: 'disconnected', sid, at: t(at) });
const listed = (at: number, ...sids: string[]): PresenceFact => ({
	type: 'listed',
	sids,
	at: t(at),
});

function after(...facts: PresenceFact[]): Presence {
	return facts.reduce(applyPresence, initialPresence(t(0)));
}

describe('presence', () => {
	test('goes from the invitation to the room and out by the Leave button', () => {
		const steps: PresenceFact[] = [
			{ type: 'checked_in', at: t(1) },
			{ type: 'called', at: t(10) },
			joined('A', 20),
			{ type: 'left', at: t(80) },
			gone('A', 81),
		];
		const statuses = steps.map((_, i) => after(...steps.slice(0, i + 1)).status);
		expect(statuses).toEqual(['checked_in', 'called', 'in_room', 'left', 'left']);
		expect(attendance(after(...steps).intervals, t(999))).toEqual({
			seconds: 61,
			estimated: false,
		});
	});

	test('a broken line is "dropped", never "left"', () => {
		expect(after(joined('A', 1), gone('A', 9)).status).toBe('dropped');
	});

	test('"disconnected" of the older connection does not put out the newer one', () => {
		const presence = after(joined('A', 1), joined('B', 5), gone('A', 6));
		expect(presence).toMatchObject({ status: 'in_room', sid: 'B' });
	});

	test('"disconnected" that comes before its own "joined" leaves nobody in the room', () => {
		const presence = after(gone('A', 9), joined('A', 1));
		expect(presence.status).not.toBe('in_room');
		expect(attendance(presence.intervals, t(99)).seconds).toBe(8);
	});

	test('a "joined" that was on its way when Leave was pressed does not bring the person back', () => {
		const presence = after({ type: 'left', at: t(10) }, joined('A', 2), gone('A', 11));
		expect(presence.status).toBe('left');
		expect(after({ type: 'left', at: t(10) }, joined('B', 12)).status).toBe('in_room');
	});

	test('a missed call returns to where the citizen was', () => {
		const called: PresenceFact = { type: 'called', at: t(5) };
		const missed: PresenceFact = { type: 'call_missed', at: t(125) };
		expect(after({ type: 'checked_in', at: t(1) }, called, missed).status).toBe('checked_in');
		expect(after(called, missed).status).toBe('invited');
		expect(after(joined('A', 1), missed).status).toBe('in_room');
	});

	test('somebody removed stays out, whatever joins, until readmitted', () => {
		const facts: PresenceFact[] = [
			joined('A', 1),
			{ type: 'removed', at: t(5) },
			gone('A', 6),
			joined('B', 7),
			{ type: 'called', at: t(8) },
			{ type: 'checked_in', at: t(9) },
		];
		expect(after(...facts).status).toBe('removed');
		expect(after(...facts, gone('B', 10), { type: 'readmitted', at: t(11) }).status).toBe(
			'invited',
		);
	});

	test('a stay cut by the death of the media server ends at the last evidence, marked estimated', () => {
		const presence = after(joined('A', 0), listed(30, 'A'), listed(60, 'A'), listed(90));
		expect(presence.status).toBe('dropped');
		expect(attendance(presence.intervals, t(999))).toEqual({ seconds: 60, estimated: true });
	});

	test('the media server’s late word is better than the estimate', () => {
		const presence = after(joined('A', 0), listed(30, 'A'), listed(60), gone('A', 44));
		expect(attendance(presence.intervals, t(999))).toEqual({ seconds: 44, estimated: false });
	});

	test('a list shows who is there though the webhook was lost', () => {
		const presence = after(listed(30, 'A'));
		expect(presence).toMatchObject({ status: 'in_room', sid: 'A' });
		expect(attendance(presence.intervals, t(40))).toEqual({ seconds: 10, estimated: true });
		expect(attendance(after(listed(30, 'A'), joined('A', 20)).intervals, t(40))).toEqual({
			seconds: 20,
			estimated: false,
		});
	});

	test('a list asked for before the person joined says nothing about them', () => {
		expect(after(joined('A', 31), listed(30)).status).toBe('in_room');
	});

	test('a list asked for before somebody left does not bring them back', () => {
		const presence = after(joined('A', 0), { type: 'left', at: t(40) }, listed(35, 'A'));
		expect(presence.status).toBe('left');
		expect(attendance(presence.intervals, t(99)).seconds).toBe(40);
	});

	test('somebody thought gone who is listed again was there all the time', () => {
		const presence = after(joined('A', 0), listed(30), listed(60, 'A'));
		expect(presence.status).toBe('in_room');
		expect(attendance(presence.intervals, t(70))).toEqual({ seconds: 70, estimated: false });
	});

	/** Up to five stays of one person, on devices that may overlap. */
	const anyStays = fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 300 }), fc.boolean()), {
		minLength: 1,
		maxLength: 5,
	});
	const webhooks = (stays: [number, number, boolean][]) =>
		stays.flatMap(([start, length, ended], i) => {
			const sid = `PA_${i}`;
			return ended ? [joined(sid, start), gone(sid, start + length)] : [joined(sid, start)];
		});
	const anyDelivery = anyStays.chain((stays) => {
		const facts = webhooks(stays);
		return fc.tuple(
			fc.constant(stays),
			fc.shuffledSubarray(facts, { minLength: facts.length }),
			fc.array(fc.constantFrom(...facts), { maxLength: 20 }),
		);
	});

	test('webhooks in any order and any number of times give the same stays and the same answer', () => {
		fc.assert(
			fc.property(anyDelivery, ([stays, shuffled, repeats]) => {
				const inOrder = after(...webhooks(stays));
				const late = after(...shuffled, ...repeats);
				expect(late.intervals).toEqual(inOrder.intervals);
				const somebodyIn = stays.some(([, , ended]) => !ended);
				expect(late.status === 'in_room').toBe(somebodyIn);
			}),
		);
	});

	test('attendance is the time in which at least one device was in the room', () => {
		fc.assert(
			fc.property(anyDelivery, ([stays, shuffled]) => {
				const until = 1000;
				let seconds = 0;
				for (let s = 0; s < until; s += 1) {
					const inside = stays.some(
						([start, length, ended]) => start <= s && s < (ended ? start + length : until),
					);
					if (inside) seconds += 1;
				}
				expect(attendance(after(...shuffled).intervals, t(until))).toEqual({
					seconds,
					estimated: false,
				});
			}),
		);
	});
});
