import { customType, PgCustomColumn, timestamp, uuid, type PgColumn } from 'drizzle-orm/pg-core';
import { is, sql } from 'drizzle-orm';
import { seal, unseal } from '#lib/server/platform/crypto.ts';

/** Primary key that sorts by time of making. */
export const id = () =>
	uuid('id')
		.primaryKey()
		.default(sql`uuidv7()`);

/** An instant, UTC. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** Instant of the one clock, set by the database. */
export const createdAt = (name = 'created_at') =>
	instant(name)
		.notNull()
		.default(sql`app_now()`);

/** Bytes that need no secrecy by themselves: hashes, blind indexes. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({
	dataType: () => 'bytea',
});

/** Stands for a value where a sealed column is asked for its purpose. */
const PURPOSE = Buffer.from('purpose');

/** Personal text: AES-256-GCM at rest, clear in the program. `purpose` is authenticated with it. */
export const sealedText = (name: string, purpose = name) =>
	customType<{ data: string; driverData: Buffer }>({
		dataType: () => 'bytea',
		toDriver: (text) => seal(text, purpose),
		fromDriver: (sealed) => (sealed === PURPOSE ? purpose : unseal(Buffer.from(sealed), purpose)),
	})(name);

/**
 * The purpose with which a column's values are sealed; null for a column that is not `sealedText`.
 * Drizzle keeps what a column was made with to itself: only its mapping can be asked.
 */
export function sealedPurpose(column: PgColumn): string | null {
	if (!is(column, PgCustomColumn)) return null;
	const answer: unknown = column.mapFromDriverValue(PURPOSE);
	return typeof answer === 'string' ? answer : null;
}

/** `[from, to)` of instants, as PostgreSQL writes it; made by `rangeOf`. */
export const instantRange = customType<{ data: string }>({ dataType: () => 'tstzrange' });

/** Text of a half-open range; no end means open. */
export function rangeOf(from: Date, to: Date | null): string {
	return `[${from.toISOString()},${to ? to.toISOString() : ''})`;
}
