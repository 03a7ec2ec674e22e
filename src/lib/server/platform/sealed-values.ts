import { is, sql, type SQL } from 'drizzle-orm';
import { getTableConfig, PgTable, type PgColumn } from 'drizzle-orm/pg-core';
import { sealedPurpose } from '#lib/server/db/schema/columns.ts';
import * as schema from '#lib/server/db/schema/index.ts';
import { FORMAT } from './crypto.ts';
import type { Db, Tx } from './db.ts';
import { SEALED_PAYLOAD } from './jobs.ts';

export interface SealedColumn {
	column: PgColumn;
	purpose: string;
}

export interface SealedTable {
	name: string;
	table: PgTable;
	primaryKey: readonly PgColumn[];
	columns: readonly SealedColumn[];
}

/** Every table with `sealedText` columns, as the schema has them: no list to forget one on. */
export function sealedTables(): SealedTable[] {
	return Object.values<unknown>(schema)
		.filter((one) => is(one, PgTable))
		.map(sealedTable)
		.filter(({ columns }) => columns.length > 0);
}

function sealedTable(table: PgTable): SealedTable {
	const { name, columns, primaryKeys } = getTableConfig(table);
	return {
		name,
		table,
		primaryKey: primaryKeys[0]?.columns ?? columns.filter((column) => column.primary),
		columns: columns.flatMap((column) => {
			const purpose = sealedPurpose(column);
			return purpose === null ? [] : [{ column, purpose }];
		}),
	};
}

/** Longest header: format, length, and the 16 characters that a key id may have. */
const HEADER_BYTES = 18;

/** Format and key id of sealed bytes, read by the database itself. Damaged ones have format 0. */
const headers = (source: SQL, bytes: SQL) => sql`
	select case when length(head) < 2 then 0 else get_byte(head, 0) end as format,
		case when length(head) < 2 then '' else encode(substring(head from 3 for get_byte(head, 1)), 'escape') end
			as "keyId",
		count(*)::int as count
	from (select substring(${bytes} from 1 for ${HEADER_BYTES}) as head from ${source}
		where ${bytes} is not null) as sealed
	group by 1, 2`;

export interface HeldByKey {
	keyId: string;
	/** Values in columns and in queued jobs. */
	count: number;
	/** How many of them are of an older format. */
	old: number;
}

/** How many sealed values each key holds, wherever they lie. Reads every table once. */
export async function countByKey(db: Db | Tx): Promise<HeldByKey[]> {
	const columns = sealedTables().flatMap(({ table, columns }) =>
		columns.map(({ column }) => headers(sql`${table}`, sql`${column}`)),
	);
	const jobs = Object.keys(SEALED_PAYLOAD).map((field) =>
		headers(
			sql`graphile_worker._private_jobs`,
			sql`decode(payload ->> ${sql.raw(`'${field}'`)}, 'base64')`,
		),
	);
	const rows = await db.execute<{ keyId: string; count: number; old: number }>(sql`
		select "keyId", sum(count)::int as count,
			coalesce(sum(count) filter (where format <> ${FORMAT}), 0)::int as old
		from (${sql.join([...columns, ...jobs], sql` union all `)}) as one
		group by 1 order by 1`);
	return rows.map(({ keyId, count, old }) => ({ keyId, count, old }));
}
