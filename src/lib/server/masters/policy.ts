import { Refusal } from '#lib/domain/refusal.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import { liesWithin } from './places.ts';

/** @throws {Refusal} `forbidden` for everybody but an administrator. */
export function requireAdministrator(ctx: Context): StaffActor {
	const { actor } = ctx;
	if (actor.kind !== 'staff' || !actor.functions.includes('administrator')) {
		throw new Refusal('forbidden');
	}
	return actor;
}

/**
 * An administrator keeps the area of the own post and what lies in it: one of a district has no
 * say in another district, nor in the state.
 * @throws {Refusal} `forbidden`
 */
export async function requireArea(db: Db | Tx, actor: StaffActor, areaId: string): Promise<void> {
	if (!(await liesWithin(db, areaId, actor.jurisdictionId))) throw new Refusal('forbidden');
}
