import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	primaryKey,
	text,
	unique,
	uniqueIndex,
	uuid,
	type AnyPgColumn,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, sealedText } from './columns.ts';
import { citizen, identityProof } from './identity.ts';
import { category, jurisdiction, ladder, person, post } from './masters.ts';

export const grievanceState = pgEnum('grievance_state', [
	'registered',
	'with_officer',
	'awaiting_citizen',
	'transfer_proposed',
	'resolved',
	'closed',
	'withdrawn',
	'merged',
	'rejected',
]);
export const outcome = pgEnum('grievance_outcome', [
	'relief_granted',
	'partly_granted',
	'not_possible',
	'withdrawn',
	'excluded',
]);
export const closureBasis = pgEnum('closure_basis', ['confirmed', 'unreachable', 'silent']);

export const grievance = pgTable(
	'grievance',
	{
		id: id(),
		number: text('number').notNull().unique(),
		citizenId: uuid('citizen_id')
			.notNull()
			.references(() => citizen.id),
		categoryId: uuid('category_id')
			.notNull()
			.references(() => category.id),
		jurisdictionId: uuid('jurisdiction_id')
			.notNull()
			.references(() => jurisdiction.id),
		districtId: uuid('district_id')
			.notNull()
			.references(() => jurisdiction.id),
		details: sealedText('details').notNull(),
		relief: sealedText('relief').notNull(),
		/** Landmark or house, typed by the citizen. */
		placeNote: sealedText('place_note'),
		againstPostId: uuid('against_post_id').references(() => post.id),
		proofId: uuid('proof_id').references(() => identityProof.id),
		state: grievanceState('state').notNull(),
		ladderId: uuid('ladder_id')
			.notNull()
			.references(() => ladder.id),
		level: integer('level').notNull().default(1),
		ownerPostId: uuid('owner_post_id').references(() => post.id),
		ownedSince: instant('owned_since'),
		/** Instant at which the present level is breached; computed once a level. */
		deadline: instant('deadline'),
		/** When the escalation scan must look again: the deadline, then every 7 days at the top. */
		nextScanAt: instant('next_scan_at'),
		breachedAt: instant('breached_at'),
		outcome: outcome('outcome'),
		closureBasis: closureBasis('closure_basis'),
		hearingRequestedAt: instant('hearing_requested_at'),
		/** Language and version of the notice that the citizen agreed to. */
		noticeVersion: text('notice_version').notNull(),
		consentedAt: instant('consented_at').notNull(),
		/** One submission, one grievance: the filing form's key. */
		submissionKey: uuid('submission_key').notNull().unique(),
		/** Who filed it in the citizen's name, and in which post; null when the citizen did. */
		filedByPersonId: uuid('filed_by_person_id').references(() => person.id),
		filedByPostId: uuid('filed_by_post_id').references(() => post.id),
		locale: text('locale').notNull(),
		filedAt: instant('filed_at').notNull(),
		version: integer('version').notNull().default(1),
		/** Head of the hash chain: count and hash stand here too, so that a cut tail is found. */
		eventCount: integer('event_count').notNull().default(0),
		eventHead: text('event_head').notNull().default(''),
		/** Personal text was erased on the citizen's request; what must have a value is empty since. */
		erasedAt: instant('erased_at'),
	},
	(t) => [
		index('grievance_citizen').on(t.citizenId),
		index('grievance_owner').on(t.ownerPostId, t.deadline),
		index('grievance_scan')
			.on(t.nextScanAt)
			.where(sql`next_scan_at is not null`),
		index('grievance_hearing_wish')
			.on(t.districtId, t.hearingRequestedAt)
			.where(sql`hearing_requested_at is not null`),
		index('grievance_filed_by')
			.on(t.filedByPersonId, t.filedAt)
			.where(sql`filed_by_person_id is not null`),
		check(
			'grievance_filed_by_whole',
			sql`num_nonnulls(filed_by_person_id, filed_by_post_id) in (0, 2)`,
		),
		check(
			'grievance_open_has_owner',
			sql`state not in ('registered', 'with_officer', 'awaiting_citizen', 'transfer_proposed')
				or (owner_post_id is not null and owned_since is not null and deadline is not null and next_scan_at is not null)`,
		),
		check(
			'grievance_owner_not_accused',
			sql`owner_post_id is distinct from against_post_id or owner_post_id is null`,
		),
		check(
			'grievance_closed_has_basis',
			sql`state <> 'closed' or (outcome is not null and closure_basis is not null)`,
		),
		check(
			'grievance_erased_is_final',
			sql`erased_at is null
				or (state in ('closed', 'withdrawn', 'merged', 'rejected') and place_note is null)`,
		),
	],
);

/** Last serial of each district's year. */
export const numberSeries = pgTable(
	'number_series',
	{
		prefix: text('prefix').notNull(),
		year: integer('year').notNull(),
		last: integer('last').notNull(),
	},
	(t) => [primaryKey({ columns: [t.prefix, t.year] })],
);

/** Append-only, hash-chained a grievance. Personal text is outside the chain, only committed to. */
export const grievanceEvent = pgTable(
	'grievance_event',
	{
		id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		grievanceId: uuid('grievance_id')
			.notNull()
			.references(() => grievance.id),
		seq: integer('seq').notNull(),
		type: text('type').notNull(),
		at: instant('at').notNull(),
		actorKind: text('actor_kind').notNull(),
		actorPostId: uuid('actor_post_id').references(() => post.id),
		actorPersonId: uuid('actor_person_id').references(() => person.id),
		/** Shown to the citizen. */
		public: boolean('public').notNull(),
		/** Ids, levels, instants; nothing personal. */
		data: jsonb('data').$type<Record<string, string | number | boolean | null>>().notNull(),
		note: sealedText('note', 'event_note'),
		noteSalt: text('note_salt'),
		/** SHA-256 of salt and note; stays when the note is erased. */
		noteCommitment: text('note_commitment'),
		prevHash: text('prev_hash').notNull(),
		hash: text('hash').notNull(),
	},
	(t) => [unique('grievance_event_seq').on(t.grievanceId, t.seq)],
);

/** One unfinished filing a citizen, kept on the server: survives a dead phone and needs no script. */
export const filingDraft = pgTable('filing_draft', {
	citizenId: uuid('citizen_id')
		.primaryKey()
		.references(() => citizen.id),
	submissionKey: uuid('submission_key')
		.notNull()
		.default(sql`gen_random_uuid()`),
	/** JSON of the answers so far. */
	answers: sealedText('answers', 'draft_answers').notNull(),
	updatedAt: createdAt('updated_at'),
});

export const attachmentPurpose = pgEnum('attachment_purpose', ['complaint', 'action_taken']);

export const attachment = pgTable(
	'attachment',
	{
		id: id(),
		purpose: attachmentPurpose('purpose').notNull(),
		/** Set while the file belongs to an unfinished filing. */
		draftOf: uuid('draft_of').references(() => citizen.id),
		grievanceId: uuid('grievance_id').references((): AnyPgColumn => grievance.id),
		/** Action taken report that it proves. */
		reportId: uuid('report_id'),
		name: sealedText('name', 'attachment_name').notNull(),
		mime: text('mime').notNull(),
		bytes: integer('bytes').notNull(),
		sha256: text('sha256').notNull(),
		width: integer('width'),
		height: integer('height'),
		/** Where the photo was taken, when its citizen wanted it kept. */
		place: sealedText('place', 'attachment_place'),
		/** An Aadhaar number seems to stand in the PDF's text. */
		aadhaarSeen: boolean('aadhaar_seen').notNull().default(false),
		storageKey: text('storage_key').notNull().unique(),
		createdAt: createdAt(),
	},
	(t) => [
		index('attachment_grievance').on(t.grievanceId),
		index('attachment_draft').on(t.draftOf),
		uniqueIndex('attachment_once')
			.on(t.draftOf, t.sha256)
			.where(sql`draft_of is not null`),
		check('attachment_has_place', sql`num_nonnulls(draft_of, grievance_id) = 1`),
	],
);

/** A resumable upload: its bytes lie in the storage's folder `incoming` under its id until it ends. */
export const incomingUpload = pgTable(
	'incoming_upload',
	{
		id: uuid('id').primaryKey(),
		citizenId: uuid('citizen_id')
			.notNull()
			.references(() => citizen.id),
		/** Key of the draft it was begun for: what comes after its submission is not of another one. */
		submissionKey: uuid('submission_key').notNull(),
		name: sealedText('name', 'incoming_name').notNull(),
		bytes: integer('bytes').notNull(),
		/** The citizen wants the photo's place kept. */
		keepPlace: boolean('keep_place').notNull(),
		/** The place as the browser read it, when it made the photo smaller. */
		place: sealedText('place', 'incoming_place'),
		/** How it ended: with an attachment or a refusal, and is not looked at again. */
		attachmentId: uuid('attachment_id').references(() => attachment.id, { onDelete: 'cascade' }),
		refusal: text('refusal'),
		refusalFacts: jsonb('refusal_facts').$type<Record<string, string | number>>(),
		createdAt: createdAt(),
	},
	(t) => [
		index('incoming_upload_citizen').on(t.citizenId, t.createdAt),
		index('incoming_upload_age').on(t.createdAt),
		check('incoming_upload_ends_once', sql`num_nonnulls(attachment_id, refusal) <= 1`),
	],
);
