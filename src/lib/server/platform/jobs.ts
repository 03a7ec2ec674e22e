import { sql } from 'drizzle-orm';
import type { Db, Tx } from './db.ts';

/**
 * The fields of jobs' payloads that carry sealed text (in base64), and the purposes that it is sealed
 * for. Only with an entry here do rotation and the look for a missing key know of it.
 */
export const SEALED_PAYLOAD = { sealedCode: 'otp_code' } as const;

/**
 * Queues a job in the caller's transaction: the job exists exactly when the change does
 * (transactional outbox). Payloads carry ids, never personal data.
 */
export async function queueJob(
	tx: Tx | Db,
	task: string,
	payload: Record<string, unknown>,
	{
		jobKey,
		queueName,
	}: {
		jobKey?: string;
		/** Jobs of one queue run one after the other. */
		queueName?: string;
	} = {},
): Promise<void> {
	await tx.execute(sql`
		select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, job_key := ${jobKey ?? null},
			queue_name := ${queueName ?? null})`);
}
