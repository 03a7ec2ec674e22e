import { bigint, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';

/** Every view of a citizen's data by staff. Append-only (trigger). */
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
	},
	(t) => [index('access_log_grievance').on(t.grievanceId, t.at)],
);
