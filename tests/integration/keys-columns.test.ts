import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getTableConfig } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealedUnder, seal, unseal } from '#lib/server/platform/crypto.ts';
import { rewrapAll } from '#lib/server/platform/rotate.ts';
import { countByKey, sealedTables } from '#lib/server/platform/sealed-values.ts';
import { testDatabase, useTestKeyring, type TestDatabase } from '../support/database.ts';
import { keyText, sealFormat1 } from '../support/keys.ts';

const OLD = keyText('old', 2);
const NEW = keyText('new', 1);

let database: TestDatabase;
beforeAll(async () => {
	database = await testDatabase();
	await withoutReferences(database.sql);
});
afterAll(() => database.close());

/**
 * Rows of any table can then stand alone. Triggers stay, they are part of what is tried; but for those
 * that ask for a living citizen.
 */
async function withoutReferences(sql: postgres.Sql) {
	const rules = await sql<{ table: string; rule: string }[]>`
		select conrelid::regclass::text as table, quote_ident(conname) as rule from pg_constraint
		where contype in ('f', 'c') and connamespace = 'public'::regnamespace and conrelid <> 0`;
	for (const { table, rule } of rules.filter(({ rule }) => !rule.endsWith('_not_null'))) {
		await sql.unsafe(`alter table ${table} drop constraint ${rule}`);
	}
	const guards = await sql<{ table: string; name: string }[]>`
		select tgrelid::regclass::text as table, quote_ident(tgname) as name from pg_trigger
		where tgfoid = 'refuse_erased_citizen'::regproc`;
	for (const { table, name } of guards) {
		await sql.unsafe(`alter table ${table} disable trigger ${name}`);
	}
}

interface ColumnFacts {
	name: string;
	type: string;
	label: string | null;
}

/** Something of each type for the columns that need something. */
function filler({ type, label }: ColumnFacts): string {
	if (label !== null) return `'${label}'`;
	const known: Record<string, string> = {
		uuid: 'gen_random_uuid()',
		text: 'md5(random()::text)',
		integer: '1',
		bigint: '1',
		boolean: 'false',
		date: 'current_date',
		jsonb: `'{}'`,
		bytea: 'sha256(random()::text::bytea)',
		'timestamp with time zone': 'now()',
		tstzrange: `'empty'`,
	};
	const found = known[type];
	if (found === undefined) throw new Error(`nothing to fill a ${type} with`);
	return found;
}

/** One row of the table, with these sealed values and no more than it must have. */
async function insertRow(sql: postgres.Sql, table: string, sealed: Record<string, Buffer>) {
	const needed = await sql<ColumnFacts[]>`
		select a.attname as name, format_type(a.atttypid, null) as type,
			(select enumlabel from pg_enum where enumtypid = a.atttypid order by enumsortorder limit 1) as label
		from pg_attribute a
		where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
			and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''`;
	const others = needed.filter(({ name }) => !(name in sealed));
	const names = [...Object.keys(sealed), ...others.map(({ name }) => name)];
	const values = [...Object.keys(sealed).map((_, n) => `$${n + 1}`), ...others.map(filler)];
	await sql.unsafe(
		`insert into "${table}" (${names.map((name) => `"${name}"`).join(', ')}) values (${values.join(', ')})`,
		Object.values(sealed),
	);
}

test('rotation reaches every sealed column of every table, of either format', async () => {
	const tables = sealedTables();
	useTestKeyring(OLD);
	for (const { name, columns } of tables) {
		const both = [
			seal,
			(text: string, purpose: string) =>
				sealFormat1(text, purpose, { id: 'old', key: Buffer.alloc(32, 2) }),
		];
		for (const sealing of both) {
			const row = columns.map(({ column, purpose }) => [
				column.name,
				sealing(`${name}.${column.name}`, purpose),
			]);
			await insertRow(database.sql, name, Object.fromEntries(row));
		}
	}
	const values = tables.flatMap(({ columns }) => columns).length * 2;
	expect(await countByKey(database.db)).toEqual([{ keyId: 'old', count: values, old: values / 2 }]);

	useTestKeyring(`${NEW},${OLD}`);
	// A batch smaller than a table: the walk must go on behind it.
	expect(await rewrapAll(database.db, { batch: 1 })).toBe(values);
	expect(await rewrapAll(database.db)).toBe(0);

	expect(await countByKey(database.db)).toEqual([{ keyId: 'new', count: values, old: 0 }]);
	useTestKeyring(NEW);
	for (const { name, columns } of tables) {
		for (const { column, purpose } of columns) {
			const rows = await database.sql<{ sealed: Uint8Array }[]>`
				select ${database.sql(column.name)} as sealed from ${database.sql(name)}`;
			const where = `${name}.${column.name}`;
			expect(rows, where).toHaveLength(2);
			for (const { sealed } of rows) {
				expect(sealedUnder(Buffer.from(sealed)), where).toEqual({ format: 2, keyId: 'new' });
				expect(unseal(Buffer.from(sealed), purpose)).toBe(where);
			}
		}
	}
});

test('the walk knows every column of bytes that the database has', async () => {
	const inDatabase = await database.sql<{ name: string }[]>`
		select table_name || '.' || column_name as name from information_schema.columns
		where table_schema = 'public' and data_type = 'bytea' order by 1`;
	const walked = sealedTables().flatMap(({ name, columns }) =>
		columns.map(({ column }) => `${name}.${column.name}`),
	);
	const hashes = inDatabase.map(({ name }) => name).filter((name) => !walked.includes(name));
	// What is not walked has to be told apart from sealed text by its name.
	expect(hashes.filter((name) => !/(_hash|_index|^key_check\.proof)$/.test(name))).toEqual([]);
	expect(inDatabase).toHaveLength(walked.length + hashes.length);
	for (const { table, primaryKey } of sealedTables()) {
		expect(primaryKey.length, getTableConfig(table).name).toBeGreaterThan(0);
	}
});

/** The product's own sources, tests left out. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
	.filter(
		(file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('paraglide'),
	)
	.map((file) => ({ file, text: readFileSync(join('src', file), 'utf8') }));

test('every column that the sources declare sealed is one that the walk finds', () => {
	const declared = sources
		.filter(({ file }) => file.startsWith('lib/server/db/schema/') && !file.endsWith('columns.ts'))
		.flatMap(({ text }) => text.match(/\bsealedText\(/g) ?? []);
	expect(declared).toHaveLength(sealedTables().flatMap(({ columns }) => columns).length);
});

test('nothing is sealed outside of those columns but payloads of jobs that the walk knows', () => {
	const calls = sources
		.filter(({ file }) => !/platform\/crypto\.ts$|schema\/columns\.ts$/.test(file))
		.flatMap(({ text }) => text.match(/\bseal\([^)]*\)/g) ?? []);
	expect(calls.length).toBeGreaterThan(0);
	// What a form carries comes back within the half hour.
	const known = /SEALED_PAYLOAD\.|\bCARRIED_/;
	expect(calls.filter((call) => !known.test(call))).toEqual([]);
});
