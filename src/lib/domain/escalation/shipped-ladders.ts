import type { DayKind } from '../calendar/deadline.ts';
import type { Ladder, LadderLevel } from './ladder.ts';

/** `source`: where the days come from, for the administrator's page. */
export type ShippedLadder = Ladder & { source: string };

function level(number: number, days: number, dayKind: DayKind, assumed = false): LadderLevel {
	return { level: number, days, dayKind, assumed };
}

/** The ladders a new installation starts with. They are data: an office changes them as it needs. */
export const SHIPPED_LADDERS = {
	/** Four levels; only the first one's 15 days are published, the sevens are our assumption. */
	rajasthan: {
		source: 'Rajasthan Sampark: 15 days, then senior, head of department, state government',
		levels: [
			level(1, 15, 'calendar'),
			level(2, 7, 'calendar', true),
			level(3, 7, 'calendar', true),
			level(4, 7, 'calendar', true),
		],
	},
	/** Grievance officer, appellate authority, final appellate authority. */
	delhi: {
		source: 'Delhi CM Jansunwai, draft procedure: 21, 10 and 10 days',
		levels: [level(1, 21, 'calendar'), level(2, 10, 'calendar'), level(3, 10, 'calendar')],
	},
	/** The second level is the appeal. */
	cpgrams: {
		source: 'CPGRAMS guidelines of 2024: 21 days, appeal 30 days',
		levels: [level(1, 21, 'calendar'), level(2, 30, 'calendar')],
	},
	/** First and second grievance redressal authority; the Commission after them is outside the ladder. */
	haryana_auto_appeal: {
		source: 'Haryana Auto Appeal System: 30 and 30 working days, then the Commission',
		levels: [level(1, 30, 'working'), level(2, 30, 'working')],
	},
	/**
	 * For directions: the first level's time is the due date given in the hearing (its 7 days are only
	 * what is proposed), then the directed post's superiors up to the state, each with 7 days.
	 */
	direction: {
		source: 'Our own assumption',
		levels: [
			level(1, 7, 'calendar', true),
			level(2, 7, 'calendar', true),
			level(3, 7, 'calendar', true),
			level(4, 7, 'calendar', true),
		],
	},
} as const satisfies Readonly<Record<string, ShippedLadder>>;

export type ShippedLadderId = keyof typeof SHIPPED_LADDERS;
