import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	date,
	index,
	integer,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { REMINDERS } from '#lib/domain/appointment/reminder.ts';
import { createdAt, id, instant, instantRange, sealedText } from './columns.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';
import { absence, hearingMode, seatQuota } from './schedule.ts';

export const sittingState = pgEnum('sitting_state', [
	'planned',
	'open',
	'paused',
	'closed',
	'cancelled',
]);

/** At the officer's desk, or among the people: a camp in a village (jan chaupal). */
export const sittingKind = pgEnum('sitting_kind', ['office', 'camp']);

/** One officer's hearing day; its bookings are the cause list. */
export const sitting = pgTable(
	'sitting',
	{
		id: id(),
		kind: sittingKind('kind').notNull().default('office'),
		/** Made by the post's schedule, and follows its changes; others are a clerk's own. */
		scheduled: boolean('scheduled').notNull().default(false),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		date: date('date').notNull(),
		startsAt: instant('starts_at').notNull(),
		endsAt: instant('ends_at').notNull(),
		mode: hearingMode('mode').notNull(),
		place: text('place'),
		/** Where the place is on a map; https only. */
		mapUrl: text('map_url'),
		state: sittingState('state').notNull().default('planned'),
		openedAt: instant('opened_at'),
		closedAt: instant('closed_at'),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		unique('sitting_start').on(t.postId, t.startsAt),
		index('sitting_day').on(t.postId, t.date),
		check('sitting_times', sql`starts_at < ends_at`),
		check('sitting_map', sql`map_url is null or map_url like 'https://%'`),
		check('sitting_camp_place', sql`kind = 'office' or place is not null`),
	],
);

export const inviteeRole = pgEnum('invitee_role', ['mp', 'mla', 'sarpanch', 'councillor', 'other']);

/** A representative who is asked to come to a sitting among the people. */
export const sittingInvitee = pgTable(
	'sitting_invitee',
	{
		id: id(),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		role: inviteeRole('role').notNull(),
		name: sealedText('name', 'invitee_name').notNull(),
		mobile: sealedText('mobile').notNull(),
		createdAt: createdAt(),
		/** When the message went out; null before. */
		invitedAt: instant('invited_at'),
		/** Taken off the list after the invitation went out: is told. */
		withdrawnAt: instant('withdrawn_at'),
	},
	(t) => [index('sitting_invitee_sitting').on(t.sittingId)],
);

export const slotState = pgEnum('slot_state', ['open', 'closing', 'closed']);

/** No two live slots of a post overlap (exclusion constraint `slot_no_overlap`). */
export const slot = pgTable(
	'slot',
	{
		id: id(),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		startsAt: instant('starts_at').notNull(),
		endsAt: instant('ends_at').notNull(),
		state: slotState('state').notNull().default('open'),
	},
	(t) => [
		unique('slot_start').on(t.sittingId, t.startsAt),
		index('slot_post_time').on(t.postId, t.startsAt),
	],
);

/** `booking`: somebody chooses. `offer`: the waiting list offers, by SMS, for longer. */
export const holdKind = pgEnum('hold_kind', ['booking', 'offer']);

/** Temporary claim on a seat; the seat says whether it still stands. */
export const hold = pgTable(
	'hold',
	{
		id: id(),
		kind: holdKind('kind').notNull().default('booking'),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		slotId: uuid('slot_id')
			.notNull()
			.references(() => slot.id),
		heldUntil: instant('held_until').notNull(),
		createdAt: createdAt(),
	},
	(t) => [index('hold_grievance').on(t.grievanceId)],
);

/** One row a place on a slot; the row is the lock. */
export const seat = pgTable(
	'seat',
	{
		id: id(),
		slotId: uuid('slot_id')
			.notNull()
			.references(() => slot.id),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		seatNo: integer('seat_no').notNull(),
		/** Serial in the whole sitting, fixed when the seat is made, never renumbered. */
		tokenNo: integer('token_no').notNull(),
		quota: seatQuota('quota').notNull().default('general'),
		/** From when a seat that its quota did not use is anybody's; null: never. */
		generalFrom: instant('general_from'),
		/** An extra seat beyond the slot's capacity: on whose word, and why. */
		extraAuthority: text('extra_authority'),
		extraReason: text('extra_reason'),
		bookingId: uuid('booking_id')
			.unique()
			.references((): AnyPgColumn => booking.id),
		holdId: uuid('hold_id')
			.unique()
			.references(() => hold.id),
		heldUntil: instant('held_until'),
	},
	(t) => [
		unique('seat_of_slot').on(t.slotId, t.seatNo),
		unique('seat_token').on(t.sittingId, t.tokenNo),
		index('seat_free')
			.on(t.slotId, t.seatNo)
			.where(sql`booking_id is null`),
		check('seat_booked_or_held', sql`booking_id is null or hold_id is null`),
		check('seat_hold_has_end', sql`(hold_id is null) = (held_until is null)`),
		check('seat_extra_has_reason', sql`(extra_authority is null) = (extra_reason is null)`),
	],
);

export const bookingStatus = pgEnum('booking_status', [
	'proposed',
	'confirmed',
	'fulfilled',
	'excused',
	'revoked',
	'no_show',
	'superseded',
]);

/** How the appointment came about. */
export const bookingChannel = pgEnum('booking_channel', [
	'desk',
	'walk_in',
	'proposal',
	'citizen',
	'waiting_list',
	'follow_up',
	'move',
]);

export const booking = pgTable(
	'booking',
	{
		id: id(),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		slotId: uuid('slot_id')
			.notNull()
			.references(() => slot.id),
		during: instantRange('during').notNull(),
		tokenNo: integer('token_no').notNull(),
		status: bookingStatus('status').notNull(),
		channel: bookingChannel('channel').notNull().default('desk'),
		/** Until when a proposal waits for the citizen's word. */
		answerBy: instant('answer_by'),
		/** Why another post hears than the rule says. */
		otherPostReason: text('other_post_reason'),
		/** Why it was moved or called off. */
		endReason: text('end_reason'),
		endedAt: instant('ended_at'),
		/** The clerk saw the citizen come. */
		arrivedAt: instant('arrived_at'),
		/** Path of the citizen's link, `/h/<code>`: finds the hearing, opens nothing by itself. */
		linkCode: text('link_code').notNull().unique(),
		icsUid: text('ics_uid').notNull(),
		icsSequence: integer('ics_sequence').notNull().default(0),
		bookedByPersonId: uuid('booked_by_person_id').references(() => person.id),
		bookedByPostId: uuid('booked_by_post_id').references(() => post.id),
		onBehalfOf: uuid('on_behalf_of'),
		supersedesId: uuid('supersedes_id').references((): AnyPgColumn => booking.id),
		createdAt: createdAt(),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		uniqueIndex('booking_one_live')
			.on(t.grievanceId)
			.where(sql`status in ('proposed', 'confirmed')`),
		index('booking_sitting').on(t.sittingId),
		index('booking_slot').on(t.slotId),
		index('booking_unanswered')
			.on(t.answerBy)
			.where(sql`status = 'proposed'`),
		check('booking_proposal_has_end', sql`status <> 'proposed' or answer_by is not null`),
	],
);

export const partyKind = pgEnum('booking_party_kind', ['citizen', 'post']);

/** Who must be there. Nobody is in two sittings at once (exclusion constraint). */
export const bookingParty = pgTable(
	'booking_party',
	{
		id: id(),
		bookingId: uuid('booking_id')
			.notNull()
			.references(() => booking.id),
		kind: partyKind('kind').notNull(),
		/** Citizen or post, by `kind`. */
		partyId: uuid('party_id').notNull(),
		sittingId: uuid('sitting_id')
			.notNull()
			.references(() => sitting.id),
		during: instantRange('during').notNull(),
		live: boolean('live').notNull().default(true),
	},
	(t) => [unique('booking_party_once').on(t.bookingId, t.partyId)],
);

export const reminderKind = pgEnum('booking_reminder_kind', REMINDERS);

/** Reminders that went out: each kind once for a booking as its calendar entry stands. */
export const bookingReminder = pgTable(
	'booking_reminder',
	{
		bookingId: uuid('booking_id')
			.notNull()
			.references(() => booking.id),
		icsSequence: integer('ics_sequence').notNull(),
		kind: reminderKind('kind').notNull(),
		sentAt: createdAt('sent_at'),
	},
	(t) => [primaryKey({ columns: [t.bookingId, t.icsSequence, t.kind] })],
);

export const waitingState = pgEnum('waiting_state', ['waiting', 'offered', 'placed', 'left']);

/** A grievance that waits for a seat; seats that come free are offered in order. */
export const waitingEntry = pgTable(
	'waiting_entry',
	{
		id: id(),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		/** Who is to hear it. */
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		/** The office took a date away: before all others. */
		atHead: boolean('at_head').notNull().default(false),
		since: createdAt('since'),
		/** The citizen cannot come before this IST date. */
		notBefore: date('not_before'),
		state: waitingState('state').notNull().default('waiting'),
		holdId: uuid('hold_id')
			.unique()
			.references(() => hold.id),
		offeredUntil: instant('offered_until'),
		/** How often an offer ran out or was declined. */
		offersMissed: integer('offers_missed').notNull().default(0),
		endedAt: instant('ended_at'),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		uniqueIndex('waiting_entry_one_live')
			.on(t.grievanceId)
			.where(sql`state in ('waiting', 'offered')`),
		index('waiting_entry_order')
			.on(t.postId, t.atHead, t.since)
			.where(sql`state = 'waiting'`),
		index('waiting_entry_offers')
			.on(t.offeredUntil)
			.where(sql`state = 'offered'`),
		check(
			'waiting_entry_offer',
			sql`(state = 'offered') = (offered_until is not null) and (state <> 'offered' or hold_id is not null)`,
		),
	],
);

export const bulkMoveState = pgEnum('bulk_move_state', ['planned', 'running', 'done', 'dropped']);

/**
 * Bookings of an officer whose time is taken away go elsewhere. The cause is an absence, a sitting that
 * nobody opened, or, with neither, a change of the schedule.
 */
export const bulkMove = pgTable(
	'bulk_move',
	{
		id: id(),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		absenceId: uuid('absence_id').references(() => absence.id),
		sittingId: uuid('sitting_id').references(() => sitting.id),
		state: bulkMoveState('state').notNull().default('planned'),
		/** Null: by itself, at the end of a day. */
		startedByPersonId: uuid('started_by_person_id').references(() => person.id),
		startedByPostId: uuid('started_by_post_id').references(() => post.id),
		createdAt: createdAt(),
		finishedAt: instant('finished_at'),
	},
	() => [
		uniqueIndex('bulk_move_one_live')
			.on(sql`coalesce(absence_id, sitting_id, post_id)`)
			.where(sql`state in ('planned', 'running')`),
		check('bulk_move_one_cause', sql`num_nonnulls(absence_id, sitting_id) <= 1`),
		check(
			'bulk_move_starter_whole',
			sql`num_nonnulls(started_by_person_id, started_by_post_id) in (0, 2)`,
		),
	],
);

export const bulkMoveItemState = pgEnum('bulk_move_item_state', [
	'planned',
	'moved',
	'waiting',
	/** Was called off or moved by somebody else meanwhile. */
	'skipped',
]);

/** What becomes of one booking of a bulk move. */
export const bulkMoveItem = pgTable(
	'bulk_move_item',
	{
		id: id(),
		bulkMoveId: uuid('bulk_move_id')
			.notNull()
			.references(() => bulkMove.id),
		bookingId: uuid('booking_id')
			.notNull()
			.references(() => booking.id),
		/** Planned new slot; null: the waiting list. */
		targetSlotId: uuid('target_slot_id').references(() => slot.id),
		state: bulkMoveItemState('state').notNull().default('planned'),
		newBookingId: uuid('new_booking_id').references((): AnyPgColumn => booking.id),
	},
	(t) => [
		unique('bulk_move_item_once').on(t.bulkMoveId, t.bookingId),
		index('bulk_move_item_open')
			.on(t.bulkMoveId)
			.where(sql`state = 'planned'`),
	],
);

/** Private read-only address of a person's calendar in one post; revocable. */
export const calendarFeed = pgTable(
	'calendar_feed',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		/** SHA-256 of the secret in the address. */
		tokenHash: text('token_hash').notNull().unique(),
		createdAt: createdAt(),
		revokedAt: instant('revoked_at'),
		lastReadAt: instant('last_read_at'),
	},
	(t) => [
		uniqueIndex('calendar_feed_one_live')
			.on(t.personId, t.postId)
			.where(sql`revoked_at is null`),
	],
);
