import { sql } from 'drizzle-orm';
import { ACTING_BASES, ACTING_REASONS } from '#lib/domain/identity/acting.ts';
import { PROOF_KINDS, PROOF_STRENGTHS } from '#lib/domain/identity/strength.ts';
import { REGISTRY_OUTCOMES } from '#lib/domain/identity/registry.ts';
import { CONSENT_ACTS, CONSENT_PURPOSES } from '#lib/domain/identity/consent.ts';
import {
	bigint,
	boolean,
	check,
	date,
	index,
	integer,
	jsonb,
	pgEnum,
	pgTable,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytes, createdAt, id, instant, sealedText } from './columns.ts';
import { person, post } from './masters.ts';

/** An erased citizen who filed keeps an empty row, so that the cases still have somebody. */
export const citizen = pgTable(
	'citizen',
	{
		id: id(),
		name: text('name'),
		mobile: sealedText('mobile'),
		mobileIndex: bytes('mobile_index').unique(),
		email: sealedText('email'),
		address: sealedText('address'),
		dateOfBirth: sealedText('date_of_birth'),
		locale: text('locale').notNull().default('hi'),
		createdAt: createdAt(),
		erasedAt: instant('erased_at'),
	},
	() => [
		check(
			'citizen_reached_or_erased',
			sql`case when erased_at is null then num_nulls(mobile, mobile_index) = 0
				else num_nonnulls(name, mobile, mobile_index, email, address, date_of_birth) = 0 end`,
		),
	],
);

/** One-time code sent to a mobile. One live code a mobile; the code itself is only hashed. */
export const otpChallenge = pgTable(
	'otp_challenge',
	{
		id: id(),
		mobile: sealedText('mobile').notNull(),
		mobileIndex: bytes('mobile_index').notNull(),
		codeHash: bytes('code_hash').notNull(),
		/** Hash of the cookie of the browser that asked: only that browser may answer. */
		browserHash: bytes('browser_hash').notNull(),
		locale: text('locale').notNull(),
		tries: integer('tries').notNull().default(0),
		createdAt: createdAt(),
		expiresAt: instant('expires_at').notNull(),
		/** Used, replaced by a newer code or burnt by wrong tries. */
		endedAt: instant('ended_at'),
	},
	(t) => [
		uniqueIndex('otp_one_live_code')
			.on(t.mobileIndex)
			.where(sql`ended_at is null`),
		index('otp_mobile_time').on(t.mobileIndex, t.createdAt),
		check('otp_tries', sql`tries between 0 and 5`),
	],
);

/** Fixed-window counters, one row a key; keys hold no personal data in clear. */
export const rateLimit = pgTable('rate_limit', {
	key: text('key').primaryKey(),
	hits: integer('hits').notNull(),
	resetsAt: instant('resets_at').notNull(),
});

/** Lucia session; `idHash` is SHA-256 of the cookie, so that a dump signs nobody in. */
export const session = pgTable(
	'session',
	{
		idHash: text('id_hash').primaryKey(),
		citizenId: uuid('citizen_id').references(() => citizen.id),
		personId: uuid('person_id').references(() => person.id),
		/** The post in which a member of staff acts now. */
		postId: uuid('post_id').references(() => post.id),
		/** Names the session to its owner, who may end it; says nothing about the cookie. */
		id: uuid('id')
			.notNull()
			.default(sql`uuidv7()`),
		/** `Android · Chrome`, or empty. */
		device: text('device').notNull().default(''),
		/** Real time, also in a demonstration: dead from then on unless it is used before. */
		expiresAt: instant('expires_at').notNull(),
		/** Real time: dead from then on whatever happens. A row that says nothing is dead. */
		endsAt: instant('ends_at').notNull().defaultNow(),
		lastSeenAt: createdAt('last_seen_at'),
		createdAt: createdAt(),
	},
	(t) => [
		check('session_one_holder', sql`num_nonnulls(citizen_id, person_id) = 1`),
		index('session_citizen').on(t.citizenId),
		index('session_person').on(t.personId),
	],
);

export const proofKind = pgEnum('proof_kind', PROOF_KINDS);
export const proofStrength = pgEnum('proof_strength', PROOF_STRENGTHS);
export const registryOutcome = pgEnum('registry_outcome', REGISTRY_OUTCOMES);

/** What is kept of a proof: the result, never the number, the QR or the file. */
export const identityProof = pgTable(
	'identity_proof',
	{
		id: id(),
		citizenId: uuid('citizen_id')
			.notNull()
			.references(() => citizen.id),
		kind: proofKind('kind').notNull(),
		strength: proofStrength('strength').notNull(),
		/** JSON of the fields that the citizen agreed to keep. */
		fields: sealedText('fields', 'proof_fields'),
		lastFour: text('last_four'),
		/** Keyed hash of the reference or family id: the same one on two accounts is found. */
		referenceHash: bytes('reference_hash'),
		certificateFingerprint: text('certificate_fingerprint'),
		verifiedAt: createdAt('verified_at'),
		/** PNG in base64, when the citizen agreed; gone when the hearing concludes. */
		photo: sealedText('photo', 'proof_photo'),
		/** The clerk who saw the paper, and the post in which. */
		attestedByPersonId: uuid('attested_by_person_id').references(() => person.id),
		attestedByPostId: uuid('attested_by_post_id').references(() => post.id),
		attestedAt: instant('attested_at'),
		/** The whole family id, only until a state's registry has answered. */
		pendingFamilyId: sealedText('pending_family_id', 'proof_pending_family_id'),
		/** What the registry said; null as long as it was not asked. */
		registryOutcome: registryOutcome('registry_outcome'),
		registryAt: instant('registry_at'),
		/** The registry's head of the family has the citizen's name; null when it named nobody. */
		headNameMatches: boolean('head_name_matches'),
	},
	(t) => [
		index('identity_proof_citizen').on(t.citizenId),
		index('identity_proof_reference').on(t.referenceHash),
		check('identity_proof_last_four', sql`last_four ~ '^[0-9]{4}$'`),
		check(
			'identity_proof_attested_whole',
			sql`num_nonnulls(attested_by_person_id, attested_by_post_id, attested_at) in (0, 3)`,
		),
	],
);

export const actingBasis = pgEnum('acting_basis', ACTING_BASES);
export const actingReason = pgEnum('acting_reason', ACTING_REASONS);

/** The right of one person in one post to file once for a citizen; it stays as the record of why. */
export const actingGrant = pgTable(
	'acting_grant',
	{
		id: id(),
		citizenId: uuid('citizen_id')
			.notNull()
			.references(() => citizen.id),
		personId: uuid('person_id')
			.notNull()
			.references(() => person.id),
		postId: uuid('post_id')
			.notNull()
			.references(() => post.id),
		basis: actingBasis('basis').notNull(),
		reason: actingReason('reason'),
		/** Paper that was seen instead of a code. */
		paperSeen: sealedText('paper_seen', 'acting_paper'),
		createdAt: createdAt(),
		expiresAt: instant('expires_at').notNull(),
		usedAt: instant('used_at'),
	},
	(t) => [
		index('acting_grant_citizen').on(t.citizenId),
		check(
			'acting_attested_says_why',
			sql`(basis = 'attested') = (reason is not null) and (basis = 'attested') = (paper_seen is not null)`,
		),
	],
);

/** Same key, same answer: result of a mutating request, by who asked. */
export const idempotency = pgTable(
	'idempotency',
	{
		actor: text('actor').notNull(),
		key: uuid('key').notNull(),
		requestHash: text('request_hash').notNull(),
		response: jsonb('response'),
		createdAt: createdAt(),
		done: boolean('done').notNull().default(false),
	},
	(t) => [uniqueIndex('idempotency_actor_key').on(t.actor, t.key)],
);

export const consentPurpose = pgEnum('consent_purpose', CONSENT_PURPOSES);
export const consentAct = pgEnum('consent_act', CONSENT_ACTS);

/**
 * What was agreed to and taken back. Append-only (trigger). No foreign keys: it is the proof that
 * outlives an erased account, of which nothing but the id is left.
 */
export const consent = pgTable(
	'consent',
	{
		id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		citizenId: uuid('citizen_id').notNull(),
		purpose: consentPurpose('purpose').notNull(),
		/** False: withdrawn. */
		given: boolean('given').notNull(),
		noticeVersion: text('notice_version').notNull(),
		/** Language in which the notice was shown. */
		locale: text('locale').notNull(),
		act: consentAct('act').notNull(),
		/** The filing by which it came. */
		grievanceId: uuid('grievance_id'),
		/** The clerk's post, when a clerk wrote it down. */
		postId: uuid('post_id').references(() => post.id),
		at: createdAt('at'),
	},
	(t) => [index('consent_citizen').on(t.citizenId, t.id)],
);

/** An erasure that waits for its day, or was done. Outlives the account, as consents do. */
export const erasureRequest = pgTable(
	'erasure_request',
	{
		id: id(),
		citizenId: uuid('citizen_id').notNull(),
		requestedAt: instant('requested_at').notNull(),
		/** IST day on which the account goes; null as long as a grievance runs. Computed anew daily. */
		dueOn: date('due_on'),
		doneAt: instant('done_at'),
		cancelledAt: instant('cancelled_at'),
	},
	(t) => [
		uniqueIndex('erasure_one_waiting')
			.on(t.citizenId)
			.where(sql`done_at is null and cancelled_at is null`),
	],
);
