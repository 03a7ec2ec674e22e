import { describe, expect, test } from 'vitest';
import { istInstant } from '../calendar/ist.ts';
import { lobbyOpensAt, SITTING_EVENTS, SITTING_STATES, transitionSitting } from './sitting.ts';

test('the whole table of a sitting', () => {
	const table = Object.fromEntries(
		SITTING_STATES.map((state) => [
			state,
			SITTING_EVENTS.flatMap((event) => {
				const result = transitionSitting(state, event);
				return 'state' in result ? [`${event} -> ${result.state}`] : [];
			}),
		]),
	);
	expect(table).toEqual({
		planned: ['open -> open', 'cancel -> cancelled'],
		open: ['pause -> paused', 'close -> closed'],
		paused: ['resume -> open', 'close -> closed'],
		closed: [],
		cancelled: [],
	});
});

describe('lobbyOpensAt', () => {
	test('is an hour before', () => {
		expect(lobbyOpensAt(istInstant('2026-11-23', '00:30'))).toEqual(
			istInstant('2026-11-22', '23:30'),
		);
	});
});
