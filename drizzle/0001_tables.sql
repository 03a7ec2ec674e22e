CREATE TYPE "public"."booking_status" AS ENUM('proposed', 'confirmed', 'fulfilled', 'excused', 'revoked', 'no_show', 'superseded');--> statement-breakpoint
CREATE TYPE "public"."hearing_mode" AS ENUM('video', 'in_person', 'hybrid');--> statement-breakpoint
CREATE TYPE "public"."booking_party_kind" AS ENUM('citizen', 'post');--> statement-breakpoint
CREATE TYPE "public"."seat_quota" AS ENUM('general', 'desk', 'senior_citizen', 'disability', 'women', 'urgent');--> statement-breakpoint
CREATE TYPE "public"."sitting_state" AS ENUM('planned', 'open', 'paused', 'closed', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."slot_state" AS ENUM('open', 'closing', 'closed');--> statement-breakpoint
CREATE TYPE "public"."escalation_subject" AS ENUM('grievance', 'direction');--> statement-breakpoint
CREATE TYPE "public"."attachment_purpose" AS ENUM('complaint', 'action_taken');--> statement-breakpoint
CREATE TYPE "public"."closure_basis" AS ENUM('confirmed', 'unreachable', 'silent');--> statement-breakpoint
CREATE TYPE "public"."grievance_state" AS ENUM('registered', 'with_officer', 'awaiting_citizen', 'transfer_proposed', 'resolved', 'closed', 'withdrawn', 'merged', 'rejected');--> statement-breakpoint
CREATE TYPE "public"."grievance_outcome" AS ENUM('relief_granted', 'partly_granted', 'not_possible', 'withdrawn', 'excluded');--> statement-breakpoint
CREATE TYPE "public"."direction_kind" AS ENUM('report', 'action');--> statement-breakpoint
CREATE TYPE "public"."direction_state" AS ENUM('drafted', 'open', 'answered', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."disposition" AS ENUM('heard', 'adjourned', 'citizen_absent', 'officer_absent', 'technical_failure');--> statement-breakpoint
CREATE TYPE "public"."hearing_order" AS ENUM('granted', 'partly_granted', 'refused', 'none_yet');--> statement-breakpoint
CREATE TYPE "public"."hearing_party_kind" AS ENUM('citizen', 'hearing_officer', 'summoned_post', 'representative', 'clerk', 'observer');--> statement-breakpoint
CREATE TYPE "public"."hearing_state" AS ENUM('scheduled', 'lobby_open', 'in_session', 'paused', 'concluded', 'cancelled');--> statement-breakpoint
CREATE TYPE "public"."presence" AS ENUM('invited', 'checked_in', 'called', 'in_room', 'dropped', 'left', 'removed');--> statement-breakpoint
CREATE TYPE "public"."proof_kind" AS ENUM('aadhaar_qr', 'aadhaar_ekyc', 'ppp', 'jan_aadhaar', 'other_document', 'mobile_only');--> statement-breakpoint
CREATE TYPE "public"."proof_strength" AS ENUM('signature_and_mobile_match', 'signature_only', 'attested_by_clerk', 'declared', 'mobile_only');--> statement-breakpoint
CREATE TYPE "public"."charge_kind" AS ENUM('regular', 'additional');--> statement-breakpoint
CREATE TYPE "public"."day_kind" AS ENUM('calendar', 'working');--> statement-breakpoint
CREATE TYPE "public"."jurisdiction_kind" AS ENUM('state', 'division', 'district', 'subdivision', 'tehsil', 'block', 'gram_panchayat', 'urban_body', 'ward', 'village');--> statement-breakpoint
CREATE TYPE "public"."post_function" AS ENUM('officer', 'hearing', 'clerk', 'monitor', 'administrator');--> statement-breakpoint
CREATE TYPE "public"."sms_state" AS ENUM('queued', 'sent', 'failed');--> statement-breakpoint
CREATE TABLE "availability_rule" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"schedule_id" uuid NOT NULL,
	"weekdays" integer[] NOT NULL,
	"from_time" time NOT NULL,
	"to_time" time NOT NULL,
	"slot_minutes" integer NOT NULL,
	"capacity" integer NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	CONSTRAINT "availability_rule_times" CHECK (from_time < to_time and slot_minutes between 5 and 240 and capacity between 1 and 50)
);
--> statement-breakpoint
CREATE TABLE "booking" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"grievance_id" uuid NOT NULL,
	"sitting_id" uuid NOT NULL,
	"slot_id" uuid NOT NULL,
	"during" "tstzrange" NOT NULL,
	"token_no" integer NOT NULL,
	"status" "booking_status" NOT NULL,
	"link_code" text NOT NULL,
	"ics_uid" text NOT NULL,
	"ics_sequence" integer DEFAULT 0 NOT NULL,
	"booked_by_person_id" uuid,
	"booked_by_post_id" uuid,
	"on_behalf_of" uuid,
	"supersedes_id" uuid,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "booking_link_code_unique" UNIQUE("link_code")
);
--> statement-breakpoint
CREATE TABLE "booking_party" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"booking_id" uuid NOT NULL,
	"kind" "booking_party_kind" NOT NULL,
	"party_id" uuid NOT NULL,
	"sitting_id" uuid NOT NULL,
	"during" "tstzrange" NOT NULL,
	"live" boolean DEFAULT true NOT NULL,
	CONSTRAINT "booking_party_once" UNIQUE("booking_id","party_id")
);
--> statement-breakpoint
CREATE TABLE "hold" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"grievance_id" uuid NOT NULL,
	"slot_id" uuid NOT NULL,
	"held_until" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schedule" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"post_id" uuid NOT NULL,
	"mode" "hearing_mode" NOT NULL,
	"lead_minutes" integer DEFAULT 0 NOT NULL,
	"horizon_days" integer DEFAULT 14 NOT NULL,
	CONSTRAINT "schedule_post_id_unique" UNIQUE("post_id")
);
--> statement-breakpoint
CREATE TABLE "schedule_exception" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"schedule_id" uuid NOT NULL,
	"date" date NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "schedule_exception_day" UNIQUE("schedule_id","date")
);
--> statement-breakpoint
CREATE TABLE "seat" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"slot_id" uuid NOT NULL,
	"sitting_id" uuid NOT NULL,
	"seat_no" integer NOT NULL,
	"token_no" integer NOT NULL,
	"quota" "seat_quota" DEFAULT 'general' NOT NULL,
	"booking_id" uuid,
	"hold_id" uuid,
	"held_until" timestamp with time zone,
	CONSTRAINT "seat_booking_id_unique" UNIQUE("booking_id"),
	CONSTRAINT "seat_hold_id_unique" UNIQUE("hold_id"),
	CONSTRAINT "seat_of_slot" UNIQUE("slot_id","seat_no"),
	CONSTRAINT "seat_token" UNIQUE("sitting_id","token_no"),
	CONSTRAINT "seat_booked_or_held" CHECK (booking_id is null or hold_id is null),
	CONSTRAINT "seat_hold_has_end" CHECK ((hold_id is null) = (held_until is null))
);
--> statement-breakpoint
CREATE TABLE "sitting" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"post_id" uuid NOT NULL,
	"date" date NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"mode" "hearing_mode" NOT NULL,
	"place" text,
	"state" "sitting_state" DEFAULT 'planned' NOT NULL,
	"opened_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "sitting_start" UNIQUE("post_id","starts_at"),
	CONSTRAINT "sitting_times" CHECK (starts_at < ends_at)
);
--> statement-breakpoint
CREATE TABLE "slot" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sitting_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"state" "slot_state" DEFAULT 'open' NOT NULL,
	CONSTRAINT "slot_start" UNIQUE("sitting_id","starts_at")
);
--> statement-breakpoint
CREATE TABLE "access_log" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access_log_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"grievance_id" uuid NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "escalation" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"subject" "escalation_subject" NOT NULL,
	"subject_id" uuid NOT NULL,
	"level" integer NOT NULL,
	"from_post_id" uuid NOT NULL,
	"to_post_id" uuid NOT NULL,
	"at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "escalation_once" UNIQUE("subject","subject_id","level")
);
--> statement-breakpoint
CREATE TABLE "attachment" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"purpose" "attachment_purpose" NOT NULL,
	"draft_of" uuid,
	"grievance_id" uuid,
	"report_id" uuid,
	"name" "bytea" NOT NULL,
	"mime" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"width" integer,
	"height" integer,
	"storage_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "attachment_storage_key_unique" UNIQUE("storage_key"),
	CONSTRAINT "attachment_has_place" CHECK (num_nonnulls(draft_of, grievance_id) = 1)
);
--> statement-breakpoint
CREATE TABLE "filing_draft" (
	"citizen_id" uuid PRIMARY KEY NOT NULL,
	"submission_key" uuid DEFAULT gen_random_uuid() NOT NULL,
	"answers" "bytea" NOT NULL,
	"updated_at" timestamp with time zone DEFAULT app_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grievance" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"number" text NOT NULL,
	"citizen_id" uuid NOT NULL,
	"category_id" uuid NOT NULL,
	"jurisdiction_id" uuid NOT NULL,
	"district_id" uuid NOT NULL,
	"details" "bytea" NOT NULL,
	"relief" "bytea" NOT NULL,
	"place_note" "bytea",
	"against_post_id" uuid,
	"proof_id" uuid,
	"state" "grievance_state" NOT NULL,
	"ladder_id" uuid NOT NULL,
	"level" integer DEFAULT 1 NOT NULL,
	"owner_post_id" uuid,
	"owned_since" timestamp with time zone,
	"deadline" timestamp with time zone,
	"next_scan_at" timestamp with time zone,
	"breached_at" timestamp with time zone,
	"outcome" "grievance_outcome",
	"closure_basis" "closure_basis",
	"hearing_requested_at" timestamp with time zone,
	"notice_version" text NOT NULL,
	"consented_at" timestamp with time zone NOT NULL,
	"submission_key" uuid NOT NULL,
	"locale" text NOT NULL,
	"filed_at" timestamp with time zone NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"event_count" integer DEFAULT 0 NOT NULL,
	"event_head" text DEFAULT '' NOT NULL,
	CONSTRAINT "grievance_number_unique" UNIQUE("number"),
	CONSTRAINT "grievance_submission_key_unique" UNIQUE("submission_key"),
	CONSTRAINT "grievance_open_has_owner" CHECK (state not in ('registered', 'with_officer', 'awaiting_citizen', 'transfer_proposed')
				or (owner_post_id is not null and owned_since is not null and deadline is not null and next_scan_at is not null)),
	CONSTRAINT "grievance_owner_not_accused" CHECK (owner_post_id is distinct from against_post_id or owner_post_id is null),
	CONSTRAINT "grievance_closed_has_basis" CHECK (state <> 'closed' or (outcome is not null and closure_basis is not null))
);
--> statement-breakpoint
CREATE TABLE "grievance_event" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "grievance_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"grievance_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_post_id" uuid,
	"actor_person_id" uuid,
	"public" boolean NOT NULL,
	"data" jsonb NOT NULL,
	"note" "bytea",
	"note_salt" text,
	"note_commitment" text,
	"prev_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "grievance_event_seq" UNIQUE("grievance_id","seq")
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"prefix" text NOT NULL,
	"year" integer NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "number_series_prefix_year_pk" PRIMARY KEY("prefix","year")
);
--> statement-breakpoint
CREATE TABLE "action_taken_report" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"direction_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"text" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "action_taken_report_direction_id_unique" UNIQUE("direction_id")
);
--> statement-breakpoint
CREATE TABLE "attendance" (
	"sid" text PRIMARY KEY NOT NULL,
	"party_id" uuid NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"left_at" timestamp with time zone,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "direction" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"hearing_id" uuid NOT NULL,
	"grievance_id" uuid NOT NULL,
	"kind" "direction_kind" NOT NULL,
	"text" "bytea" NOT NULL,
	"issuer_post_id" uuid NOT NULL,
	"directed_post_id" uuid NOT NULL,
	"owner_post_id" uuid NOT NULL,
	"owned_since" timestamp with time zone NOT NULL,
	"state" "direction_state" DEFAULT 'drafted' NOT NULL,
	"level" integer DEFAULT 1 NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"deadline" timestamp with time zone NOT NULL,
	"next_scan_at" timestamp with time zone,
	"breached_at" timestamp with time zone,
	"issued_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "direction_open_is_scanned" CHECK ((state = 'open') = (next_scan_at is not null)),
	CONSTRAINT "direction_issued" CHECK (state = 'drafted' or issued_at is not null)
);
--> statement-breakpoint
CREATE TABLE "hearing" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"booking_id" uuid NOT NULL,
	"grievance_id" uuid NOT NULL,
	"sitting_id" uuid NOT NULL,
	"state" "hearing_state" DEFAULT 'scheduled' NOT NULL,
	"queue_rank" integer NOT NULL,
	"called_at" timestamp with time zone,
	"call_until" timestamp with time zone,
	"started_at" timestamp with time zone,
	"concluded_at" timestamp with time zone,
	"disposition" "disposition",
	"hearing_order" "hearing_order",
	"reasons" "bytea",
	"concluded_by_person_id" uuid,
	"next_booking_id" uuid,
	"room" text NOT NULL,
	"proceeding_no" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "hearing_booking_id_unique" UNIQUE("booking_id"),
	CONSTRAINT "hearing_room_unique" UNIQUE("room"),
	CONSTRAINT "hearing_proceeding_no_unique" UNIQUE("proceeding_no"),
	CONSTRAINT "hearing_call_has_end" CHECK ((called_at is null) = (call_until is null)),
	CONSTRAINT "hearing_concluded_has_disposition" CHECK ((state = 'concluded') = (disposition is not null and concluded_at is not null)),
	CONSTRAINT "hearing_heard_has_order" CHECK (disposition is distinct from 'heard' or hearing_order is not null),
	CONSTRAINT "hearing_refusal_has_reasons" CHECK (hearing_order is distinct from 'refused' or reasons is not null),
	CONSTRAINT "hearing_adjourned_has_date" CHECK (disposition is distinct from 'adjourned' or next_booking_id is not null)
);
--> statement-breakpoint
CREATE TABLE "hearing_party" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"hearing_id" uuid NOT NULL,
	"kind" "hearing_party_kind" NOT NULL,
	"party_id" uuid NOT NULL,
	"identity" text NOT NULL,
	"presence" "presence" DEFAULT 'invited' NOT NULL,
	"sid" text,
	"checked_in_at" timestamp with time zone,
	"seen_at" timestamp with time zone,
	CONSTRAINT "hearing_party_identity_unique" UNIQUE("identity"),
	CONSTRAINT "hearing_party_once" UNIQUE("hearing_id","kind","party_id")
);
--> statement-breakpoint
CREATE TABLE "livekit_event" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"room" text NOT NULL,
	"body" jsonb NOT NULL,
	"received_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"processed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "citizen" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text,
	"mobile" "bytea" NOT NULL,
	"mobile_index" "bytea" NOT NULL,
	"email" "bytea",
	"address" "bytea",
	"date_of_birth" "bytea",
	"locale" text DEFAULT 'hi' NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "citizen_mobile_index_unique" UNIQUE("mobile_index")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"actor" text NOT NULL,
	"key" uuid NOT NULL,
	"request_hash" text NOT NULL,
	"response" jsonb,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"done" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity_proof" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"citizen_id" uuid NOT NULL,
	"kind" "proof_kind" NOT NULL,
	"strength" "proof_strength" NOT NULL,
	"fields" "bytea",
	"last_four" text,
	"reference_hash" "bytea",
	"certificate_fingerprint" text,
	"verified_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "identity_proof_last_four" CHECK (last_four ~ '^[0-9]{4}$')
);
--> statement-breakpoint
CREATE TABLE "otp_challenge" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"mobile" "bytea" NOT NULL,
	"mobile_index" "bytea" NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"browser_hash" "bytea" NOT NULL,
	"locale" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "otp_tries" CHECK (tries between 0 and 5)
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"hits" integer NOT NULL,
	"resets_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id_hash" text PRIMARY KEY NOT NULL,
	"citizen_id" uuid,
	"person_id" uuid,
	"post_id" uuid,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "session_one_holder" CHECK (num_nonnulls(citizen_id, person_id) = 1)
);
--> statement-breakpoint
CREATE TABLE "category" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"service_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	"restricted" boolean DEFAULT false NOT NULL,
	"evidence_required" boolean DEFAULT false NOT NULL,
	"statutory_days" integer,
	"ladder_id" uuid,
	"retired_at" timestamp with time zone,
	CONSTRAINT "category_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "charge" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"kind" charge_kind DEFAULT 'regular' NOT NULL,
	"during" "tstzrange" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "department" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"state_id" uuid NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	"ladder_id" uuid,
	CONSTRAINT "department_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "holiday" (
	"jurisdiction_id" uuid NOT NULL,
	"date" date NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	CONSTRAINT "holiday_jurisdiction_id_date_pk" PRIMARY KEY("jurisdiction_id","date")
);
--> statement-breakpoint
CREATE TABLE "jurisdiction" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"kind" "jurisdiction_kind" NOT NULL,
	"lgd_code" integer NOT NULL,
	"invented" boolean DEFAULT false NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	"parent_id" uuid,
	"tehsil_id" uuid,
	"number_prefix" text,
	CONSTRAINT "jurisdiction_kind_lgd_code" UNIQUE("kind","lgd_code","invented"),
	CONSTRAINT "jurisdiction_number_prefix" UNIQUE("number_prefix")
);
--> statement-breakpoint
CREATE TABLE "ladder" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"code" text NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	"state_id" uuid,
	CONSTRAINT "ladder_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "ladder_level" (
	"ladder_id" uuid NOT NULL,
	"level" integer NOT NULL,
	"days" integer NOT NULL,
	"day_kind" "day_kind" DEFAULT 'calendar' NOT NULL,
	"assumed" boolean DEFAULT false NOT NULL,
	CONSTRAINT "ladder_level_ladder_id_level_pk" PRIMARY KEY("ladder_id","level")
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"user_name" text NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	"mobile" "bytea",
	"mobile_index" "bytea",
	"email" "bytea",
	"password_hash" text NOT NULL,
	"must_change_password" boolean DEFAULT true NOT NULL,
	"locale" text DEFAULT 'hi' NOT NULL,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "person_user_name_unique" UNIQUE("user_name")
);
--> statement-breakpoint
CREATE TABLE "post" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"department_id" uuid,
	"jurisdiction_id" uuid NOT NULL,
	"designation_hi" text NOT NULL,
	"designation_en" text NOT NULL,
	"functions" "post_function"[] NOT NULL,
	"superior_id" uuid,
	"is_district_head" boolean DEFAULT false NOT NULL,
	"is_nodal" boolean DEFAULT false NOT NULL,
	"abolished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "routing_rule" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"category_id" uuid NOT NULL,
	"jurisdiction_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"reviewed_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "routing_rule_place" UNIQUE("category_id","jurisdiction_id")
);
--> statement-breakpoint
CREATE TABLE "service" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"department_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name_hi" text NOT NULL,
	"name_en" text NOT NULL,
	CONSTRAINT "service_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "worker_heartbeat" (
	"worker_id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"lock_names" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sms_outbox" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"to_mobile" "bytea" NOT NULL,
	"to_index" "bytea" NOT NULL,
	"text" "bytea" NOT NULL,
	"template" text NOT NULL,
	"locale" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"grievance_id" uuid,
	"state" "sms_state" DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "sms_outbox_dedupe_key_unique" UNIQUE("dedupe_key")
);
--> statement-breakpoint
ALTER TABLE "availability_rule" ADD CONSTRAINT "availability_rule_schedule_id_schedule_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "public"."schedule"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_slot_id_slot_id_fk" FOREIGN KEY ("slot_id") REFERENCES "public"."slot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_booked_by_person_id_person_id_fk" FOREIGN KEY ("booked_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_booked_by_post_id_post_id_fk" FOREIGN KEY ("booked_by_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_supersedes_id_booking_id_fk" FOREIGN KEY ("supersedes_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking_party" ADD CONSTRAINT "booking_party_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "booking_party" ADD CONSTRAINT "booking_party_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hold" ADD CONSTRAINT "hold_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hold" ADD CONSTRAINT "hold_slot_id_slot_id_fk" FOREIGN KEY ("slot_id") REFERENCES "public"."slot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD CONSTRAINT "schedule_exception_schedule_id_schedule_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "public"."schedule"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seat" ADD CONSTRAINT "seat_slot_id_slot_id_fk" FOREIGN KEY ("slot_id") REFERENCES "public"."slot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seat" ADD CONSTRAINT "seat_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seat" ADD CONSTRAINT "seat_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seat" ADD CONSTRAINT "seat_hold_id_hold_id_fk" FOREIGN KEY ("hold_id") REFERENCES "public"."hold"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sitting" ADD CONSTRAINT "sitting_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slot" ADD CONSTRAINT "slot_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slot" ADD CONSTRAINT "slot_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_log" ADD CONSTRAINT "access_log_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_log" ADD CONSTRAINT "access_log_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_log" ADD CONSTRAINT "access_log_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation" ADD CONSTRAINT "escalation_from_post_id_post_id_fk" FOREIGN KEY ("from_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalation" ADD CONSTRAINT "escalation_to_post_id_post_id_fk" FOREIGN KEY ("to_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_draft_of_citizen_id_fk" FOREIGN KEY ("draft_of") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attachment" ADD CONSTRAINT "attachment_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "filing_draft" ADD CONSTRAINT "filing_draft_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_category_id_category_id_fk" FOREIGN KEY ("category_id") REFERENCES "public"."category"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_jurisdiction_id_jurisdiction_id_fk" FOREIGN KEY ("jurisdiction_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_district_id_jurisdiction_id_fk" FOREIGN KEY ("district_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_against_post_id_post_id_fk" FOREIGN KEY ("against_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_proof_id_identity_proof_id_fk" FOREIGN KEY ("proof_id") REFERENCES "public"."identity_proof"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_ladder_id_ladder_id_fk" FOREIGN KEY ("ladder_id") REFERENCES "public"."ladder"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance" ADD CONSTRAINT "grievance_owner_post_id_post_id_fk" FOREIGN KEY ("owner_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance_event" ADD CONSTRAINT "grievance_event_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance_event" ADD CONSTRAINT "grievance_event_actor_post_id_post_id_fk" FOREIGN KEY ("actor_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grievance_event" ADD CONSTRAINT "grievance_event_actor_person_id_person_id_fk" FOREIGN KEY ("actor_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "action_taken_report" ADD CONSTRAINT "action_taken_report_direction_id_direction_id_fk" FOREIGN KEY ("direction_id") REFERENCES "public"."direction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "action_taken_report" ADD CONSTRAINT "action_taken_report_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "action_taken_report" ADD CONSTRAINT "action_taken_report_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attendance" ADD CONSTRAINT "attendance_party_id_hearing_party_id_fk" FOREIGN KEY ("party_id") REFERENCES "public"."hearing_party"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direction" ADD CONSTRAINT "direction_hearing_id_hearing_id_fk" FOREIGN KEY ("hearing_id") REFERENCES "public"."hearing"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direction" ADD CONSTRAINT "direction_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direction" ADD CONSTRAINT "direction_issuer_post_id_post_id_fk" FOREIGN KEY ("issuer_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direction" ADD CONSTRAINT "direction_directed_post_id_post_id_fk" FOREIGN KEY ("directed_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direction" ADD CONSTRAINT "direction_owner_post_id_post_id_fk" FOREIGN KEY ("owner_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing" ADD CONSTRAINT "hearing_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing" ADD CONSTRAINT "hearing_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing" ADD CONSTRAINT "hearing_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing" ADD CONSTRAINT "hearing_concluded_by_person_id_person_id_fk" FOREIGN KEY ("concluded_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing" ADD CONSTRAINT "hearing_next_booking_id_booking_id_fk" FOREIGN KEY ("next_booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing_party" ADD CONSTRAINT "hearing_party_hearing_id_hearing_id_fk" FOREIGN KEY ("hearing_id") REFERENCES "public"."hearing"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_proof" ADD CONSTRAINT "identity_proof_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_citizen_id_citizen_id_fk" FOREIGN KEY ("citizen_id") REFERENCES "public"."citizen"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category" ADD CONSTRAINT "category_service_id_service_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."service"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "category" ADD CONSTRAINT "category_ladder_id_ladder_id_fk" FOREIGN KEY ("ladder_id") REFERENCES "public"."ladder"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charge" ADD CONSTRAINT "charge_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "charge" ADD CONSTRAINT "charge_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "department" ADD CONSTRAINT "department_state_id_jurisdiction_id_fk" FOREIGN KEY ("state_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "department" ADD CONSTRAINT "department_ladder_id_ladder_id_fk" FOREIGN KEY ("ladder_id") REFERENCES "public"."ladder"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holiday" ADD CONSTRAINT "holiday_jurisdiction_id_jurisdiction_id_fk" FOREIGN KEY ("jurisdiction_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jurisdiction" ADD CONSTRAINT "jurisdiction_parent_id_jurisdiction_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jurisdiction" ADD CONSTRAINT "jurisdiction_tehsil_id_jurisdiction_id_fk" FOREIGN KEY ("tehsil_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ladder" ADD CONSTRAINT "ladder_state_id_jurisdiction_id_fk" FOREIGN KEY ("state_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ladder_level" ADD CONSTRAINT "ladder_level_ladder_id_ladder_id_fk" FOREIGN KEY ("ladder_id") REFERENCES "public"."ladder"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post" ADD CONSTRAINT "post_department_id_department_id_fk" FOREIGN KEY ("department_id") REFERENCES "public"."department"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post" ADD CONSTRAINT "post_jurisdiction_id_jurisdiction_id_fk" FOREIGN KEY ("jurisdiction_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post" ADD CONSTRAINT "post_superior_id_post_id_fk" FOREIGN KEY ("superior_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rule" ADD CONSTRAINT "routing_rule_category_id_category_id_fk" FOREIGN KEY ("category_id") REFERENCES "public"."category"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rule" ADD CONSTRAINT "routing_rule_jurisdiction_id_jurisdiction_id_fk" FOREIGN KEY ("jurisdiction_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_rule" ADD CONSTRAINT "routing_rule_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service" ADD CONSTRAINT "service_department_id_department_id_fk" FOREIGN KEY ("department_id") REFERENCES "public"."department"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sms_outbox" ADD CONSTRAINT "sms_outbox_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "booking_one_live" ON "booking" USING btree ("grievance_id") WHERE status in ('proposed', 'confirmed');--> statement-breakpoint
CREATE INDEX "booking_sitting" ON "booking" USING btree ("sitting_id");--> statement-breakpoint
CREATE INDEX "seat_free" ON "seat" USING btree ("slot_id","seat_no") WHERE booking_id is null;--> statement-breakpoint
CREATE INDEX "sitting_day" ON "sitting" USING btree ("post_id","date");--> statement-breakpoint
CREATE INDEX "slot_post_time" ON "slot" USING btree ("post_id","starts_at");--> statement-breakpoint
CREATE INDEX "access_log_grievance" ON "access_log" USING btree ("grievance_id","at");--> statement-breakpoint
CREATE INDEX "attachment_grievance" ON "attachment" USING btree ("grievance_id");--> statement-breakpoint
CREATE INDEX "attachment_draft" ON "attachment" USING btree ("draft_of");--> statement-breakpoint
CREATE UNIQUE INDEX "attachment_once" ON "attachment" USING btree ("draft_of","sha256") WHERE draft_of is not null;--> statement-breakpoint
CREATE INDEX "grievance_citizen" ON "grievance" USING btree ("citizen_id");--> statement-breakpoint
CREATE INDEX "grievance_owner" ON "grievance" USING btree ("owner_post_id","deadline");--> statement-breakpoint
CREATE INDEX "grievance_scan" ON "grievance" USING btree ("next_scan_at") WHERE next_scan_at is not null;--> statement-breakpoint
CREATE INDEX "grievance_hearing_wish" ON "grievance" USING btree ("district_id","hearing_requested_at") WHERE hearing_requested_at is not null;--> statement-breakpoint
CREATE INDEX "direction_owner" ON "direction" USING btree ("owner_post_id","state","deadline");--> statement-breakpoint
CREATE INDEX "direction_grievance" ON "direction" USING btree ("grievance_id");--> statement-breakpoint
CREATE INDEX "direction_hearing" ON "direction" USING btree ("hearing_id");--> statement-breakpoint
CREATE INDEX "direction_scan" ON "direction" USING btree ("next_scan_at") WHERE next_scan_at is not null;--> statement-breakpoint
CREATE INDEX "hearing_sitting" ON "hearing" USING btree ("sitting_id");--> statement-breakpoint
CREATE INDEX "hearing_grievance" ON "hearing" USING btree ("grievance_id");--> statement-breakpoint
CREATE UNIQUE INDEX "hearing_one_in_session" ON "hearing" USING btree ("sitting_id") WHERE state in ('in_session', 'paused');--> statement-breakpoint
CREATE UNIQUE INDEX "idempotency_actor_key" ON "idempotency" USING btree ("actor","key");--> statement-breakpoint
CREATE INDEX "identity_proof_citizen" ON "identity_proof" USING btree ("citizen_id");--> statement-breakpoint
CREATE INDEX "identity_proof_reference" ON "identity_proof" USING btree ("reference_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "otp_one_live_code" ON "otp_challenge" USING btree ("mobile_index") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "otp_mobile_time" ON "otp_challenge" USING btree ("mobile_index","created_at");--> statement-breakpoint
CREATE INDEX "session_citizen" ON "session" USING btree ("citizen_id");--> statement-breakpoint
CREATE INDEX "session_person" ON "session" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "charge_person" ON "charge" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "jurisdiction_parent" ON "jurisdiction" USING btree ("parent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "post_one_district_head" ON "post" USING btree ("jurisdiction_id") WHERE is_district_head and abolished_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "post_one_nodal" ON "post" USING btree ("jurisdiction_id") WHERE is_nodal and abolished_at is null;--> statement-breakpoint
CREATE INDEX "post_superior" ON "post" USING btree ("superior_id");--> statement-breakpoint
CREATE INDEX "sms_outbox_time" ON "sms_outbox" USING btree ("created_at");