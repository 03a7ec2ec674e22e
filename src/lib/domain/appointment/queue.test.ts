import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimatedWait, peopleAhead, queueOrder, requeue, type QueueEntry } from './queue.ts';

function waiting(...tokens: number[]): QueueEntry[] {
	return tokens.map((tokenNo) => ({ bookingId: `b${tokenNo}`, tokenNo, position: null, skips: 0 }));
}

const tokens = (entries: readonly QueueEntry[]) =>
	queueOrder(entries).map((entry) => entry.tokenNo);

describe('the queue', () => {
	test('goes by token until somebody is skipped', () => {
		expect(tokens(waiting(4, 1, 9, 2))).toEqual([1, 2, 4, 9]);
		expect(peopleAhead(waiting(4, 1, 9, 2), 'b4')).toBe(2);
		expect(peopleAhead(waiting(4, 1), 'b7')).toBeNull();
	});

	test('a skip goes three places back and keeps the token', () => {
		const after = requeue(waiting(1, 2, 3, 4, 5, 6), 'b1');
		expect(tokens(after)).toEqual([2, 3, 4, 1, 5, 6]);
		expect(after.find((entry) => entry.tokenNo === 1)?.skips).toBe(1);
	});

	test('a skip among few goes to the end, and alone stays first', () => {
		expect(tokens(requeue(waiting(1, 2), 'b1'))).toEqual([2, 1]);
		expect(requeue(waiting(1), 'b1')).toEqual([
			{ bookingId: 'b1', tokenNo: 1, position: null, skips: 1 },
		]);
	});

	test('only the ones that change places get another position', () => {
		const after = requeue(waiting(1, 2, 3, 4, 5), 'b1');
		expect(after.map((entry) => entry.position)).toEqual([1, 2, 3, 4, null]);
	});

	test('somebody booked late falls where the token says', () => {
		const after = requeue(waiting(3, 4, 6, 7, 9), 'b3');
		expect(tokens([...after, ...waiting(8)])).toEqual([4, 6, 7, 3, 8, 9]);
	});

	test('skipping who does not wait is a mistake', () => {
		expect(() => requeue(waiting(1, 2), 'b3')).toThrow(RangeError);
	});

	test('the fields of the caller are kept', () => {
		const [first] = requeue(
			[{ ...waiting(1)[0], bookingId: 'b1', tokenNo: 1, position: null, skips: 0, name: 'क' }],
			'b1',
		);
		expect(first?.name).toBe('क');
	});

	test('over any run of skips nobody is lost, tokens stay, and only those skipped over move up', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 12 }),
				fc.array(fc.nat(11), { maxLength: 30 }),
				(numbers, skips) => {
					let entries = waiting(...numbers);
					for (const pick of skips) {
						const before = tokens(entries);
						const index = pick % before.length;
						const token = before[index];
						if (token === undefined) continue;
						entries = requeue(entries, `b${token}`);
						const expected = before.filter((one) => one !== token);
						expected.splice(index + 3, 0, token);
						expect(tokens(entries)).toEqual(expected);
						expect(entries.every((one) => one.bookingId === `b${one.tokenNo}`)).toBe(true);
						const places = entries.map((one) => one.position ?? one.tokenNo);
						expect(new Set(places).size).toBe(places.length);
					}
					expect(entries.reduce((sum, one) => sum + (one.skips ?? 0), 0)).toBe(skips.length);
				},
			),
		);
	});
});

describe('estimatedWait', () => {
	test('goes by the sitting’s own pace, else by the plan', () => {
		expect(estimatedWait(3, 15, null)).toBe(45);
		expect(estimatedWait(3, 15, 7.5)).toBe(23);
		expect(estimatedWait(0, 15, 7)).toBe(0);
	});
});
