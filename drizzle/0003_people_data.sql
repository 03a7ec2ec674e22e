CREATE TYPE "public"."acting_basis" AS ENUM('otp', 'attested');--> statement-breakpoint
CREATE TYPE "public"."acting_reason" AS ENUM('phone_elsewhere', 'phone_broken', 'no_signal');--> statement-breakpoint
CREATE TYPE "public"."consent_act" AS ENUM('filing', 'settings', 'clerk');--> statement-breakpoint
CREATE TYPE "public"."consent_purpose" AS ENUM('grievance', 'proof_fields', 'proof_photo', 'photo_place', 'reminders');--> statement-breakpoint
CREATE TYPE "public"."registry_outcome" AS ENUM('match', 'no_match', 'unknown', 'unavailable');--> statement-breakpoint
CREATE TYPE "public"."key_kind" AS ENUM('data', 'index');--> statement-breakpoint
ALTER TYPE "public"."proof_strength" ADD VALUE 'confirmed_by_registry' BEFORE 'signature_only';--> statement-breakpoint
ALTER TYPE "public"."post_function" ADD VALUE 'agent';--> statement-breakpoint
CREATE TABLE "access_log_head" (
	"grievance_id" uuid PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incoming_upload" (
	"id" uuid PRIMARY KEY NOT NULL,
	"citizen_id" uuid NOT NULL,
	"submission_key" uuid NOT NULL,
	"name" "bytea" NOT NULL,
	"bytes" integer NOT NULL,
	"keep_place" boolean NOT NULL,
	"place" "bytea",
	"attachment_id" uuid,
	"refusal" text,
	"refusal_facts" jsonb,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "incoming_upload_ends_once" CHECK (num_nonnulls(attachment_id, refusal) <= 1)
);
--> statement-breakpoint
CREATE TABLE "acting_grant" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"citizen_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"basis" "acting_basis" NOT NULL,
	"reason" "acting_reason",
	"paper_seen" "bytea",
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "acting_attested_says_why" CHECK ((basis = 'attested') = (reason is not null) and (basis = 'attested') = (paper_seen is not null))
);
--> statement-breakpoint
CREATE TABLE "consent" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "consent_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"citizen_id" uuid NOT NULL,
	"purpose" "consent_purpose" NOT NULL,
	"given" boolean NOT NULL,
	"notice_version" text NOT NULL,
	"locale" text NOT NULL,
	"act" "consent_act" NOT NULL,
	"grievance_id" uuid,
	"post_id" uuid,
	"at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasure_request" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"citizen_id" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"due_on" date,
	"done_at" timestamp with time zone,
	"cancelled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "key_check" (
	"kind" "key_kind" NOT NULL,
	"key_id" text NOT NULL,
	"proof" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "key_check_kind_key_id_pk" PRIMARY KEY("kind","key_id")
);
--> statement-breakpoint
CREATE TABLE "recovery_code" (
	"person_id" uuid NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "recovery_code_person_id_code_hash_pk" PRIMARY KEY("person_id","code_hash")
);
--> statement-breakpoint
CREATE TABLE "second_factor" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"secret" "bytea" NOT NULL,
	"last_step" integer NOT NULL,
	"confirmed_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "staff_sign_in" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"browser_hash" "bytea" NOT NULL,
	"secret" "bytea",
	"tries" integer DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "staff_sign_in_tries" CHECK (tries between 0 and 5)
);
--> statement-breakpoint
ALTER TABLE "citizen" ALTER COLUMN "mobile" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "citizen" ALTER COLUMN "mobile_index" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "access_log" ADD COLUMN "seq" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "access_log" ADD COLUMN "prev_hash" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "access_log" ADD COLUMN "hash" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "access_log" ADD COLUMN "once_key" text;--> statement-breakpoint
ALTER TABLE "attachment" ADD COLUMN "place" "bytea";--> statement-breakpoint
ALTER TABLE "attachment" ADD COLUMN "aadhaar_seen" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "grievance" ADD COLUMN "filed_by_person_id" uuid;--> statement-breakpoint
ALTER TABLE "grievance" ADD COLUMN "filed_by_post_id" uuid;--> statement-breakpoint
ALTER TABLE "grievance" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "citizen" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "photo" "bytea";--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "attested_by_person_id" uuid;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "attested_by_post_id" uuid;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "attested_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "pending_family_id" "bytea";--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "registry_outcome" "registry_outcome";--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "registry_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD COLUMN "head_name_matches" boolean;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "id" uuid DEFAULT uuidv7() NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "device" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "ends_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "last_seen_at" timestamp with time zone DEFAULT app_now() NOT NULL;--> statement-breakpoint
ALTER TABLE "access_log_head" ADD CONSTRAINT "access_log_head_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_upload" ADD CONSTRAINT "incoming_upload_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incoming_upload" ADD CONSTRAINT "incoming_upload_attachment_id_attachment_id_fk" FOREIGN KEY ("attachment_id") REFERENCES "public"."attachment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acting_grant" ADD CONSTRAINT "acting_grant_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acting_grant" ADD CONSTRAINT "acting_grant_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "acting_grant" ADD CONSTRAINT "acting_grant_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent" ADD CONSTRAINT "consent_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_person_id_second_factor_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."second_factor"("person_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "second_factor" ADD CONSTRAINT "second_factor_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_sign_in" ADD CONSTRAINT "staff_sign_in_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "incoming_upload_citizen" ON "incoming_upload" USING btree ("citizen_id","created_at");--> statement-breakpoint
CREATE INDEX "incoming_upload_age" ON "incoming_upload" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "acting_grant_citizen" ON "acting_grant" USING btree ("citizen_id");--> statement-breakpoint
CREATE INDEX "consent_citizen" ON "consent" USING btree ("citizen_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "erasure_one_waiting" ON "erasure_request" USING btree ("citizen_id") WHERE done_at is null and cancelled_at is null;--> statement-breakpoint
CREATE INDEX "staff_sign_in_person" ON "staff_sign_in" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_filed_by_person_id_person_id_fk" FOREIGN KEY ("filed_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_filed_by_post_id_post_id_fk" FOREIGN KEY ("filed_by_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD CONSTRAINT "identity_proof_attested_by_person_id_person_id_fk" FOREIGN KEY ("attested_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD CONSTRAINT "identity_proof_attested_by_post_id_post_id_fk" FOREIGN KEY ("attested_by_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grievance_filed_by" ON "grievance" USING btree ("filed_by_person_id","filed_at") WHERE filed_by_person_id is not null;--> statement-breakpoint
ALTER TABLE "access_log" ADD CONSTRAINT "access_log_once_key_unique" UNIQUE("once_key");--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_filed_by_whole" CHECK (num_nonnulls(filed_by_person_id, filed_by_post_id) in (0, 2));--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_erased_is_final" CHECK (erased_at is null
				or (state in ('closed', 'withdrawn', 'merged', 'rejected') and place_note is null));--> statement-breakpoint
ALTER TABLE "citizen" ADD CONSTRAINT "citizen_reached_or_erased" CHECK (case when erased_at is null then num_nulls(mobile, mobile_index) = 0
				else num_nonnulls(name, mobile, mobile_index, email, address, date_of_birth) = 0 end);--> statement-breakpoint
ALTER TABLE "identity_proof" ADD CONSTRAINT "identity_proof_attested_whole" CHECK (num_nonnulls(attested_by_person_id, attested_by_post_id, attested_at) in (0, 3));