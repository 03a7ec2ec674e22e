import { sql } from 'drizzle-orm';
import {
	check,
	date,
	index,
	integer,
	pgEnum,
	pgTable,
	text,
	time,
	unique,
	uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from './columns.ts';
import { category, jurisdiction, person, post } from './masters.ts';

export const hearingMode = pgEnum('hearing_mode', ['video', 'in_person', 'hybrid']);

/** For whom a seat is kept until it is released. */
export const seatQuota = pgEnum('seat_quota', [
	'general',
	'desk',
	'senior_citizen',
	'disability',
	'women',
	'urgent',
]);

export const schedule = pgTable(
	'schedule',
	{
		id: id(),
		postId: uuid('post_id')
			.notNull()
			.unique()
			.references(() => post.id),
		mode: hearingMode('mode').notNull(),
		/** Earliest booking before a slot, and how many days ahead slots exist. */
		leadMinutes: integer('lead_minutes').notNull().default(0),
		horizonDays: integer('horizon_days').notNull().default(14),
		/** Until how long before it a citizen may move or cancel a hearing. */
		noticeHours: integer('notice_hours').notNull().default(24),
		/** Citizens a day at the most, over all sittings of the post; null: as many as there are seats. */
		maxPerDay: integer('max_per_day'),
		version: integer('version').notNull().default(1),
	},
	() => [
		check(
			'schedule_limits',
			sql`lead_minutes between 0 and 43200 and horizon_days between 1 and 180
				and notice_hours between 0 and 720 and (max_per_day is null or max_per_day between 1 and 500)`,
		),
	],
);

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
	(t) => [
		index('availability_rule_schedule').on(t.scheduleId),
		check(
			'availability_rule_times',
			sql`from_time < to_time and slot_minutes between 5 and 240 and capacity between 1 and 50`,
		),
	],
);

/** A pause within a rule's hours. */
export const availabilityBreak = pgTable(
	'availability_break',
	{
		id: id(),
		ruleId: uuid('rule_id')
			.notNull()
			.references(() => availabilityRule.id, { onDelete: 'cascade' }),
		from: time('from_time').notNull(),
		to: time('to_time').notNull(),
	},
	(t) => [
		index('availability_break_rule').on(t.ruleId),
		check('availability_break_times', sql`from_time < to_time`),
	],
);

/** Of a slot's seats so many are kept for some people, until so long before the slot. */
export const availabilityQuota = pgTable(
	'availability_quota',
	{
		id: id(),
		ruleId: uuid('rule_id')
			.notNull()
			.references(() => availabilityRule.id, { onDelete: 'cascade' }),
		quota: seatQuota('quota').notNull(),
		seats: integer('seats').notNull(),
		/** Hours before the slot at which what is left is anybody's. */
		releaseHours: integer('release_hours').notNull(),
	},
	(t) => [
		unique('availability_quota_once').on(t.ruleId, t.quota),
		check(
			'availability_quota_range',
			sql`quota <> 'general' and seats between 1 and 50 and release_hours between 0 and 720`,
		),
	],
);

export const scheduleExceptionKind = pgEnum('schedule_exception_kind', [
	'closed',
	'closed_between',
	'special',
]);

/** A date on which the schedule does not hold as usual: meeting, election, special hours. */
export const scheduleException = pgTable(
	'schedule_exception',
	{
		id: id(),
		scheduleId: uuid('schedule_id')
			.notNull()
			.references(() => schedule.id),
		date: date('date').notNull(),
		kind: scheduleExceptionKind('kind').notNull().default('closed'),
		/** Not for `closed`. */
		from: time('from_time'),
		to: time('to_time'),
		/** For `special` alone. */
		slotMinutes: integer('slot_minutes'),
		capacity: integer('capacity'),
		reason: text('reason').notNull(),
	},
	(t) => [
		unique('schedule_exception_once').on(t.scheduleId, t.date, t.kind, t.from).nullsNotDistinct(),
		check(
			'schedule_exception_shape',
			sql`(kind = 'closed') = (from_time is null) and (from_time is null) = (to_time is null)
				and (from_time is null or from_time < to_time)
				and (kind = 'special') = (slot_minutes is not null)
				and (slot_minutes is null) = (capacity is null)
				and (slot_minutes is null or slot_minutes between 5 and 240)
				and (capacity is null or capacity between 1 and 50)`,
		),
	],
);

/** `leave`: known before. `called_away`: the officer must go. */
export const absenceKind = pgEnum('absence_kind', ['leave', 'called_away']);

/** A time in which the holder of a post hears nobody: no slot of it is open meanwhile. */
export const absence = pgTable(
	'absence',
	{
		id: id(),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		kind: absenceKind('kind').notNull(),
		startsAt: instant('starts_at').notNull(),
		endsAt: instant('ends_at').notNull(),
		reason: text('reason').notNull(),
		enteredByPersonId: uuid('entered_by_person_id')
			.notNull()
			.references(() => person.id),
		createdAt: createdAt(),
		/** It came to nothing. */
		withdrawnAt: instant('withdrawn_at'),
	},
	(t) => [
		index('absence_post').on(t.postId, t.startsAt),
		check('absence_times', sql`starts_at < ends_at`),
	],
);

/** category x level x jurisdiction -> the post that hears. Empty category or level: any. */
export const hearingRule = pgTable(
	'hearing_rule',
	{
		id: id(),
		categoryId: uuid('category_id').references(() => category.id),
		level: integer('level'),
		jurisdictionId: uuid('jurisdiction_id')
			.notNull()
			.references(() => jurisdiction.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
	},
	(t) => [
		unique('hearing_rule_place').on(t.categoryId, t.level, t.jurisdictionId).nullsNotDistinct(),
		check('hearing_rule_level', sql`level is null or level between 1 and 9`),
	],
);
