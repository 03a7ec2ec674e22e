import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	CLOCK_STATES,
	FINAL_STATES,
	GRIEVANCE_EVENTS,
	GRIEVANCE_STATES,
	HARMLESS_EVENTS,
	OPEN_STATES,
	transition,
	type GrievanceContext,
} from './states.ts';

const context: GrievanceContext = {
	ownerPostId: 'jrE',
	nextOwnerPostId: 'xen',
	accusedPostId: 'secretary',
	order: 'granted',
};

describe('grievance transitions', () => {
	test('a filed grievance is with an officer at once', () => {
		expect(transition(null, 'registered', { ownerPostId: null, nextOwnerPostId: 'jrE' })).toEqual({
			state: 'with_officer',
			moves: ['owner', 'deadline'],
			effects: ['notify_citizen', 'notify_owner'],
		});
	});

	test('nothing else happens to a grievance that is not filed, and filing happens once', () => {
		for (const event of GRIEVANCE_EVENTS.filter((one) => one !== 'registered')) {
			expect(transition(null, event, context)).toEqual({ refusal: 'bad_transition' });
		}
		for (const state of GRIEVANCE_STATES) {
			expect(transition(state, 'registered', context)).toEqual({ refusal: 'bad_transition' });
		}
	});

	test('is never given to the office it is against, nor to nobody', () => {
		for (const nextOwnerPostId of ['secretary', null]) {
			const to = { ...context, nextOwnerPostId };
			expect(transition(null, 'registered', to)).toEqual({ refusal: 'no_post_for_place' });
			expect(transition('with_officer', 'escalated', to)).toEqual({ refusal: 'no_post_for_place' });
		}
	});

	test('escalates from every state whose clock runs, to another post, and tells all three', () => {
		for (const state of CLOCK_STATES) {
			expect(transition(state, 'escalated', context)).toEqual({
				state: 'with_officer',
				moves: ['owner', 'deadline'],
				effects: ['notify_citizen', 'notify_previous_owner', 'notify_owner'],
			});
		}
		const same = { ...context, nextOwnerPostId: context.ownerPostId };
		expect(transition('with_officer', 'escalated', same)).toEqual({ refusal: 'bad_transition' });
		expect(transition('awaiting_citizen', 'escalated', context)).toEqual({
			refusal: 'bad_transition',
		});
	});

	test('harmless events never move owner, deadline or state', () => {
		expect([...HARMLESS_EVENTS].sort()).toEqual(
			GRIEVANCE_EVENTS.filter(
				(event) => !['registered', 'escalated', 'resolved_by_order'].includes(event),
			).sort(),
		);
		for (const event of HARMLESS_EVENTS) {
			for (const state of GRIEVANCE_STATES) {
				const result = transition(state, event, context);
				if ('refusal' in result) continue;
				expect(result.state, `${event} in ${state}`).toBe(state);
				expect(result.moves).toEqual([]);
			}
		}
	});

	test('a direction given or escalated leaves the grievance with its owner and its clock', () => {
		for (const event of [
			'direction_issued',
			'direction_escalated',
			'direction_answered',
		] as const) {
			expect(transition('with_officer', event, context)).toMatchObject({
				state: 'with_officer',
				moves: [],
			});
		}
	});

	test('a missed direction is told to officer, superior, issuer and citizen', () => {
		const result = transition('with_officer', 'direction_escalated', context);
		expect('effects' in result && [...result.effects].sort()).toEqual([
			'notify_citizen',
			'notify_directed',
			'notify_issuer',
			'notify_previous_directed',
		]);
	});

	test.each(['granted', 'partly_granted', 'refused'] as const)(
		'an order "%s" resolves an open grievance, subject to the citizen',
		(order) => {
			for (const state of OPEN_STATES) {
				expect(transition(state, 'resolved_by_order', { ...context, order })).toMatchObject({
					state: 'resolved',
					moves: ['deadline'],
				});
			}
		},
	);

	test('no order, or none yet, resolves nothing', () => {
		for (const order of ['none_yet', null, undefined] as const) {
			expect(transition('with_officer', 'resolved_by_order', { ...context, order })).toEqual({
				refusal: 'bad_transition',
			});
		}
	});

	test('a resolved grievance keeps its hearing', () => {
		expect(transition('resolved', 'hearing_booked', context)).toMatchObject({ state: 'resolved' });
		expect(transition('resolved', 'hearing_concluded', context)).toMatchObject({
			state: 'resolved',
		});
	});

	test('whatever comes, a final state stays and an open one has an owner', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.constantFrom(...GRIEVANCE_EVENTS), fc.constantFrom('a', 'b', 'c')), {
					maxLength: 60,
				}),
				fc.constantFrom(...GRIEVANCE_STATES),
				(steps, start) => {
					let state = start;
					let owner = 'a';
					for (const [event, nextOwnerPostId] of steps) {
						const result = transition(state, event, {
							ownerPostId: owner,
							nextOwnerPostId,
							accusedPostId: 'c',
							order: 'refused',
						});
						if ('refusal' in result) continue;
						if (result.moves.includes('owner')) owner = nextOwnerPostId;
						state = result.state;
						expect(owner).not.toBe('c');
						if (FINAL_STATES.some((final) => final === start)) expect(state).toBe(start);
					}
				},
			),
		);
	});
});
