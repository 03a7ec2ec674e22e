import { integer, pgEnum, pgTable, unique, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.ts';
import { post } from './masters.ts';

export const escalationSubject = pgEnum('escalation_subject', ['grievance', 'direction']);

/** One row a move: a level is reached once, however many workers scan. */
export const escalation = pgTable(
	'escalation',
	{
		id: id(),
		subject: escalationSubject('subject').notNull(),
		subjectId: uuid('subject_id').notNull(),
		/** The level reached. */
		level: integer('level').notNull(),
		fromPostId: uuid('from_post_id')
			.notNull()
			.references(() => post.id),
		toPostId: uuid('to_post_id')
			.notNull()
			.references(() => post.id),
		at: createdAt('at'),
	},
	(t) => [unique('escalation_once').on(t.subject, t.subjectId, t.level)],
);
