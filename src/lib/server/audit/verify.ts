import { asc, gt } from 'drizzle-orm';
import type { ChainFault, ChainVerdict } from '#lib/domain/chain.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { verifyAccess } from './access.ts';
import { verifyTimelines } from './timeline.ts';

/** Rows and heads are compared as of one instant, so that writers at work are no fault. */
const ONE_INSTANT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;

type Chain = 'timeline' | 'access log';

export interface Fault {
	chain: Chain;
	grievanceId: string;
	/** Place in the chain where it shows. */
	seq: number;
	reason: ChainFault;
}

/** The verdict on one grievance's timeline. @throws {Refusal} `not_found` */
export async function verifyTimeline(db: Db, grievanceId: string): Promise<ChainVerdict> {
	const verdicts = await db.transaction((tx) => verifyTimelines(tx, [grievanceId]), ONE_INSTANT);
	return found(verdicts.get(grievanceId));
}

/**
 * Walks the timelines and access logs of all grievances, `batch` of them at a time, and tells what is
 * wrong as it is found. Returns how many grievances were looked at.
 */
export async function verifyAll(
	db: Db,
	onFault: (fault: Fault) => void,
	{ batch = 200 }: { batch?: number } = {},
): Promise<number> {
	let grievances = 0;
	for (let last: string | undefined; ;) {
		const ids = await db.transaction((tx) => verifyBatch(tx, last, batch, onFault), ONE_INSTANT);
		grievances += ids.length;
		last = ids.at(-1);
		if (last === undefined) return grievances;
	}
}

async function verifyBatch(
	tx: Tx,
	after: string | undefined,
	batch: number,
	onFault: (fault: Fault) => void,
): Promise<string[]> {
	const rows = await tx
		.select({ id: grievance.id })
		.from(grievance)
		.where(after === undefined ? undefined : gt(grievance.id, after))
		.orderBy(asc(grievance.id))
		.limit(batch);
	const ids = rows.map((row) => row.id);
	if (ids.length === 0) return [];
	const tell = (chain: Chain, verdicts: Map<string, ChainVerdict>) => {
		for (const [grievanceId, verdict] of verdicts) {
			if (!verdict.ok) onFault({ chain, grievanceId, seq: verdict.seq, reason: verdict.reason });
		}
	};
	tell('timeline', await verifyTimelines(tx, ids));
	tell('access log', await verifyAccess(tx, ids));
	return ids;
}
