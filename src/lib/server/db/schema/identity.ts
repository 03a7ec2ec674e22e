import { sql } from 'drizzle-orm';
import {
	boolean,
	check,
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

export const citizen = pgTable('citizen', {
	id: id(),
	name: text('name'),
	mobile: sealedText('mobile').notNull(),
	mobileIndex: bytes('mobile_index').notNull().unique(),
	email: sealedText('email'),
	address: sealedText('address'),
	dateOfBirth: sealedText('date_of_birth'),
	locale: text('locale').notNull().default('hi'),
	createdAt: createdAt(),
});

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
		expiresAt: instant('expires_at').notNull(),
		createdAt: createdAt(),
	},
	(t) => [
		check('session_one_holder', sql`num_nonnulls(citizen_id, person_id) = 1`),
		index('session_citizen').on(t.citizenId),
		index('session_person').on(t.personId),
	],
);

export const proofKind = pgEnum('proof_kind', [
	'aadhaar_qr',
	'aadhaar_ekyc',
	'ppp',
	'jan_aadhaar',
	'other_document',
	'mobile_only',
]);
export const proofStrength = pgEnum('proof_strength', [
	'signature_and_mobile_match',
	'signature_only',
	'attested_by_clerk',
	'declared',
	'mobile_only',
]);

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
	},
	(t) => [
		index('identity_proof_citizen').on(t.citizenId),
		index('identity_proof_reference').on(t.referenceHash),
		check('identity_proof_last_four', sql`last_four ~ '^[0-9]{4}$'`),
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
