import { fixedClock } from '#lib/server/platform/clock.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type postgres from 'postgres';
import { testContext } from './database.ts';

/**
 * A clock for both sides: `app_now()` of the test's own database and the contexts made here stand
 * (almost) together, as they do in the product.
 */
export function sharedTime(db: Db, sql: postgres.Sql) {
	let now = new Date();
	return {
		now: () => now,
		async set(to: Date): Promise<void> {
			now = to;
			await sql`insert into clock_offset (id, "offset")
				values (1, ${to.toISOString()}::timestamptz - now())
				on conflict (id) do update set "offset" = excluded."offset"`;
		},
		system: (rest: Partial<Context> = {}): Context =>
			testContext(db, { ...rest, clock: fixedClock(now), actor: { kind: 'system' } }),
		citizen: (citizenId: string): Context =>
			testContext(db, { clock: fixedClock(now), actor: { kind: 'citizen', citizenId } }),
	};
}

/** Empties the calendar between two tests; earlier cases wish for nothing any more. */
export async function clearAppointments(sql: postgres.Sql): Promise<void> {
	await sql`truncate booking_reminder, waiting_entry, hold, seat, booking_party, booking, slot, sitting cascade`;
	await sql`update grievance set hearing_requested_at = null where hearing_requested_at is not null`;
	await sql`delete from graphile_worker._private_jobs`;
}
