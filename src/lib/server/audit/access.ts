import { asc, desc, eq, inArray } from 'drizzle-orm';
import { verifyLinks, type ChainVerdict } from '#lib/domain/chain.ts';
import { accessLog, accessLogHead } from '#lib/server/db/schema/audit.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { violatedConstraint, type Db, type Tx } from '#lib/server/platform/db.ts';

type AccessRow = typeof accessLog.$inferSelect;

/**
 * Records that a member of staff looked at the data of one or many citizens; others leave no row.
 * A trigger of the database chains the rows (see `chain_access`).
 *
 * Never call it in a transaction that has locked a grievance: it waits for whoever else is looking.
 */
export async function logAccess(
	ctx: Pick<Context, 'db' | 'actor' | 'clock'>,
	grievanceIds: readonly string[],
	/** Page or action that showed it, for instance `case_file`. */
	reason: string,
	/** The same key again leaves no second row. */
	onceKey: string | null = null,
): Promise<void> {
	if (ctx.actor.kind !== 'staff' || grievanceIds.length === 0) return;
	const { personId, postId } = ctx.actor;
	const at = ctx.clock.now();
	// One order for everybody: two lists that overlap would otherwise wait for each other's heads.
	const sorted = [...new Set(grievanceIds)].sort();
	if (onceKey !== null && (await isLogged(ctx.db, onceKey))) return;
	try {
		await ctx.db
			.insert(accessLog)
			.values(
				sorted.map((grievanceId) => ({ personId, postId, grievanceId, reason, at, onceKey })),
			);
	} catch (problem) {
		// Written at the same moment. `on conflict` would count it in the chain and then leave it out.
		if (violatedConstraint(problem) !== 'access_log_once_key_unique') throw problem;
	}
}

async function isLogged(db: Db | Tx, onceKey: string): Promise<boolean> {
	return (await db.$count(accessLog, eq(accessLog.onceKey, onceKey))) > 0;
}

/** The hash of a view; the database's `access_link` spells the same. */
function accessLink(prevHash: string, row: AccessRow): string {
	const { grievanceId, seq, at, personId, postId, reason } = row;
	// The one free text stands last, so that no two rows read alike.
	const fields = [prevHash, grievanceId, seq, at.toISOString(), personId, postId, reason];
	return sha256Hex(['jansunwai access 1', ...fields].join('\n'));
}

/** Says of each grievance whether a view was changed, left out, swapped or cut off. */
export async function verifyAccess(
	tx: Tx,
	grievanceIds: readonly string[],
): Promise<Map<string, ChainVerdict>> {
	const ids = [...grievanceIds];
	const heads = await tx
		.select()
		.from(accessLogHead)
		.where(inArray(accessLogHead.grievanceId, ids));
	const rows = await tx
		.select()
		.from(accessLog)
		.where(inArray(accessLog.grievanceId, ids))
		.orderBy(asc(accessLog.grievanceId), asc(accessLog.seq));
	const headOf = new Map(heads.map((head) => [head.grievanceId, head]));
	const rowsOf = Map.groupBy(rows, (row) => row.grievanceId);
	return new Map(
		ids.map((id) => {
			const head = headOf.get(id) ?? { count: 0, hash: '' };
			return [id, verifyLinks(rowsOf.get(id) ?? [], head, accessLink)];
		}),
	);
}

export interface Access {
	at: Date;
	postId: string;
	grievanceId: string;
	/** Page or action that showed it, as `logAccess` was told. */
	reason: string;
}

/** Who looked at any of the grievances, newest first; posts only, never persons. */
export async function accessesOf(
	db: Db | Tx,
	grievanceIds: readonly string[],
	{ limit }: { limit: number },
): Promise<Access[]> {
	if (grievanceIds.length === 0) return [];
	return db
		.select({
			at: accessLog.at,
			postId: accessLog.postId,
			grievanceId: accessLog.grievanceId,
			reason: accessLog.reason,
		})
		.from(accessLog)
		.where(inArray(accessLog.grievanceId, [...grievanceIds]))
		.orderBy(desc(accessLog.at), desc(accessLog.id))
		.limit(limit);
}

/** How often staff looked at a grievance. */
export async function accessCount(db: Db | Tx, grievanceId: string): Promise<number> {
	return db.$count(accessLog, eq(accessLog.grievanceId, grievanceId));
}
