import type postgres from 'postgres';

/** The only source of "now". In a demonstration it may stand ahead of the world (see `app_now()`). */
export interface Clock {
	now(): Date;
	/**
	 * The time on people's watches, which a demonstration cannot shift: for the codes of their apps,
	 * and for nothing that the product dates.
	 */
	real(): Date;
}

/** A clock that stands still, for tests of commands. */
export function fixedClock(at: Date): Clock {
	return { now: () => new Date(at), real: () => new Date(at) };
}

/**
 * The database's clock: real time plus the offset kept in `clock_offset`, followed by LISTEN, so
 * that every process agrees with `app_now()`.
 * @throws when an offset is set and `offsetAllowed` is false (production refuses a shifted clock).
 */
export async function databaseClock(
	sql: postgres.Sql,
	{ offsetAllowed }: { offsetAllowed: boolean },
): Promise<Clock & { refresh(): Promise<void> }> {
	let offsetMs = 0;
	const refresh = async () => {
		const [row] = await sql<{ ms: string }[]>`
			select round(extract(epoch from (app_now() - now())) * 1000)::text as ms`;
		offsetMs = Number(row?.ms ?? 0);
		if (offsetMs !== 0 && !offsetAllowed) {
			throw new Error('clock_offset is set: only a demonstration may shift its clock');
		}
	};
	await refresh();
	if (offsetAllowed) await sql.listen('clock', () => void refresh());
	return {
		now: () => new Date(Date.now() + offsetMs),
		real: () => new Date(),
		refresh,
	};
}
