import { eq, sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { rateLimit } from '#lib/server/db/schema/identity.ts';
import { blindIndex } from './crypto.ts';
import type { Db, Tx } from './db.ts';

export interface Limit {
	/** Hits allowed in one window. */
	limit: number;
	windowSeconds: number;
	now: Date;
}

/** Keys carry mobiles, user names and addresses; the table holds only their keyed hash. */
const stored = (key: string) => blindIndex('rate_limit', key).toString('hex');

/**
 * Counts one hit in the key's fixed window, in one statement, so that parallel requests cannot slip
 * past. Call it outside a transaction that may roll back: a refused try must stay counted.
 * @throws {Refusal} `too_many_requests` with `minutes` to wait, once the limit is passed.
 */
export async function takeHit(
	db: Db | Tx,
	key: string,
	{ limit, windowSeconds, now }: Limit,
): Promise<void> {
	const resetsAt = new Date(now.getTime() + windowSeconds * 1000);
	const over = sql`${rateLimit.resetsAt} <= ${now.toISOString()}`;
	const [row] = await db
		.insert(rateLimit)
		.values({ key: stored(key), hits: 1, resetsAt })
		.onConflictDoUpdate({
			target: rateLimit.key,
			set: {
				hits: sql`case when ${over} then 1 else ${rateLimit.hits} + 1 end`,
				resetsAt: sql`case when ${over} then excluded.resets_at else ${rateLimit.resetsAt} end`,
			},
		})
		.returning();
	if (!row || row.hits <= limit) return;
	const minutes = Math.max(1, Math.ceil((row.resetsAt.getTime() - now.getTime()) / 60_000));
	throw new Refusal('too_many_requests', { minutes });
}

/** Forgets the key's hits, for instance after the right password. */
export async function forgetHits(db: Db | Tx, key: string): Promise<void> {
	await db.delete(rateLimit).where(eq(rateLimit.key, stored(key)));
}
