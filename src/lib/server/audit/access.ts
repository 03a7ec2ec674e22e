import { accessLog } from '#lib/server/db/schema/audit.ts';
import type { Context } from '#lib/server/platform/context.ts';

/** Records that a member of staff looked at a citizen's data. Others leave no row. */
export async function logAccess(
	ctx: Pick<Context, 'db' | 'actor' | 'clock'>,
	grievanceId: string,
	/** Page or action that showed it, for instance `case_file`. */
	reason: string,
): Promise<void> {
	if (ctx.actor.kind !== 'staff') return;
	const { personId, postId } = ctx.actor;
	await ctx.db
		.insert(accessLog)
		.values({ personId, postId, grievanceId, reason, at: ctx.clock.now() });
}
