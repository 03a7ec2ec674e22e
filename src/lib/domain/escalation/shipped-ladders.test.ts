import { describe, expect, test } from 'vitest';
import { deadlineAfter } from '../calendar/deadline.ts';
import { istDate, istInstant } from '../calendar/ist.ts';
import { escalate, lastLevel, type Ladder, type LadderPost } from './ladder.ts';
import { SHIPPED_LADDERS } from './shipped-ladders.ts';

/** A district with more superiors than any ladder has levels. */
const POSTS: ReadonlyMap<string, LadderPost> = new Map(
	['P1', 'P2', 'P3', 'P4', 'P5', 'P6'].map((id, i, all) => [
		id,
		{ id, superiorId: all[i + 1] ?? null, vacant: false },
	]),
);

/** Republic Day and a day in March: inside levels of the ladders played here. */
const HOLIDAYS: ReadonlySet<string> = new Set(['2027-01-26', '2027-03-22']);

/**
 * Files on the date, answers nothing, and lets a scan run a minute after each deadline: who holds it
 * until when, level by level, and how it ends.
 */
function play(ladder: Ladder, filed: string): string[] {
	const [first] = ladder.levels;
	if (!first) throw new Error('a ladder without levels');
	let level = first.level;
	let holderId = 'P1';
	let deadline = deadlineAfter(istInstant(filed, '11:30'), first.days, first.dayKind, HOLIDAYS);
	const story: string[] = [];
	for (let scans = 0; scans < 20; scans += 1) {
		story.push(`L${level} ${holderId} until ${istDate(deadline)}`);
		const now = new Date(deadline.getTime() + 60_000);
		const result = escalate({
			level,
			ladder,
			deadline,
			now,
			holderId,
			posts: POSTS,
			skip: new Set(),
			holidays: HOLIDAYS,
		});
		if (result.kind === 'stays') return [...story, `told again ${istDate(result.nextNoticeAt)}`];
		if (result.kind === 'not_due') throw new Error('should be due');
		({ level, deadline } = result);
		holderId = result.toPostId;
	}
	throw new Error('never ends');
}

describe('the shipped ladders, played to their end without an answer', () => {
	test('Rajasthan: 15 days, then 7, 7 and 7, on four levels', () => {
		expect(play(SHIPPED_LADDERS.rajasthan, '2027-01-04')).toEqual([
			'L1 P1 until 2027-01-19',
			'L2 P2 until 2027-01-27',
			'L3 P3 until 2027-02-04',
			'L4 P4 until 2027-02-12',
			'told again 2027-02-19',
		]);
	});

	test('Delhi: 21, 10 and 10 days', () => {
		expect(play(SHIPPED_LADDERS.delhi, '2027-01-04')).toEqual([
			'L1 P1 until 2027-01-25',
			'L2 P2 until 2027-02-05',
			'L3 P3 until 2027-02-16',
			'told again 2027-02-23',
		]);
	});

	test('CPGRAMS: 21 days, appeal 30 days', () => {
		expect(play(SHIPPED_LADDERS.cpgrams, '2027-01-04')).toEqual([
			'L1 P1 until 2027-01-25',
			'L2 P2 until 2027-02-25',
			'told again 2027-03-04',
		]);
	});

	test('Haryana auto-appeal: 30 and 30 working days', () => {
		expect(play(SHIPPED_LADDERS.haryana_auto_appeal, '2027-01-04')).toEqual([
			'L1 P1 until 2027-02-16',
			'L2 P2 until 2027-04-01',
			'told again 2027-04-08',
		]);
	});

	test('a direction: its due date, then 7, 7 and 7 days up to the state', () => {
		expect(play(SHIPPED_LADDERS.direction, '2027-02-01')).toEqual([
			'L1 P1 until 2027-02-08',
			'L2 P2 until 2027-02-16',
			'L3 P3 until 2027-02-24',
			'L4 P4 until 2027-03-04',
			'told again 2027-03-11',
		]);
	});
});

describe('the shipped ladders', () => {
	test('number their levels 1.. and say where the days come from', () => {
		for (const ladder of Object.values(SHIPPED_LADDERS)) {
			expect(ladder.levels.map((one) => one.level)).toEqual(
				Array.from({ length: lastLevel(ladder) }, (_, i) => i + 1),
			);
			expect(ladder.source).not.toBe('');
		}
	});

	test('mark our own assumptions: Rajasthan’s sevens and the directions', () => {
		const assumed = Object.entries(SHIPPED_LADDERS).map(([id, ladder]) => [
			id,
			ladder.levels.filter((one) => one.assumed).map((one) => one.level),
		]);
		expect(Object.fromEntries(assumed)).toEqual({
			rajasthan: [2, 3, 4],
			delhi: [],
			cpgrams: [],
			haryana_auto_appeal: [],
			direction: [1, 2, 3, 4],
		});
	});
});
