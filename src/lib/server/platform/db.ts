import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { Refusal } from '#lib/domain/refusal.ts';

export type Db = PostgresJsDatabase;
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

/** Opens a pool. Drizzle sends and reads times as text, so the raw client is for LISTEN and checks. */
export function openDatabase(url: string, { max = 10 }: { max?: number } = {}) {
	const client = preparing(postgres(url, { max, onnotice: () => {}, connect_timeout: 5 }));
	const { begin } = client;
	// A transaction has a client of its own.
	const transaction = (work: (tx: postgres.TransactionSql) => unknown) =>
		begin((tx) => work(preparing(tx)));
	Object.assign(client, { begin: transaction });
	return { db: drizzle(client), sql: client, close: () => client.end({ timeout: 5 }) };
}

/**
 * Lets queries be parsed and planned once a connection instead of at every call: most of ours take
 * longer to plan than to run, and drizzle asks for none of it. The driver renews its connections
 * within the hour, and with them goes what they have prepared.
 */
function preparing<Client extends postgres.ISql>(client: Client): Client {
	const { unsafe } = client;
	const prepared: typeof unsafe = (query, values = [], options = {}) =>
		unsafe(query, values, values.length > 0 ? { ...options, prepare: true } : options);
	return Object.assign(client, { unsafe: prepared });
}

/** The row, or a `not_found` refusal. */
export function found<Row>(row: Row | undefined | null): Row {
	if (row === undefined || row === null) throw new Refusal('not_found');
	return row;
}

/** The one row of a guarded update or insert; nothing written means somebody was faster. */
export function written<Row>(rows: readonly Row[]): Row {
	const [row] = rows;
	if (row === undefined) throw new Refusal('stale');
	return row;
}

const RETRYABLE = new Set(['40001', '40P01']);

/** SQLSTATE of a database error wrapped by drizzle or not; null for anything else. */
export function sqlState(error: unknown): string | null {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if ('code' in at && typeof at.code === 'string' && /^[0-9A-Z]{5}$/.test(at.code))
			return at.code;
	}
	return null;
}

/** What went wrong, for an operator: drizzle's own message would repeat the query and its values. */
export function plainMessage(problem: unknown): string {
	let at = problem;
	while (at instanceof Error && at.cause instanceof Error) at = at.cause;
	return at instanceof Error ? at.message : String(at);
}

/** Constraint named by a database error, when it names one. */
export function violatedConstraint(error: unknown): string | null {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if ('constraint_name' in at && typeof at.constraint_name === 'string')
			return at.constraint_name;
	}
	return null;
}

/** One transaction; deadlocks and serialisation failures are tried again, five times at most. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await db.transaction(work);
		} catch (error) {
			if (attempt === 5 || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
			await new Promise((done) => setTimeout(done, Math.random() * 20 * attempt));
		}
	}
}

/** Announces on a channel that watchers of `id` should look again; sent at commit. */
export async function announce(tx: Tx | Db, channel: 'sitting', id: string): Promise<void> {
	await tx.execute(sql`select pg_notify(${channel}, ${id})`);
}
