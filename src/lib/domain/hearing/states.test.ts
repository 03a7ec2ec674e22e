import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { istInstant } from '../calendar/ist.ts';
import {
	callEndsAt,
	DISPOSITIONS,
	HEARING_STATES,
	mayConclude,
	transition,
	type HearingContext,
	type HearingEvent,
	type HearingState,
} from './states.ts';

const now = istInstant('2026-11-23', '10:05');
const calledAt = istInstant('2026-11-23', '10:04');
const idle: HearingContext = { calledAt: null, timesCalled: 0, now };
const called: HearingContext = { calledAt, timesCalled: 1, now };

const EVENTS: readonly HearingEvent[] = [
	{ type: 'open_lobby' },
	{ type: 'call' },
	{ type: 'requeue' },
	{ type: 'answer' },
	{ type: 'pause' },
	{ type: 'resume' },
	{ type: 'cancel' },
	...DISPOSITIONS.map((disposition) => ({ type: 'conclude', disposition }) as const),
];

function reachable(state: HearingState, context: HearingContext): string[] {
	return EVENTS.flatMap((event) => {
		const result = transition(state, event, context);
		const name = event.type === 'conclude' ? event.disposition : event.type;
		return 'state' in result ? [`${name} -> ${result.state}`] : [];
	});
}

describe('hearing transitions', () => {
	test('the whole table', () => {
		expect(reachable('scheduled', idle)).toEqual([
			'open_lobby -> lobby_open',
			'cancel -> cancelled',
			'officer_absent -> concluded',
		]);
		expect(reachable('lobby_open', idle)).toEqual([
			'call -> lobby_open',
			'cancel -> cancelled',
			'officer_absent -> concluded',
			'technical_failure -> concluded',
		]);
		expect(reachable('lobby_open', called)).toEqual([
			'requeue -> lobby_open',
			'answer -> in_session',
			'cancel -> cancelled',
			'citizen_absent -> concluded',
			'officer_absent -> concluded',
			'technical_failure -> concluded',
		]);
		expect(reachable('in_session', idle)).toEqual([
			'pause -> paused',
			'heard -> concluded',
			'adjourned -> concluded',
			'technical_failure -> concluded',
		]);
		expect(reachable('paused', idle)).toEqual([
			'resume -> in_session',
			'heard -> concluded',
			'adjourned -> concluded',
			'technical_failure -> concluded',
		]);
		expect(reachable('concluded', called)).toEqual([]);
		expect(reachable('cancelled', called)).toEqual([]);
	});

	test('a call sets the time from which the citizen has 120 seconds', () => {
		expect(transition('lobby_open', { type: 'call' }, idle)).toEqual({
			state: 'lobby_open',
			calledAt: now,
		});
		expect(callEndsAt(now)).toEqual(istInstant('2026-11-23', '10:07'));
	});

	test('calling twice is refused, calling again after a skip is not', () => {
		expect(transition('lobby_open', { type: 'call' }, called)).toEqual({
			refusal: 'already_called',
		});
		const skipped = transition('lobby_open', { type: 'requeue' }, called);
		expect(skipped).toEqual({ state: 'lobby_open', calledAt: null });
		expect(transition('lobby_open', { type: 'call' }, { ...idle, timesCalled: 1 })).toMatchObject({
			state: 'lobby_open',
		});
	});

	test('only somebody who is called can answer, once; an answer after the skip comes too late', () => {
		expect(transition('lobby_open', { type: 'answer' }, called)).toEqual({
			state: 'in_session',
			calledAt: null,
		});
		const skipped = { ...idle, timesCalled: 1 };
		expect(transition('lobby_open', { type: 'answer' }, skipped)).toEqual({
			refusal: 'not_called',
		});
		expect(transition('in_session', { type: 'answer' }, called)).toEqual({
			refusal: 'bad_transition',
		});
	});

	test('nobody is absent who was never called', () => {
		const absent: HearingEvent = { type: 'conclude', disposition: 'citizen_absent' };
		expect(transition('lobby_open', absent, idle)).toEqual({ refusal: 'not_called' });
		expect(transition('lobby_open', absent, { ...idle, timesCalled: 2 })).toEqual({
			state: 'concluded',
			calledAt: null,
		});
	});

	test('two officers concluding at once: the second is told that it is done', () => {
		expect(transition('concluded', { type: 'conclude', disposition: 'heard' }, idle)).toEqual({
			refusal: 'already_concluded',
		});
		expect(transition('cancelled', { type: 'conclude', disposition: 'heard' }, idle)).toEqual({
			refusal: 'hearing_ended',
		});
	});

	test('from every state that is not final some way leads to an end', () => {
		for (const state of HEARING_STATES) {
			if (state === 'concluded' || state === 'cancelled') continue;
			expect(DISPOSITIONS.some((disposition) => mayConclude(state, disposition))).toBe(true);
		}
	});

	test('over any run of events: heard means that they sat together, the end is final, a call runs only in the lobby', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 80 }), (events) => {
				let state: HearingState = 'scheduled';
				let context = { ...idle };
				let met = false;
				for (const event of events) {
					const result = transition(state, event, context);
					if ('refusal' in result) continue;
					expect(state === 'concluded' || state === 'cancelled').toBe(false);
					if (event.type === 'conclude' && event.disposition === 'heard') expect(met).toBe(true);
					if (event.type === 'conclude' && event.disposition === 'citizen_absent') {
						expect(met).toBe(false);
					}
					state = result.state;
					met ||= state === 'in_session';
					context = {
						...context,
						calledAt: result.calledAt,
						timesCalled: context.timesCalled + (event.type === 'call' ? 1 : 0),
					};
					if (result.calledAt !== null) expect(state).toBe('lobby_open');
				}
			}),
		);
	});
});
