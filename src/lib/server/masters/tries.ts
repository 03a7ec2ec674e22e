import { forgetHits, takeHit } from '#lib/server/platform/rate-limit.ts';
import type { Db } from '#lib/server/platform/db.ts';

/** Wrong tries cost more and more time: windows that hold ever fewer of them per minute. */
const WINDOWS = [
	{ limit: 5, windowSeconds: 5 * 60 },
	{ limit: 10, windowSeconds: 60 * 60 },
	{ limit: 20, windowSeconds: 24 * 60 * 60 },
] as const;

const keyOf = (from: string, { windowSeconds }: (typeof WINDOWS)[number]) =>
	`${from}:${windowSeconds}`;

/**
 * Counts a try of `from` before it is looked at, so that parallel ones cannot slip past.
 * @throws {Refusal} `too_many_requests` {minutes}
 */
export async function takeTry(db: Db, from: string, now: Date): Promise<void> {
	for (const window of WINDOWS) await takeHit(db, keyOf(from, window), { ...window, now });
}

/** After a right one. */
export async function forgetTries(db: Db, from: string): Promise<void> {
	for (const window of WINDOWS) await forgetHits(db, keyOf(from, window));
}
