import { bigint, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';

/**
 * Every view of a citizen's data by staff. Append-only and hash-chained a grievance; place in the
 * chain and hash are set by a trigger, whatever an insert says (see `chainedAccess` in audit).
 */
export const accessLog = pgTable(
	'access_log',
	{
		id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		at: createdAt('at'),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		/** Page or action that showed it. */
		reason: text('reason').notNull(),
		seq: integer('seq').notNull().default(0),
		prevHash: text('prev_hash').notNull().default(''),
		hash: text('hash').notNull().default(''),
		/** Of what may be asked for many times while it is looked at once: one row a key. */
		onceKey: text('once_key').unique(),
	},
	(t) => [index('access_log_grievance').on(t.grievanceId, t.at)],
);

/** End of each grievance's access log: apart from its rows, so that a cut tail is found. */
export const accessLogHead = pgTable('access_log_head', {
	grievanceId: uuid('grievance_id')
		.primaryKey()
		.references(() => grievance.id),
	count: integer('count').notNull(),
	hash: text('hash').notNull(),
});
