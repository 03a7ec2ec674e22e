import { sql } from 'drizzle-orm';
import type { Db } from './db.ts';

export const BEAT_SECONDS = 5;
/** Silent for longer than this is dead. */
const DEAD_SECONDS = 20;

export interface Worker {
	workerId: string;
	/** Names under which its job queue locks jobs. */
	lockNames: readonly string[];
}

/**
 * Writes a sign of life, and sets free the jobs of processes that gave none for 20 s: the queue
 * itself would keep a killed worker's jobs locked for hours.
 */
export async function beat(db: Db, { workerId, lockNames }: Worker): Promise<void> {
	await db.execute(sql`
		insert into worker_heartbeat (worker_id, at, lock_names)
		values (${workerId}, now(), ${textArray(lockNames)})
		on conflict (worker_id) do update set at = excluded.at, lock_names = excluded.lock_names`);
	const dead = await db.execute<{ lock_names: string[] }>(sql`
		delete from worker_heartbeat
		where at < now() - make_interval(secs => ${DEAD_SECONDS}) returning lock_names`);
	const names = dead.flatMap((row) => row.lock_names);
	if (names.length > 0) {
		await db.execute(sql`select graphile_worker.force_unlock_workers(${textArray(names)})`);
	}
}

/** Takes a process that ends in order off the list. */
export async function forget(db: Db, workerId: string): Promise<void> {
	await db.execute(sql`delete from worker_heartbeat where worker_id = ${workerId}`);
}

/** @throws when no worker gave a sign of life for 20 s. */
export async function someWorkerBeats(db: Db): Promise<void> {
	const [row] = await db.execute(sql`
		select 1 from worker_heartbeat
		where at > now() - make_interval(secs => ${DEAD_SECONDS}) limit 1`);
	if (!row) throw new Error('no heartbeat');
}

const textArray = (texts: readonly string[]) =>
	sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`;
