import { sql } from 'drizzle-orm';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import type { TestDatabase } from './database.ts';

class GivenUp extends Error {}

/**
 * Does the work in a transaction and stops before its end: the barrier at which a rival comes in. Then
 * it is committed, or given up.
 */
export async function openTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>) {
	const reached = Promise.withResolvers<T>();
	const end = Promise.withResolvers<boolean>();
	const done = db.transaction(async (tx) => {
		reached.resolve(await work(tx));
		if (!(await end.promise)) throw new GivenUp();
	});
	done.catch((problem: unknown) => reached.reject(problem));
	const result = await reached.promise;
	return {
		result,
		async commit() {
			end.resolve(true);
			await done;
		},
		async giveUp() {
			end.resolve(false);
			await done.catch((problem: unknown) => {
				if (!(problem instanceof GivenUp)) throw problem;
			});
		},
	};
}

/** Until so many connections of the test's database wait for a lock. */
export async function waitingForLock({ sql: client }: TestDatabase, count = 1): Promise<void> {
	for (;;) {
		const [row] = await client<{ n: number }[]>`
			select count(*)::int as n from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock'`;
		if ((row?.n ?? 0) >= count) return;
	}
}

/** Sets the database's clock so many minutes ahead of the world: holds and quotas go by it. */
export async function clockAhead(db: Db, minutes: number): Promise<void> {
	await db.execute(sql`update clock_offset set "offset" = make_interval(mins => ${minutes}::int)`);
}
