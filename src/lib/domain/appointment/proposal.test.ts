import { describe, expect, it } from 'vitest';
import {
	afterOtherDay,
	afterUnanswered,
	earliestProposal,
	isSenior,
	proposalAnswerBy,
	proposalOrder,
	type ProposalCandidate,
} from './proposal.ts';

const NOW = new Date('2026-11-16T06:30:00Z');
const at = (text: string) => new Date(text);
const one = (id: string, rest: Partial<ProposalCandidate> = {}): ProposalCandidate => ({
	id,
	officeMissed: false,
	level: 1,
	filedAt: NOW,
	inGroup: false,
	...rest,
});
const order = (...all: ProposalCandidate[]) => all.sort(proposalOrder).map(({ id }) => id);

describe('who is proposed a seat first', () => {
	const old = at('2026-10-01T00:00:00Z');

	it('is whom the office failed, then the higher level, the older case, the group', () => {
		expect(
			order(
				one('plain'),
				one('group', { inGroup: true }),
				one('old', { filedAt: old }),
				one('high', { level: 2 }),
				one('failed', { officeMissed: true }),
			),
		).toEqual(['failed', 'high', 'old', 'group', 'plain']);
	});

	it('never lets a later word outweigh an earlier one', () => {
		const everything = { level: 4, filedAt: old, inGroup: true };
		expect(order(one('rest', everything), one('failed', { officeMissed: true }))[0]).toBe('failed');
		expect(order(one('old', { filedAt: old, inGroup: true }), one('high', { level: 2 }))[0]).toBe(
			'high',
		);
		expect(order(one('group', { inGroup: true }), one('old', { filedAt: old }))[0]).toBe('old');
	});

	it('is the same whoever asks, also among equals', () => {
		expect(order(one('b'), one('a'), one('c'))).toEqual(['a', 'b', 'c']);
		expect(proposalOrder(one('a'), one('a'))).toBe(0);
	});
});

describe('when a proposed hearing begins', () => {
	const earliest = (leadMinutes: number, notBefore: string | null) =>
		earliestProposal(NOW, { leadMinutes, notBefore }).toISOString();

	it('is after three days to prepare, or the lead time when that is longer', () => {
		expect(earliest(0, null)).toBe('2026-11-19T06:30:00.000Z');
		expect(earliest(60, null)).toBe('2026-11-19T06:30:00.000Z');
		expect(earliest(5 * 24 * 60, null)).toBe('2026-11-21T06:30:00.000Z');
	});

	it('is not before the day on which the citizen can come, counted in India', () => {
		expect(earliest(0, '2026-11-25')).toBe('2026-11-24T18:30:00.000Z');
		expect(earliest(0, '2026-11-01')).toBe('2026-11-19T06:30:00.000Z');
	});
});

describe('a proposal without an answer', () => {
	it('waits two days, but never into the last day before the hearing', () => {
		const answerBy = (startsAt: string) => proposalAnswerBy(NOW, at(startsAt)).toISOString();
		expect(answerBy('2026-11-24T06:30:00Z')).toBe('2026-11-18T06:30:00.000Z');
		expect(answerBy('2026-11-18T06:30:00Z')).toBe('2026-11-17T06:30:00.000Z');
	});

	it('is followed by one more, then by the waiting list', () => {
		expect([1, 2, 3].map(afterUnanswered)).toEqual(['propose', 'wait', 'wait']);
	});

	it('lets the citizen ask for another day three times', () => {
		expect([1, 3, 4].map(afterOtherDay)).toEqual(['propose', 'propose', 'wait']);
	});
});

describe('a senior citizen', () => {
	it('has had the sixtieth birthday; of a year alone the last day counts', () => {
		expect(isSenior('1966-11-16', '2026-11-16')).toBe(true);
		expect(isSenior('1966-11-17', '2026-11-16')).toBe(false);
		expect(isSenior('1966', '2026-11-16')).toBe(false);
		expect(isSenior('1965', '2026-11-16')).toBe(true);
		expect(isSenior(null, '2026-11-16')).toBe(false);
		expect(isSenior('16/11/1950', '2026-11-16')).toBe(false);
	});
});
