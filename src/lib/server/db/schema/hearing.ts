import { sql } from 'drizzle-orm';
import {
	check,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	text,
	unique,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { booking, sitting } from './appointment.ts';
import { createdAt, id, instant, sealedText } from './columns.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';

export const hearingState = pgEnum('hearing_state', [
	'scheduled',
	'lobby_open',
	'in_session',
	'paused',
	'concluded',
	'cancelled',
]);
export const disposition = pgEnum('disposition', [
	'heard',
	'adjourned',
	'citizen_absent',
	'officer_absent',
	'technical_failure',
]);
export const hearingOrder = pgEnum('hearing_order', [
	'granted',
	'partly_granted',
	'refused',
	'none_yet',
]);

export const hearing = pgTable(
	'hearing',
	{
		id: id(),
		bookingId: uuid('booking_id')
			.notNull()
			.unique()
			.references(() => booking.id),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		state: hearingState('state').notNull().default('scheduled'),
		/** Place in the queue; starts as the token number, a skip moves it back. */
		queueRank: integer('queue_rank').notNull(),
		calledAt: instant('called_at'),
		/** The citizen may answer a call until then (120 s). */
		callUntil: instant('call_until'),
		startedAt: instant('started_at'),
		concludedAt: instant('concluded_at'),
		disposition: disposition('disposition'),
		order: hearingOrder('hearing_order'),
		reasons: sealedText('reasons', 'order_reasons'),
		concludedByPersonId: uuid('concluded_by_person_id').references(() => person.id),
		nextBookingId: uuid('next_booking_id').references(() => booking.id),
		/** One LiveKit room a hearing. */
		room: text('room').notNull().unique(),
		/** Public number of the proceeding, given at its end. */
		proceedingNo: text('proceeding_no').unique(),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		index('hearing_sitting').on(t.sittingId),
		index('hearing_grievance').on(t.grievanceId),
		uniqueIndex('hearing_one_in_session')
			.on(t.sittingId)
			.where(sql`state in ('in_session', 'paused')`),
		check('hearing_call_has_end', sql`(called_at is null) = (call_until is null)`),
		check(
			'hearing_concluded_has_disposition',
			sql`(state = 'concluded') = (disposition is not null and concluded_at is not null)`,
		),
		check(
			'hearing_heard_has_order',
			sql`disposition is distinct from 'heard' or hearing_order is not null`,
		),
		check(
			'hearing_refusal_has_reasons',
			sql`hearing_order is distinct from 'refused' or reasons is not null`,
		),
		check(
			'hearing_adjourned_has_date',
			sql`disposition is distinct from 'adjourned' or next_booking_id is not null`,
		),
	],
);

export const presence = pgEnum('presence', [
	'invited',
	'checked_in',
	'called',
	'in_room',
	'dropped',
	'left',
	'removed',
]);
export const hearingPartyKind = pgEnum('hearing_party_kind', [
	'citizen',
	'hearing_officer',
	'summoned_post',
	'representative',
	'clerk',
	'observer',
]);

export const hearingParty = pgTable(
	'hearing_party',
	{
		id: id(),
		hearingId: uuid('hearing_id')
			.notNull()
			.references(() => hearing.id),
		kind: hearingPartyKind('kind').notNull(),
		/** Citizen or post, by `kind`. */
		partyId: uuid('party_id').notNull(),
		/** LiveKit identity, stable per hearing and party. */
		identity: text('identity').notNull().unique(),
		presence: presence('presence').notNull().default('invited'),
		/** LiveKit participant that the presence speaks of; events of older ones change nothing. */
		sid: text('sid'),
		checkedInAt: instant('checked_in_at'),
		/** Last sign of life from the waiting page. */
		seenAt: instant('seen_at'),
	},
	(t) => [unique('hearing_party_once').on(t.hearingId, t.kind, t.partyId)],
);

/** Time in the room, one row a LiveKit participant: attendance is computed from these. */
export const attendance = pgTable('attendance', {
	sid: text('sid').primaryKey(),
	partyId: uuid('party_id')
		.notNull()
		.references(() => hearingParty.id),
	joinedAt: instant('joined_at').notNull(),
	leftAt: instant('left_at'),
	reason: text('reason'),
});

/** Webhooks as they came; the id makes a repeated one harmless. */
export const livekitEvent = pgTable('livekit_event', {
	id: text('id').primaryKey(),
	type: text('type').notNull(),
	room: text('room').notNull(),
	body: jsonb('body').notNull(),
	receivedAt: createdAt('received_at'),
	processedAt: instant('processed_at'),
});

export const directionKind = pgEnum('direction_kind', ['report', 'action']);
export const directionState = pgEnum('direction_state', [
	'drafted',
	'open',
	'answered',
	'cancelled',
]);

/** An instruction to a post with a due date; it climbs by itself, apart from the grievance. */
export const direction = pgTable(
	'direction',
	{
		id: id(),
		hearingId: uuid('hearing_id')
			.notNull()
			.references(() => hearing.id),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		kind: directionKind('kind').notNull(),
		text: sealedText('text', 'direction_text').notNull(),
		issuerPostId: uuid('issuer_post_id')
			.notNull()
			.references(() => post.id),
		/** The post that was named, and the one that holds it now. */
		directedPostId: uuid('directed_post_id')
			.notNull()
			.references(() => post.id),
		ownerPostId: uuid('owner_post_id')
			.notNull()
			.references(() => post.id),
		ownedSince: instant('owned_since').notNull(),
		state: directionState('state').notNull().default('drafted'),
		level: integer('level').notNull().default(1),
		/** End of the due day that the officer named. */
		dueAt: instant('due_at').notNull(),
		/** Deadline of the present level; the first one is `dueAt`. */
		deadline: instant('deadline').notNull(),
		nextScanAt: instant('next_scan_at'),
		breachedAt: instant('breached_at'),
		issuedAt: instant('issued_at'),
		createdAt: createdAt(),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		index('direction_owner').on(t.ownerPostId, t.state, t.deadline),
		index('direction_grievance').on(t.grievanceId),
		index('direction_hearing').on(t.hearingId),
		index('direction_scan')
			.on(t.nextScanAt)
			.where(sql`next_scan_at is not null`),
		check('direction_open_is_scanned', sql`(state = 'open') = (next_scan_at is not null)`),
		check('direction_issued', sql`state = 'drafted' or issued_at is not null`),
	],
);

/** Action taken report: what was done, with proof. One final report a direction. */
export const actionTakenReport = pgTable('action_taken_report', {
	id: id(),
	directionId: uuid('direction_id')
		.notNull()
		.unique()
		.references(() => direction.id),
	postId: uuid('post_id')
		.notNull()
		.references(() => post.id),
	personId: uuid('person_id')
		.notNull()
		.references(() => person.id),
	text: sealedText('text', 'report_text').notNull(),
	at: instant('at').notNull(),
});
