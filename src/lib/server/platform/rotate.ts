import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { currentHeader, rewrap } from './crypto.ts';
import { inTransaction, sqlState, type Db, type Tx } from './db.ts';
import { SEALED_PAYLOAD } from './jobs.ts';
import { sealedTables, type SealedColumn, type SealedTable } from './sealed-values.ts';

/** A sealed value that does not open, by where it lies. */
export interface Damaged {
	place: string;
	key: string;
}

export interface RotationOptions {
	/** Rows of one transaction. */
	batch?: number;
	/** How long to wait for a row that somebody keeps locked; it is left then. */
	patienceMs?: number;
	/** Told after every table with work in it. */
	onTable?: (table: string, rewrapped: number) => void;
	onDamaged?: (damaged: Damaged) => void;
}

/**
 * Re-wraps every sealed value that is not under the first master key, while the product runs and
 * writes. Killed at any moment it has done whole batches, and the next run does the rest.
 *
 * Rows that somebody has locked are left out of their batch and waited for at the end, one by one
 * and with nothing else in hand, so no command ever waits in a circle with it. Returns how many
 * values were re-wrapped.
 */
export async function rewrapAll(
	db: Db,
	{ onTable = () => {}, onDamaged = () => {}, ...options }: RotationOptions = {},
): Promise<number> {
	let all = 0;
	for (const table of sealedTables()) {
		const rewrapped = await rewrapTable(db, table, { onDamaged, ...options });
		if (rewrapped > 0) onTable(table.name, rewrapped);
		all += rewrapped;
	}
	for (const [field, purpose] of Object.entries(SEALED_PAYLOAD)) {
		all += await rewrapJobs(db, field, purpose, onDamaged);
	}
	return all;
}

/** Values of a primary key, as text. */
type Key = readonly string[];

async function rewrapTable(
	db: Db,
	table: SealedTable,
	{ batch = 500, patienceMs = 10_000, onDamaged = () => {} }: RotationOptions,
): Promise<number> {
	let rewrapped = 0;
	const busy: Key[] = [];
	const note = (done: Batch) => {
		rewrapped += done.rewrapped;
		for (const damaged of done.damaged) onDamaged(damaged);
	};
	for (let last: Key | undefined; ;) {
		const keys = await staleKeys(db, table, last, batch);
		last = keys.at(-1);
		if (last === undefined) break;
		const done = await inTransaction(db, (tx) => rewrapRows(tx, table, keys, sql`skip locked`));
		note(done);
		busy.push(...keys.filter((key) => !done.met.has(key.join())));
	}
	for (const key of busy) {
		try {
			note(
				await inTransaction(db, async (tx) => {
					await tx.execute(sql`select set_config('lock_timeout', ${`${patienceMs}ms`}, true)`);
					return await rewrapRows(tx, table, [key], sql``);
				}),
			);
		} catch (problem) {
			if (sqlState(problem) !== LOCK_NOT_AVAILABLE) throw problem;
		}
	}
	return rewrapped;
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Keys of rows with something to do, behind `last` in the order of the primary key. */
async function staleKeys(
	db: Db,
	{ table, primaryKey, columns }: SealedTable,
	last: Key | undefined,
	limit: number,
): Promise<Key[]> {
	const names = tuple(primaryKey);
	const behind = last ? sql`(${names}) > (${keyValues(primaryKey, last)})` : sql`true`;
	const rows = await db.execute<Record<string, unknown>>(sql`
		select ${keyTexts(primaryKey)} as key from ${table}
		where (${hasStale(columns)}) and ${behind}
		order by ${names} limit ${limit}`);
	return rows.map((row) => textsOf(row['key']));
}

interface Batch {
	rewrapped: number;
	damaged: Damaged[];
	/** Keys of the rows that could be locked, joined. */
	met: Set<string>;
}

/** Those of the rows that still have something to do and, with `skip locked`, are free. */
async function rewrapRows(
	tx: Tx,
	{ name, table, primaryKey, columns }: SealedTable,
	keys: readonly Key[],
	ifLocked: SQL,
): Promise<Batch> {
	const wanted = list(keys.map((key) => sql`(${keyValues(primaryKey, key)})`));
	const rows = await tx.execute<Record<string, unknown>>(sql`
		select ${keyTexts(primaryKey)} as key,
			${list(columns.map(({ column }, n) => sql`${column} as ${sql.identifier(`value${n}`)}`))}
		from ${table}
		where (${tuple(primaryKey)}) in (${wanted}) and (${hasStale(columns)})
		for no key update ${ifLocked}`);
	const batch: Batch = { rewrapped: 0, damaged: [], met: new Set() };
	const updates = rows.map(async (row) => {
		const key = textsOf(row['key']);
		batch.met.add(key.join());
		const changes = columns.flatMap(({ column, purpose }, n) => {
			const old = bytesOf(row[`value${n}`]);
			if (!old || !needsRewrap(old)) return [];
			const renewed = rewrapped(old, purpose);
			if (!renewed) batch.damaged.push({ place: `${name}.${column.name}`, key: key.join() });
			return renewed ? [{ column, old, renewed }] : [];
		});
		if (changes.length === 0) return;
		const set = changes.map(
			({ column, renewed }) => sql`${sql.identifier(column.name)} = ${renewed}`,
		);
		// The lock keeps others out; the guard holds even if it should be taken away one day.
		const unchanged = changes.map(({ column, old }) => sql`${column} = ${old}`);
		const { count } = await tx.execute(sql`
			update ${table} set ${list(set)}
			where (${tuple(primaryKey)}) = (${keyValues(primaryKey, key)})
				and ${sql.join(unchanged, sql` and `)}`);
		if (count === 1) batch.rewrapped += changes.length;
	});
	await Promise.all(updates);
	return batch;
}

/** Jobs that wait, are tried again or have failed for good: a code is sealed in their payload. */
async function rewrapJobs(
	db: Db,
	field: string,
	purpose: string,
	onDamaged: (damaged: Damaged) => void,
): Promise<number> {
	const rows = await db.execute<{ id: string; sealed: string }>(sql`
		select id::text, payload ->> ${field} as sealed from graphile_worker._private_jobs
		where ${isStale(sql`decode(payload ->> ${field}, 'base64')`)}`);
	let done = 0;
	for (const { id, sealed } of rows) {
		const renewed = rewrapped(Buffer.from(sealed, 'base64'), purpose);
		if (!renewed) {
			onDamaged({ place: `job ${field}`, key: id });
			continue;
		}
		const { count } = await db.execute(sql`
			update graphile_worker._private_jobs
			set payload = (payload::jsonb || jsonb_build_object(${field}::text, ${renewed.toString('base64')}::text))::json
			where id = ${id}::bigint and payload ->> ${field} = ${sealed}`);
		done += count;
	}
	return done;
}

const list = (parts: readonly SQL[]) => sql.join([...parts], sql`, `);

const isStale = (bytes: SQL) => {
	const header = currentHeader();
	return sql`substring(${bytes} from 1 for ${header.length}::int) <> ${header}::bytea`;
};

const needsRewrap = (sealed: Buffer) => {
	const header = currentHeader();
	return !sealed.subarray(0, header.length).equals(header);
};

const hasStale = (columns: readonly SealedColumn[]) =>
	sql.join(
		columns.map(({ column }) => isStale(sql`${column}`)),
		sql` or `,
	);

const tuple = (primaryKey: readonly PgColumn[]) => list(primaryKey.map((column) => sql`${column}`));

const keyTexts = (primaryKey: readonly PgColumn[]) =>
	sql`array[${list(primaryKey.map((column) => sql`${column}::text`))}]`;

const keyValues = (primaryKey: readonly PgColumn[], key: readonly string[]) =>
	list(primaryKey.map((column, n) => sql`${key[n]}::text::${sql.raw(column.getSQLType())}`));

/** Null for what does not open: the rest must still be done. */
function rewrapped(sealed: Buffer, purpose: string): Buffer | null {
	try {
		return rewrap(sealed, purpose);
	} catch {
		return null;
	}
}

function bytesOf(value: unknown): Buffer | null {
	return value instanceof Uint8Array ? Buffer.from(value) : null;
}

function textsOf(value: unknown): string[] {
	if (!Array.isArray(value)) throw new Error('the primary key cannot be read');
	return value.map(String);
}
