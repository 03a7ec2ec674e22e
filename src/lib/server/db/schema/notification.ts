import { boolean, index, integer, pgEnum, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant, sealedText } from './columns.ts';
import { booking } from './appointment.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';

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

export const mailState = pgEnum('mail_state', [
	'queued',
	'sent',
	/** The server refused it for good. */
	'failed',
	/** Something newer came before it went out. */
	'dropped',
]);

/** A mail to an officer about a hearing; its words and calendar file are made when it is sent. */
export const mailOutbox = pgTable(
	'mail_outbox',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		/** As whose holder the person gets it. */
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		bookingId: uuid('booking_id')
			.notNull()
			.references(() => booking.id),
		/** Of the calendar entry. */
		icsSequence: integer('ics_sequence').notNull(),
		/** The hearing was moved away from this post: for it, it does not take place. */
		movedAway: boolean('moved_away').notNull(),
		/** One mail a cause and person. */
		dedupeKey: text('dedupe_key').notNull().unique(),
		state: mailState('state').notNull().default('queued'),
		createdAt: createdAt(),
		sentAt: instant('sent_at'),
	},
	(t) => [index('mail_outbox_time').on(t.createdAt)],
);
