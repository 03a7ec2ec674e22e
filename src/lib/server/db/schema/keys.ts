import { pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { bytes, createdAt } from './columns.ts';

export const keyKind = pgEnum('key_kind', ['data', 'index']);

/** What shows at start that a key is the one with which this database was written; never the key. */
export const keyCheck = pgTable(
	'key_check',
	{
		kind: keyKind('kind').notNull(),
		/** The master key's id; the index key has none. */
		keyId: text('key_id').notNull(),
		/** Data key: a known text sealed under it. Index key: keyed hash of a known text. */
		proof: bytes('proof').notNull(),
		createdAt: createdAt(),
	},
	(t) => [primaryKey({ columns: [t.kind, t.keyId] })],
);
