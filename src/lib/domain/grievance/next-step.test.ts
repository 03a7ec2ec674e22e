import { describe, expect, test } from 'vitest';
import { endOfIstDay, istInstant } from '../calendar/ist.ts';
import { nextStep, progressPercent, type NextStepFacts } from './next-step.ts';
import { FINAL_STATES } from './states.ts';

const deadline = endOfIstDay('2026-12-08');
const facts: NextStepFacts = {
	state: 'with_officer',
	level: 1,
	lastLevel: 4,
	deadline,
	nextPostId: 'dmc',
};

describe('nextStep', () => {
	test('without an answer the grievance climbs at its deadline', () => {
		expect(nextStep(facts)).toEqual({ kind: 'escalates', at: deadline, toPostId: 'dmc' });
	});

	test('a hearing before the deadline comes first', () => {
		const startsAt = istInstant('2026-11-25', '10:00');
		expect(nextStep({ ...facts, booking: { startsAt } })).toEqual({
			kind: 'hearing',
			at: startsAt,
		});
	});

	test('of two at the same instant the hearing is named', () => {
		expect(nextStep({ ...facts, booking: { startsAt: deadline } }).kind).toBe('hearing');
	});

	test('a deadline before the hearing comes first', () => {
		const booking = { startsAt: istInstant('2026-12-20', '10:00') };
		expect(nextStep({ ...facts, booking }).kind).toBe('escalates');
	});

	test('a direction that ends before the level climbs by itself', () => {
		const dueAt = endOfIstDay('2026-11-27');
		expect(nextStep({ ...facts, direction: { dueAt, nextPostId: 'dc' } })).toEqual({
			kind: 'direction_escalates',
			at: dueAt,
			toPostId: 'dc',
		});
		expect(nextStep({ ...facts, direction: { dueAt, nextPostId: null } }).kind).toBe('escalates');
	});

	test('on the last level, or with nobody above, it stays and is told again', () => {
		const nextNoticeAt = endOfIstDay('2026-12-15');
		expect(nextStep({ ...facts, level: 4 })).toEqual({ kind: 'stays_breached', at: deadline });
		expect(nextStep({ ...facts, nextPostId: null, nextNoticeAt })).toEqual({
			kind: 'stays_breached',
			at: nextNoticeAt,
		});
	});

	test.each(['resolved', 'awaiting_citizen'] as const)('%s waits for the citizen', (state) => {
		expect(nextStep({ ...facts, state })).toEqual({ kind: 'citizen_answers', at: deadline });
		expect(nextStep({ ...facts, state, deadline: null })).toEqual({
			kind: 'citizen_answers',
			at: null,
		});
	});

	test.each(FINAL_STATES)('nothing more happens to a grievance that is %s', (state) => {
		const booking = { startsAt: istInstant('2026-11-25') };
		expect(nextStep({ ...facts, state, booking })).toEqual({ kind: 'closed', at: null });
	});
});

describe('progressPercent', () => {
	const none = { total: 0, answered: 0 };

	test('rises with every milestone and is full only at the end', () => {
		const steps = [
			progressPercent({ state: 'with_officer', hearing: 'none', directions: none }),
			progressPercent({ state: 'with_officer', hearing: 'requested', directions: none }),
			progressPercent({ state: 'with_officer', hearing: 'booked', directions: none }),
			progressPercent({ state: 'with_officer', hearing: 'held', directions: none }),
			progressPercent({
				state: 'with_officer',
				hearing: 'held',
				directions: { total: 2, answered: 1 },
			}),
			progressPercent({
				state: 'with_officer',
				hearing: 'held',
				directions: { total: 2, answered: 2 },
			}),
			progressPercent({ state: 'resolved', hearing: 'held', directions: none }),
			progressPercent({ state: 'closed', hearing: 'none', directions: none }),
		];
		expect(steps).toEqual([20, 25, 35, 50, 65, 80, 90, 100]);
	});
});
