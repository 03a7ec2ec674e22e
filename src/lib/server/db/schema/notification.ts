import { index, integer, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant, sealedText } from './columns.ts';
import { grievance } from './grievance.ts';

export const smsState = pgEnum('sms_state', ['queued', 'sent', 'failed']);

/** Every SMS, sealed; the port's adapter hands it on. */
export const smsOutbox = pgTable(
	'sms_outbox',
	{
		id: id(),
		to: sealedText('to_mobile').notNull(),
		toIndex: bytes('to_index').notNull(),
		text: sealedText('text', 'sms_text').notNull(),
		template: text('template').notNull(),
		locale: text('locale').notNull(),
		/** One message a cause: a job that runs twice sends once. */
		dedupeKey: text('dedupe_key').notNull().unique(),
		grievanceId: uuid('grievance_id').references(() => grievance.id),
		state: smsState('state').notNull().default('queued'),
		attempts: integer('attempts').notNull().default(0),
		createdAt: createdAt(),
		sentAt: instant('sent_at'),
	},
	(t) => [index('sms_outbox_time').on(t.createdAt)],
);
