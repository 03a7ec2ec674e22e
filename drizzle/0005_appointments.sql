CREATE TYPE "public"."booking_channel" AS ENUM('desk', 'walk_in', 'proposal', 'citizen', 'waiting_list', 'follow_up', 'move');--> statement-breakpoint
CREATE TYPE "public"."bulk_move_item_state" AS ENUM('planned', 'moved', 'waiting', 'skipped');--> statement-breakpoint
CREATE TYPE "public"."bulk_move_state" AS ENUM('planned', 'running', 'done', 'dropped');--> statement-breakpoint
CREATE TYPE "public"."hold_kind" AS ENUM('booking', 'offer');--> statement-breakpoint
CREATE TYPE "public"."invitee_role" AS ENUM('mp', 'mla', 'sarpanch', 'councillor', 'other');--> statement-breakpoint
CREATE TYPE "public"."booking_reminder_kind" AS ENUM('days_3', 'day_1', 'hour_1');--> statement-breakpoint
CREATE TYPE "public"."sitting_kind" AS ENUM('office', 'camp');--> statement-breakpoint
CREATE TYPE "public"."waiting_state" AS ENUM('waiting', 'offered', 'placed', 'left');--> statement-breakpoint
CREATE TYPE "public"."mail_state" AS ENUM('queued', 'sent', 'failed', 'dropped');--> statement-breakpoint
CREATE TYPE "public"."absence_kind" AS ENUM('leave', 'called_away');--> statement-breakpoint
CREATE TYPE "public"."schedule_exception_kind" AS ENUM('closed', 'closed_between', 'special');--> statement-breakpoint
CREATE TABLE "booking_reminder" (
	"booking_id" uuid NOT NULL,
	"ics_sequence" integer NOT NULL,
	"kind" "booking_reminder_kind" NOT NULL,
	"sent_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	CONSTRAINT "booking_reminder_booking_id_ics_sequence_kind_pk" PRIMARY KEY("booking_id","ics_sequence","kind")
);
--> statement-breakpoint
CREATE TABLE "bulk_move" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"post_id" uuid NOT NULL,
	"absence_id" uuid,
	"sitting_id" uuid,
	"state" "bulk_move_state" DEFAULT 'planned' NOT NULL,
	"started_by_person_id" uuid,
	"started_by_post_id" uuid,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"finished_at" timestamp with time zone,
	CONSTRAINT "bulk_move_one_cause" CHECK (num_nonnulls(absence_id, sitting_id) <= 1),
	CONSTRAINT "bulk_move_starter_whole" CHECK (num_nonnulls(started_by_person_id, started_by_post_id) in (0, 2))
);
--> statement-breakpoint
CREATE TABLE "bulk_move_item" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"bulk_move_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"target_slot_id" uuid,
	"state" "bulk_move_item_state" DEFAULT 'planned' NOT NULL,
	"new_booking_id" uuid,
	CONSTRAINT "bulk_move_item_once" UNIQUE("bulk_move_id","booking_id")
);
--> statement-breakpoint
CREATE TABLE "calendar_feed" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"revoked_at" timestamp with time zone,
	"last_read_at" timestamp with time zone,
	CONSTRAINT "calendar_feed_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sitting_invitee" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"sitting_id" uuid NOT NULL,
	"role" "invitee_role" NOT NULL,
	"name" "bytea" NOT NULL,
	"mobile" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"invited_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "waiting_entry" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"grievance_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"at_head" boolean DEFAULT false NOT NULL,
	"since" timestamp with time zone DEFAULT app_now() NOT NULL,
	"not_before" date,
	"state" "waiting_state" DEFAULT 'waiting' NOT NULL,
	"hold_id" uuid,
	"offered_until" timestamp with time zone,
	"offers_missed" integer DEFAULT 0 NOT NULL,
	"ended_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "waiting_entry_hold_id_unique" UNIQUE("hold_id"),
	CONSTRAINT "waiting_entry_offer" CHECK ((state = 'offered') = (offered_until is not null) and (state <> 'offered' or hold_id is not null))
);
--> statement-breakpoint
CREATE TABLE "mail_outbox" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"person_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"booking_id" uuid NOT NULL,
	"ics_sequence" integer NOT NULL,
	"moved_away" boolean NOT NULL,
	"dedupe_key" text NOT NULL,
	"state" "mail_state" DEFAULT 'queued' NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "mail_outbox_dedupe_key_unique" UNIQUE("dedupe_key")
);
--> statement-breakpoint
CREATE TABLE "absence" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"post_id" uuid NOT NULL,
	"kind" "absence_kind" NOT NULL,
	"starts_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"reason" text NOT NULL,
	"entered_by_person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT app_now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "absence_times" CHECK (starts_at < ends_at)
);
--> statement-breakpoint
CREATE TABLE "availability_break" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"rule_id" uuid NOT NULL,
	"from_time" time NOT NULL,
	"to_time" time NOT NULL,
	CONSTRAINT "availability_break_times" CHECK (from_time < to_time)
);
--> statement-breakpoint
CREATE TABLE "availability_quota" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"rule_id" uuid NOT NULL,
	"quota" "seat_quota" NOT NULL,
	"seats" integer NOT NULL,
	"release_hours" integer NOT NULL,
	CONSTRAINT "availability_quota_once" UNIQUE("rule_id","quota"),
	CONSTRAINT "availability_quota_range" CHECK (quota <> 'general' and seats between 1 and 50 and release_hours between 0 and 720)
);
--> statement-breakpoint
CREATE TABLE "hearing_rule" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"category_id" uuid,
	"level" integer,
	"jurisdiction_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	CONSTRAINT "hearing_rule_place" UNIQUE NULLS NOT DISTINCT("category_id","level","jurisdiction_id"),
	CONSTRAINT "hearing_rule_level" CHECK (level is null or level between 1 and 9)
);
--> statement-breakpoint
ALTER TABLE "schedule_exception" DROP CONSTRAINT "schedule_exception_day";--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "channel" "booking_channel" DEFAULT 'desk' NOT NULL;--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "answer_by" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "other_post_reason" text;--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "end_reason" text;--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "ended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "booking" ADD COLUMN "arrived_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "hold" ADD COLUMN "kind" "hold_kind" DEFAULT 'booking' NOT NULL;--> statement-breakpoint
ALTER TABLE "schedule" ADD COLUMN "notice_hours" integer DEFAULT 24 NOT NULL;--> statement-breakpoint
ALTER TABLE "schedule" ADD COLUMN "max_per_day" integer;--> statement-breakpoint
ALTER TABLE "schedule" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD COLUMN "kind" "schedule_exception_kind" DEFAULT 'closed' NOT NULL;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD COLUMN "from_time" time;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD COLUMN "to_time" time;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD COLUMN "slot_minutes" integer;--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD COLUMN "capacity" integer;--> statement-breakpoint
ALTER TABLE "seat" ADD COLUMN "general_from" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "seat" ADD COLUMN "extra_authority" text;--> statement-breakpoint
ALTER TABLE "seat" ADD COLUMN "extra_reason" text;--> statement-breakpoint
ALTER TABLE "sitting" ADD COLUMN "kind" "sitting_kind" DEFAULT 'office' NOT NULL;--> statement-breakpoint
ALTER TABLE "sitting" ADD COLUMN "scheduled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sitting" ADD COLUMN "map_url" text;--> statement-breakpoint
ALTER TABLE "booking_reminder" ADD CONSTRAINT "booking_reminder_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move" ADD CONSTRAINT "bulk_move_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move" ADD CONSTRAINT "bulk_move_absence_id_absence_id_fk" FOREIGN KEY ("absence_id") REFERENCES "public"."absence"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move" ADD CONSTRAINT "bulk_move_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move" ADD CONSTRAINT "bulk_move_started_by_person_id_person_id_fk" FOREIGN KEY ("started_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move" ADD CONSTRAINT "bulk_move_started_by_post_id_post_id_fk" FOREIGN KEY ("started_by_post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move_item" ADD CONSTRAINT "bulk_move_item_bulk_move_id_bulk_move_id_fk" FOREIGN KEY ("bulk_move_id") REFERENCES "public"."bulk_move"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move_item" ADD CONSTRAINT "bulk_move_item_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move_item" ADD CONSTRAINT "bulk_move_item_target_slot_id_slot_id_fk" FOREIGN KEY ("target_slot_id") REFERENCES "public"."slot"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_move_item" ADD CONSTRAINT "bulk_move_item_new_booking_id_booking_id_fk" FOREIGN KEY ("new_booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_feed" ADD CONSTRAINT "calendar_feed_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_feed" ADD CONSTRAINT "calendar_feed_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sitting_invitee" ADD CONSTRAINT "sitting_invitee_sitting_id_sitting_id_fk" FOREIGN KEY ("sitting_id") REFERENCES "public"."sitting"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waiting_entry" ADD CONSTRAINT "waiting_entry_grievance_id_grievance_id_fk" FOREIGN KEY ("grievance_id") REFERENCES "public"."grievance"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waiting_entry" ADD CONSTRAINT "waiting_entry_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "waiting_entry" ADD CONSTRAINT "waiting_entry_hold_id_hold_id_fk" FOREIGN KEY ("hold_id") REFERENCES "public"."hold"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_outbox" ADD CONSTRAINT "mail_outbox_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_outbox" ADD CONSTRAINT "mail_outbox_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_outbox" ADD CONSTRAINT "mail_outbox_booking_id_booking_id_fk" FOREIGN KEY ("booking_id") REFERENCES "public"."booking"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absence" ADD CONSTRAINT "absence_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "absence" ADD CONSTRAINT "absence_entered_by_person_id_person_id_fk" FOREIGN KEY ("entered_by_person_id") REFERENCES "public"."person"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "availability_break" ADD CONSTRAINT "availability_break_rule_id_availability_rule_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."availability_rule"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "availability_quota" ADD CONSTRAINT "availability_quota_rule_id_availability_rule_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."availability_rule"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing_rule" ADD CONSTRAINT "hearing_rule_category_id_category_id_fk" FOREIGN KEY ("category_id") REFERENCES "public"."category"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing_rule" ADD CONSTRAINT "hearing_rule_jurisdiction_id_jurisdiction_id_fk" FOREIGN KEY ("jurisdiction_id") REFERENCES "public"."jurisdiction"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hearing_rule" ADD CONSTRAINT "hearing_rule_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "bulk_move_one_live" ON "bulk_move" USING btree (coalesce(absence_id, sitting_id, post_id)) WHERE state in ('planned', 'running');--> statement-breakpoint
CREATE INDEX "bulk_move_item_open" ON "bulk_move_item" USING btree ("bulk_move_id") WHERE state = 'planned';--> statement-breakpoint
CREATE UNIQUE INDEX "calendar_feed_one_live" ON "calendar_feed" USING btree ("person_id","post_id") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "sitting_invitee_sitting" ON "sitting_invitee" USING btree ("sitting_id");--> statement-breakpoint
CREATE UNIQUE INDEX "waiting_entry_one_live" ON "waiting_entry" USING btree ("grievance_id") WHERE state in ('waiting', 'offered');--> statement-breakpoint
CREATE INDEX "waiting_entry_order" ON "waiting_entry" USING btree ("post_id","at_head","since") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "waiting_entry_offers" ON "waiting_entry" USING btree ("offered_until") WHERE state = 'offered';--> statement-breakpoint
CREATE INDEX "mail_outbox_time" ON "mail_outbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "absence_post" ON "absence" USING btree ("post_id","starts_at");--> statement-breakpoint
CREATE INDEX "availability_break_rule" ON "availability_break" USING btree ("rule_id");--> statement-breakpoint
CREATE INDEX "availability_rule_schedule" ON "availability_rule" USING btree ("schedule_id");--> statement-breakpoint
CREATE INDEX "booking_slot" ON "booking" USING btree ("slot_id");--> statement-breakpoint
CREATE INDEX "booking_unanswered" ON "booking" USING btree ("answer_by") WHERE status = 'proposed';--> statement-breakpoint
CREATE INDEX "hold_grievance" ON "hold" USING btree ("grievance_id");--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD CONSTRAINT "schedule_exception_once" UNIQUE NULLS NOT DISTINCT("schedule_id","date","kind","from_time");--> statement-breakpoint
ALTER TABLE "booking" ADD CONSTRAINT "booking_proposal_has_end" CHECK (status <> 'proposed' or answer_by is not null);--> statement-breakpoint
ALTER TABLE "schedule" ADD CONSTRAINT "schedule_limits" CHECK (lead_minutes between 0 and 43200 and horizon_days between 1 and 180
				and notice_hours between 0 and 720 and (max_per_day is null or max_per_day between 1 and 500));--> statement-breakpoint
ALTER TABLE "schedule_exception" ADD CONSTRAINT "schedule_exception_shape" CHECK ((kind = 'closed') = (from_time is null) and (from_time is null) = (to_time is null)
				and (from_time is null or from_time < to_time)
				and (kind = 'special') = (slot_minutes is not null)
				and (slot_minutes is null) = (capacity is null)
				and (slot_minutes is null or slot_minutes between 5 and 240)
				and (capacity is null or capacity between 1 and 50));--> statement-breakpoint
ALTER TABLE "seat" ADD CONSTRAINT "seat_extra_has_reason" CHECK ((extra_authority is null) = (extra_reason is null));--> statement-breakpoint
ALTER TABLE "sitting" ADD CONSTRAINT "sitting_map" CHECK (map_url is null or map_url like 'https://%');--> statement-breakpoint
ALTER TABLE "sitting" ADD CONSTRAINT "sitting_camp_place" CHECK (kind = 'office' or place is not null);