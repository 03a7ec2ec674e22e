import { sql } from 'drizzle-orm';
import type { Db, Tx } from './db.ts';

/**
 * Queues a job in the caller's transaction: the job exists exactly when the change does
 * (transactional outbox). Payloads carry ids, never personal data.
 */
export async function queueJob(
	tx: Tx | Db,
	task: string,
	payload: Record<string, unknown>,
	{ jobKey }: { jobKey?: string } = {},
): Promise<void> {
	await tx.execute(sql`
		select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, job_key := ${jobKey ?? null})`);
}
