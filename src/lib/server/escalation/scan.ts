import { and, asc, eq, gt, lt, or } from 'drizzle-orm';
import { escalate, type Escalation } from '#lib/domain/escalation/ladder.ts';
import { escalation } from '#lib/server/db/schema/escalation.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { direction } from '#lib/server/db/schema/hearing.ts';
import { moveGrievance, noteBreach } from '#lib/server/grievance/index.ts';
import { moveDirection, noteDirectionBreach } from '#lib/server/hearing/index.ts';
import { holidaysOf, ladderByCode, ladderById, postsAbove } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Tx } from '#lib/server/platform/db.ts';
import { tellOfBreach, tellOfMove, type Breach } from './notices.ts';

export interface ScanResult {
	moved: number;
	noticed: number;
	failed: number;
}

type Done = 'moved' | 'noticed' | null;

const BATCH = 200;

/**
 * Looks at every grievance and direction whose time has come, oldest deadline first, page by page
 * to the end, and takes each one level up (or tells of the breach at the top). Any number of workers
 * may run it: each item is locked in a transaction of its own and looked at again under the lock,
 * and a level is written once (`escalation_once`). One bad item does not stop the others.
 */
export async function scanDeadlines(ctx: Context): Promise<ScanResult> {
	const result: ScanResult = { moved: 0, noticed: 0, failed: 0 };
	await scanTable(ctx, grievance, escalateGrievance, result);
	await scanTable(ctx, direction, escalateDirection, result);
	return result;
}

async function scanTable(
	ctx: Context,
	table: typeof grievance | typeof direction,
	climb: (tx: Tx, ctx: Context, id: string, now: Date) => Promise<Done>,
	result: ScanResult,
): Promise<void> {
	const now = ctx.clock.now();
	let last: { id: string; at: Date } | null = null;
	for (;;) {
		const page: { id: string; at: Date | null }[] = await ctx.db
			.select({ id: table.id, at: table.nextScanAt })
			.from(table)
			.where(
				and(
					lt(table.nextScanAt, now),
					last
						? or(
								gt(table.nextScanAt, last.at),
								and(eq(table.nextScanAt, last.at), gt(table.id, last.id)),
							)
						: undefined,
				),
			)
			.orderBy(asc(table.nextScanAt), asc(table.id))
			.limit(BATCH);
		for (const { id, at } of page) {
			last = { id, at: at ?? now };
			try {
				const done = await inTransaction(ctx.db, (tx) => climb(tx, ctx, id, now));
				if (done) result[done] += 1;
			} catch (error) {
				result.failed += 1;
				ctx.log.error({ err: error, id }, 'escalation failed');
			}
		}
		if (page.length < BATCH) return;
	}
}

async function escalateGrievance(tx: Tx, ctx: Context, id: string, now: Date): Promise<Done> {
	const [row] = await tx
		.select()
		.from(grievance)
		.where(and(eq(grievance.id, id), lt(grievance.nextScanAt, now)))
		.for('update', { skipLocked: true });
	if (!row?.ownerPostId || !row.deadline) return null;
	const decision = escalate({
		level: row.level,
		ladder: await ladderById(tx, row.ladderId),
		deadline: row.deadline,
		now,
		holderId: row.ownerPostId,
		posts: await postsAbove(tx, row.ownerPostId, now),
		skip: new Set(row.againstPostId ? [row.againstPostId] : []),
		holidays: await holidaysOf(tx, row.jurisdictionId),
		nextNoticeAt: row.breachedAt ? row.nextScanAt : null,
	});
	return apply(tx, ctx, decision, {
		subject: 'grievance',
		subjectId: id,
		grievance: row,
		fromPostId: row.ownerPostId,
		deadline: row.deadline,
		now,
		issuerPostId: null,
	});
}

async function escalateDirection(tx: Tx, ctx: Context, id: string, now: Date): Promise<Done> {
	const [row] = await tx
		.select({ direction, grievance })
		.from(direction)
		.innerJoin(grievance, eq(grievance.id, direction.grievanceId))
		.where(and(eq(direction.id, id), lt(direction.nextScanAt, now)))
		.for('update', { of: direction, skipLocked: true });
	if (!row) return null;
	const { ownerPostId, issuerPostId, deadline } = row.direction;
	const accused = row.grievance.againstPostId;
	const decision = escalate({
		level: row.direction.level,
		ladder: await ladderByCode(tx, 'direction'),
		deadline,
		now,
		holderId: ownerPostId,
		posts: await postsAbove(tx, ownerPostId, now),
		skip: new Set([issuerPostId, ...(accused ? [accused] : [])]),
		holidays: await holidaysOf(tx, row.grievance.jurisdictionId),
		nextNoticeAt: row.direction.breachedAt ? row.direction.nextScanAt : null,
	});
	return apply(tx, ctx, decision, {
		subject: 'direction',
		subjectId: id,
		grievance: row.grievance,
		fromPostId: ownerPostId,
		deadline,
		now,
		issuerPostId,
	});
}

async function apply(
	tx: Tx,
	ctx: Context,
	decision: Escalation,
	breach: Breach & { subjectId: string; now: Date },
): Promise<Done> {
	const { subject, subjectId, now } = breach;
	if (decision.kind === 'not_due') return null;
	if (decision.kind === 'stays') {
		const note = { nextScanAt: decision.nextNoticeAt, now };
		if (subject === 'grievance') await noteBreach(tx, ctx, subjectId, note);
		else await noteDirectionBreach(tx, ctx, subjectId, note);
		await tellOfBreach(tx, breach, decision.nextNoticeAt);
		return 'noticed';
	}
	const { level, toPostId, deadline } = decision;
	await tx
		.insert(escalation)
		.values({ subject, subjectId, level, fromPostId: breach.fromPostId, toPostId });
	const move = { level, toPostId, deadline, now };
	if (subject === 'grievance') await moveGrievance(tx, ctx, subjectId, move);
	else await moveDirection(tx, ctx, subjectId, move);
	await tellOfMove(tx, breach, move);
	return 'moved';
}
