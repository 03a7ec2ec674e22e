import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfIstDay, istDate, istInstant } from '../calendar/ist.ts';
import {
	escalate,
	lastLevel,
	levelAfter,
	nextHolder,
	type EscalationInput,
	type Ladder,
	type LadderPost,
} from './ladder.ts';

const NONE: ReadonlySet<string> = new Set();

function posts(...list: [id: string, superiorId: string | null, vacant?: 'vacant'][]) {
	return new Map<string, LadderPost>(
		list.map(([id, superiorId, vacant]) => [id, { id, superiorId, vacant: vacant === 'vacant' }]),
	);
}

const line = posts(['ddpo', 'adc'], ['adc', 'dc'], ['dc', 'commissioner'], ['commissioner', null]);
const ladder: Ladder = {
	levels: [1, 2, 3].map((level) => ({
		level,
		days: 7,
		dayKind: 'calendar' as const,
		assumed: false,
	})),
};
const input: EscalationInput = {
	level: 1,
	ladder,
	deadline: endOfIstDay('2026-11-20'),
	now: istInstant('2026-11-21', '00:05'),
	holderId: 'ddpo',
	posts: line,
	skip: NONE,
	holidays: NONE,
};

describe('nextHolder', () => {
	test('is the first superior that is filled and not to be skipped', () => {
		const holder = (skip: readonly string[], all = line) =>
			nextHolder({ holderId: 'ddpo', posts: all, skip: new Set(skip) });
		expect(holder([])).toBe('adc');
		expect(holder(['adc', 'dc'])).toBe('commissioner');
		const vacancy = posts(['ddpo', 'adc'], ['adc', 'dc', 'vacant'], ['dc', null]);
		expect(holder([], vacancy)).toBe('dc');
		expect(holder(['dc'], vacancy)).toBeNull();
	});

	test('is nobody for a post without a superior, or one that is not known', () => {
		expect(nextHolder({ holderId: 'commissioner', posts: line, skip: NONE })).toBeNull();
		expect(nextHolder({ holderId: 'stranger', posts: line, skip: NONE })).toBeNull();
		expect(nextHolder({ holderId: 'x', posts: posts(['x', 'gone']), skip: NONE })).toBeNull();
	});

	test('never comes back to the holder when superiors run in a circle', () => {
		const circle = posts(['a', 'b'], ['b', 'a', 'vacant']);
		expect(nextHolder({ holderId: 'a', posts: circle, skip: NONE })).toBeNull();
		expect(nextHolder({ holderId: 'a', posts: posts(['a', 'a']), skip: NONE })).toBeNull();
	});
});

describe('escalate', () => {
	test('is not due until the deadline has passed', () => {
		expect(escalate({ ...input, now: input.deadline })).toEqual({ kind: 'not_due' });
	});

	test('moves one level up, with a clock that starts at the move', () => {
		expect(escalate(input)).toEqual({
			kind: 'moves',
			level: 2,
			toPostId: 'adc',
			// Saturday + 7 = Saturday -> Monday.
			deadline: endOfIstDay('2026-11-30'),
		});
	});

	test('moves one level per call, also after a long stop', () => {
		const late = { ...input, now: istInstant('2027-03-01', '09:00') };
		expect(escalate(late)).toMatchObject({ level: 2, deadline: endOfIstDay('2027-03-08') });
	});

	test('never moves twice in one scan: the new deadline lies ahead', () => {
		const moved = escalate(input);
		if (moved.kind !== 'moves') throw new Error('should move');
		expect(
			escalate({
				...input,
				level: moved.level,
				holderId: moved.toPostId,
				deadline: moved.deadline,
			}),
		).toEqual({ kind: 'not_due' });
	});

	test('reckons the next level in the level’s own kind of days, with the holidays', () => {
		const working: Ladder = {
			levels: [
				{ level: 1, days: 3, dayKind: 'calendar', assumed: false },
				{ level: 2, days: 3, dayKind: 'working', assumed: false },
			],
		};
		const result = escalate({ ...input, ladder: working, holidays: new Set(['2026-11-24']) });
		expect(result).toMatchObject({ deadline: endOfIstDay('2026-11-26') });
	});

	test('passes over the accused office, and for a direction its issuer', () => {
		expect(escalate({ ...input, skip: new Set(['adc', 'dc']) })).toMatchObject({
			level: 2,
			toPostId: 'commissioner',
		});
	});

	test('stays on the last level, told at once and every 7 days after the deadline', () => {
		const top = { ...input, level: 3 };
		const first = escalate(top);
		const nextNoticeAt = endOfIstDay('2026-11-27');
		expect(first).toEqual({ kind: 'stays', noticeDue: true, nextNoticeAt });
		expect(escalate({ ...top, nextNoticeAt })).toEqual({
			kind: 'stays',
			noticeDue: false,
			nextNoticeAt,
		});
		expect(escalate({ ...top, nextNoticeAt, now: istInstant('2026-11-28') })).toEqual({
			kind: 'stays',
			noticeDue: true,
			nextNoticeAt: endOfIstDay('2026-12-04'),
		});
	});

	test('after a long stop sends one notice, not a heap', () => {
		const now = istInstant('2027-01-20');
		const result = escalate({ ...input, level: 3, nextNoticeAt: endOfIstDay('2026-11-27'), now });
		expect(result).toEqual({
			kind: 'stays',
			noticeDue: true,
			nextNoticeAt: endOfIstDay('2027-01-22'),
		});
	});

	test('stays while nobody is above, and moves when the post is filled', () => {
		const vacant = posts(['ddpo', 'adc'], ['adc', null, 'vacant']);
		const stays = escalate({ ...input, posts: vacant });
		expect(stays).toMatchObject({ kind: 'stays', noticeDue: true });
		const filled = posts(['ddpo', 'adc'], ['adc', null]);
		const nextNoticeAt = stays.kind === 'stays' ? stays.nextNoticeAt : null;
		expect(escalate({ ...input, posts: filled, nextNoticeAt })).toMatchObject({
			kind: 'moves',
			toPostId: 'adc',
		});
	});

	test('over any posts and scans: every level once and in order, each to a fit post that is new', () => {
		const ids = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
		fc.assert(
			fc.property(
				fc.tuple(...ids.map(() => fc.tuple(fc.option(fc.constantFrom(...ids)), fc.boolean()))),
				fc.subarray(ids.slice(1)),
				fc.integer({ min: 1, max: 5 }),
				fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }),
				(graph, skipped, count, waits) => {
					const all = new Map(
						graph.map(([superiorId, vacant], i) => {
							const id = ids[i] ?? '';
							return [id, { id, superiorId, vacant }] as const;
						}),
					);
					const skip = new Set(skipped);
					const levels = Array.from({ length: count }, (_, i) => ({
						level: i + 1,
						days: 3,
						dayKind: 'working' as const,
						assumed: false,
					}));
					let item = { level: 1, holderId: 'p0', deadline: input.deadline };
					let now = input.now;
					const reached = [1];
					for (const days of waits) {
						now = new Date(now.getTime() + days * 86_400_000);
						const result = escalate({
							...input,
							...item,
							ladder: { levels },
							posts: all,
							skip,
							now,
						});
						if (result.kind === 'not_due') expect(now <= item.deadline).toBe(true);
						else expect(now > item.deadline).toBe(true);
						if (result.kind !== 'moves') continue;
						expect(result.toPostId).not.toBe(item.holderId);
						expect(skip.has(result.toPostId)).toBe(false);
						expect(all.get(result.toPostId)?.vacant).toBe(false);
						expect(result.deadline > now).toBe(true);
						reached.push(result.level);
						item = { level: result.level, holderId: result.toPostId, deadline: result.deadline };
					}
					expect(reached).toEqual(levels.slice(0, reached.length).map((one) => one.level));
				},
			),
		);
	});
});

describe('levels', () => {
	test('are taken by number, not by their place in the list', () => {
		const shuffled: Ladder = { levels: [...ladder.levels].reverse() };
		expect(levelAfter(shuffled, 1)?.level).toBe(2);
		expect(levelAfter(shuffled, 3)).toBeNull();
		expect(lastLevel(shuffled)).toBe(3);
		expect(() => lastLevel({ levels: [] })).toThrow(RangeError);
		expect(istDate(input.deadline)).toBe('2026-11-20');
	});
});
