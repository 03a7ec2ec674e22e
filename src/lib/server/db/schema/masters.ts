import {
	boolean,
	check,
	date,
	index,
	integer,
	interval,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	timestamp,
	unique,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { JURISDICTION_KINDS, POST_FUNCTIONS } from '#lib/domain/masters/kinds.ts';
import { bytes, createdAt, id, instant, instantRange, sealedText } from './columns.ts';

export const jurisdictionKind = pgEnum('jurisdiction_kind', JURISDICTION_KINDS);

export const jurisdiction = pgTable(
	'jurisdiction',
	{
		id: id(),
		kind: jurisdictionKind('kind').notNull(),
		lgdCode: integer('lgd_code').notNull(),
		/** The code is ours, not the directory's (wards and villages have no public file). */
		invented: boolean('invented').notNull().default(false),
		nameHi: text('name_hi').notNull(),
		nameEn: text('name_en').notNull(),
		/** Routing climbs this chain. */
		parentId: uuid('parent_id').references((): AnyPgColumn => jurisdiction.id),
		/** Revenue chain of a village or gram panchayat, whose parent is its block. */
		tehsilId: uuid('tehsil_id').references((): AnyPgColumn => jurisdiction.id),
		/** Prefix of the district's grievance numbers, for instance RWR. */
		numberPrefix: text('number_prefix'),
	},
	(t) => [
		unique('jurisdiction_kind_lgd_code').on(t.kind, t.lgdCode, t.invented),
		unique('jurisdiction_number_prefix').on(t.numberPrefix),
		index('jurisdiction_parent').on(t.parentId),
	],
);

export const department = pgTable('department', {
	id: id(),
	code: text('code').notNull().unique(),
	stateId: uuid('state_id')
		.notNull()
		.references(() => jurisdiction.id),
	nameHi: text('name_hi').notNull(),
	nameEn: text('name_en').notNull(),
	ladderId: uuid('ladder_id').references(() => ladder.id),
});

export const service = pgTable('service', {
	id: id(),
	departmentId: uuid('department_id')
		.notNull()
		.references(() => department.id),
	code: text('code').notNull().unique(),
	nameHi: text('name_hi').notNull(),
	nameEn: text('name_en').notNull(),
});

/** The leaf "complaint point". */
export const category = pgTable('category', {
	id: id(),
	serviceId: uuid('service_id')
		.notNull()
		.references(() => service.id),
	code: text('code').notNull().unique(),
	nameHi: text('name_hi').notNull(),
	nameEn: text('name_en').notNull(),
	/** Seen only by its holder, the district head and the nodal post. */
	restricted: boolean('restricted').notNull().default(false),
	/** A resolution needs a photo of the work. */
	evidenceRequired: boolean('evidence_required').notNull().default(false),
	/** Days promised by a service guarantee law; replaces the first level's days. */
	statutoryDays: integer('statutory_days'),
	ladderId: uuid('ladder_id').references(() => ladder.id),
	retiredAt: instant('retired_at'),
});

export const dayKind = pgEnum('day_kind', ['calendar', 'working']);

export const ladder = pgTable('ladder', {
	id: id(),
	code: text('code').notNull().unique(),
	nameHi: text('name_hi').notNull(),
	nameEn: text('name_en').notNull(),
	/** The state whose grievances climb it unless department or category name another. */
	stateId: uuid('state_id').references((): AnyPgColumn => jurisdiction.id),
});

export const ladderLevel = pgTable(
	'ladder_level',
	{
		ladderId: uuid('ladder_id')
			.notNull()
			.references(() => ladder.id),
		level: integer('level').notNull(),
		days: integer('days').notNull(),
		dayKind: dayKind('day_kind').notNull().default('calendar'),
		/** Our assumption; no source gives the number. */
		assumed: boolean('assumed').notNull().default(false),
	},
	(t) => [primaryKey({ columns: [t.ladderId, t.level] })],
);

export const holiday = pgTable(
	'holiday',
	{
		jurisdictionId: uuid('jurisdiction_id')
			.notNull()
			.references(() => jurisdiction.id),
		date: date('date').notNull(),
		nameHi: text('name_hi').notNull(),
		nameEn: text('name_en').notNull(),
	},
	(t) => [primaryKey({ columns: [t.jurisdictionId, t.date] })],
);

export const postFunction = pgEnum('post_function', POST_FUNCTIONS);

/** An office that can hold work: designation + department + jurisdiction. Work belongs to posts. */
export const post = pgTable(
	'post',
	{
		id: id(),
		departmentId: uuid('department_id').references(() => department.id),
		jurisdictionId: uuid('jurisdiction_id')
			.notNull()
			.references(() => jurisdiction.id),
		designationHi: text('designation_hi').notNull(),
		designationEn: text('designation_en').notNull(),
		functions: postFunction('functions').array().notNull(),
		superiorId: uuid('superior_id').references((): AnyPgColumn => post.id),
		/** Deputy Commissioner or Collector: the head of the district, one each. */
		isDistrictHead: boolean('is_district_head').notNull().default(false),
		/** The post that receives what no rule places, one per district. */
		isNodal: boolean('is_nodal').notNull().default(false),
		abolishedAt: instant('abolished_at'),
	},
	(t) => [
		uniqueIndex('post_one_district_head')
			.on(t.jurisdictionId)
			.where(sql`is_district_head and abolished_at is null`),
		uniqueIndex('post_one_nodal')
			.on(t.jurisdictionId)
			.where(sql`is_nodal and abolished_at is null`),
		index('post_superior').on(t.superiorId),
	],
);

/** A member of staff. Citizens are in `identity`. */
export const person = pgTable('person', {
	id: id(),
	userName: text('user_name').notNull().unique(),
	nameHi: text('name_hi').notNull(),
	nameEn: text('name_en').notNull(),
	mobile: sealedText('mobile'),
	mobileIndex: bytes('mobile_index'),
	email: sealedText('email'),
	passwordHash: text('password_hash').notNull(),
	mustChangePassword: boolean('must_change_password').notNull().default(true),
	locale: text('locale').notNull().default('hi'),
	disabledAt: instant('disabled_at'),
	createdAt: createdAt(),
});

/** The app on a person's phone that makes codes (RFC 6238), once its first code was right. */
export const secondFactor = pgTable('second_factor', {
	personId: uuid('person_id')
		.primaryKey()
		.references(() => person.id),
	/** Key of the app, lower-case hex. */
	secret: sealedText('secret', 'second_factor').notNull(),
	/** Time step of the last code that was taken: no code counts twice. */
	lastStep: integer('last_step').notNull(),
	confirmedAt: createdAt('confirmed_at'),
});

/** Stands in for a code of the app, once each; keyed hash. */
export const recoveryCode = pgTable(
	'recovery_code',
	{
		personId: uuid('person_id')
			.notNull()
			.references(() => secondFactor.personId, { onDelete: 'cascade' }),
		codeHash: bytes('code_hash').notNull(),
		usedAt: instant('used_at'),
	},
	(t) => [primaryKey({ columns: [t.personId, t.codeHash] })],
);

/** Somebody whose password was right and whose second factor is awaited. It opens nothing. */
export const staffSignIn = pgTable(
	'staff_sign_in',
	{
		/** SHA-256 of the cookie. */
		tokenHash: text('token_hash').primaryKey(),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		/** Hash of the cookie of the browser that gave the password: only that one may go on. */
		browserHash: bytes('browser_hash').notNull(),
		/** The app's new key, for a person who has no second factor yet. */
		secret: sealedText('secret', 'second_factor'),
		tries: integer('tries').notNull().default(0),
		expiresAt: instant('expires_at').notNull(),
	},
	(t) => [
		index('staff_sign_in_person').on(t.personId),
		check('staff_sign_in_tries', sql`tries between 0 and 5`),
	],
);

export const chargeKind = pgEnum('charge_kind', ['regular', 'additional']);

/** A person holds a post for a time; no post is held twice at once (exclusion constraint). */
export const charge = pgTable(
	'charge',
	{
		id: id(),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		kind: chargeKind('kind').notNull().default('regular'),
		during: instantRange('during').notNull(),
	},
	(t) => [index('charge_person').on(t.personId)],
);

/** category x jurisdiction -> post; the reader climbs parents until one matches. */
export const routingRule = pgTable(
	'routing_rule',
	{
		id: id(),
		categoryId: uuid('category_id')
			.notNull()
			.references(() => category.id),
		jurisdictionId: uuid('jurisdiction_id')
			.notNull()
			.references(() => jurisdiction.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		reviewedAt: createdAt('reviewed_at'),
	},
	(t) => [unique('routing_rule_place').on(t.categoryId, t.jurisdictionId)],
);

/** The one shift of the demonstration's clock; production refuses any. */
export const clockOffset = pgTable('clock_offset', {
	id: integer('id').primaryKey().default(1),
	offset: interval('offset').notNull().default('0'),
});

/** Last sign of life of each worker process, real time. */
export const workerHeartbeat = pgTable('worker_heartbeat', {
	workerId: text('worker_id').primaryKey(),
	at: timestamp('at', { withTimezone: true }).notNull(),
	/** Names under which its job queue locks jobs: set free when the process is found dead. */
	lockNames: text('lock_names').array().notNull(),
});
