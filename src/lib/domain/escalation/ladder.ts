import { DAY_MS } from '../calendar/ist.ts';
import { deadlineAfter, type DayKind } from '../calendar/deadline.ts';

/** `assumed`: our own figure where the published rule names none; shown as such. */
export type LadderLevel = { level: number; days: number; dayKind: DayKind; assumed: boolean };
export type Ladder = { levels: readonly LadderLevel[] };

export type LadderPost = { id: string; superiorId: string | null; vacant: boolean };

/** Days between notices of a breach that can climb no further. */
export const NOTICE_DAYS = 7;

/**
 * The post that a breach moves to: the first superior that is filled and not in `skip` (the accused
 * office; for a direction also its issuer). Null when there is none, also when superiors run in a
 * circle: the holder itself never counts.
 */
export function nextHolder({
	holderId,
	posts,
	skip,
}: {
	holderId: string;
	posts: ReadonlyMap<string, LadderPost>;
	skip: ReadonlySet<string>;
}): string | null {
	const seen = new Set([holderId]);
	let id = posts.get(holderId)?.superiorId ?? null;
	while (id !== null && !seen.has(id)) {
		seen.add(id);
		const post = posts.get(id);
		if (!post) return null;
		if (!post.vacant && !skip.has(post.id)) return post.id;
		id = post.superiorId;
	}
	return null;
}

export type EscalationInput = {
	level: number;
	ladder: Ladder;
	/** The stored deadline of the present level. */
	deadline: Date;
	now: Date;
	holderId: string;
	posts: ReadonlyMap<string, LadderPost>;
	skip: ReadonlySet<string>;
	/** Holidays of the jurisdiction, IST dates. */
	holidays: ReadonlySet<string>;
	weeklyOff?: ReadonlySet<number>;
	/** The stored `nextNoticeAt` of an earlier 'stays'; null or absent before the first. */
	nextNoticeAt?: Date | null;
};

export type Escalation =
	| { kind: 'not_due' }
	| { kind: 'moves'; level: number; toPostId: string; deadline: Date }
	/** `noticeDue`: the breach is to be told now; `nextNoticeAt` is to be stored. */
	| { kind: 'stays'; noticeDue: boolean; nextNoticeAt: Date };

/**
 * What a passed deadline does: one level up per call, however late the call comes, with a clock that
 * starts at the move. On the last level, or while nobody fit is above, it stays breached and is told
 * at the deadline and every 7 days after it; when the post above is filled later, the next call moves it.
 */
export function escalate(input: EscalationInput): Escalation {
	const { deadline, now, holidays, weeklyOff } = input;
	if (now <= deadline) return { kind: 'not_due' };
	const next = levelAfter(input.ladder, input.level);
	const toPostId = next ? nextHolder(input) : null;
	if (next && toPostId !== null) {
		return {
			kind: 'moves',
			level: next.level,
			toPostId,
			deadline: deadlineAfter(now, next.days, next.dayKind, holidays, weeklyOff),
		};
	}
	const stored = input.nextNoticeAt ?? null;
	if (stored !== null && now < stored) {
		return { kind: 'stays', noticeDue: false, nextNoticeAt: stored };
	}
	return { kind: 'stays', noticeDue: true, nextNoticeAt: noticeAfter(deadline, now) };
}

/** The level above; null on the last. */
export function levelAfter(ladder: Ladder, level: number): LadderLevel | null {
	const above = ladder.levels.filter((one) => one.level > level);
	return above.reduce<LadderLevel | null>(
		(lowest, one) => (lowest === null || one.level < lowest.level ? one : lowest),
		null,
	);
}

/** The highest level's number. Throws RangeError for a ladder without levels. */
export function lastLevel(ladder: Ladder): number {
	if (ladder.levels.length === 0) throw new RangeError('a ladder without levels');
	return Math.max(...ladder.levels.map((one) => one.level));
}

/** The weekly notices hang on the deadline, so a worker that was down sends one, not a heap. */
function noticeAfter(deadline: Date, now: Date): Date {
	const period = NOTICE_DAYS * DAY_MS;
	const periods = Math.floor((now.getTime() - deadline.getTime()) / period) + 1;
	return new Date(deadline.getTime() + periods * period);
}
