import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
	date,
	index,
	integer,
	pgEnum,
	pgTable,
	text,
	time,
	unique,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, instantRange } from './columns.ts';
import { grievance } from './grievance.ts';
import { person, post } from './masters.ts';

export const hearingMode = pgEnum('hearing_mode', ['video', 'in_person', 'hybrid']);

export const schedule = pgTable('schedule', {
	id: id(),
	postId: uuid('post_id')
		.notNull()
		.unique()
		.references(() => post.id),
	mode: hearingMode('mode').notNull(),
	/** Earliest booking before a slot, and how many days ahead slots exist. */
	leadMinutes: integer('lead_minutes').notNull().default(0),
	horizonDays: integer('horizon_days').notNull().default(14),
});

export const availabilityRule = pgTable(
	'availability_rule',
	{
		id: id(),
		scheduleId: uuid('schedule_id')
			.notNull()
			.references(() => schedule.id),
		/** 0 = Sunday. */
		weekdays: integer('weekdays').array().notNull(),
		from: time('from_time').notNull(),
		to: time('to_time').notNull(),
		slotMinutes: integer('slot_minutes').notNull(),
		capacity: integer('capacity').notNull(),
		validFrom: date('valid_from').notNull(),
		validTo: date('valid_to'),
	},
	() => [
		check(
			'availability_rule_times',
			sql`from_time < to_time and slot_minutes between 5 and 240 and capacity between 1 and 50`,
		),
	],
);

/** A day on which the schedule does not hold: leave, meeting, election. */
export const scheduleException = pgTable(
	'schedule_exception',
	{
		id: id(),
		scheduleId: uuid('schedule_id')
			.notNull()
			.references(() => schedule.id),
		date: date('date').notNull(),
		reason: text('reason').notNull(),
	},
	(t) => [unique('schedule_exception_day').on(t.scheduleId, t.date)],
);

export const sittingState = pgEnum('sitting_state', [
	'planned',
	'open',
	'paused',
	'closed',
	'cancelled',
]);

/** One officer's hearing day; its bookings are the cause list. */
export const sitting = pgTable(
	'sitting',
	{
		id: id(),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		date: date('date').notNull(),
		startsAt: instant('starts_at').notNull(),
		endsAt: instant('ends_at').notNull(),
		mode: hearingMode('mode').notNull(),
		place: text('place'),
		state: sittingState('state').notNull().default('planned'),
		openedAt: instant('opened_at'),
		closedAt: instant('closed_at'),
		version: integer('version').notNull().default(1),
	},
	(t) => [
		unique('sitting_start').on(t.postId, t.startsAt),
		index('sitting_day').on(t.postId, t.date),
		check('sitting_times', sql`starts_at < ends_at`),
	],
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

export const seatQuota = pgEnum('seat_quota', [
	'general',
	'desk',
	'senior_citizen',
	'disability',
	'women',
	'urgent',
]);

/** Temporary claim on a seat. */
export const hold = pgTable('hold', {
	id: id(),
	grievanceId: uuid('grievance_id')
		.notNull()
		.references(() => grievance.id),
	slotId: uuid('slot_id')
		.notNull()
		.references(() => slot.id),
	heldUntil: instant('held_until').notNull(),
	createdAt: createdAt(),
});

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
