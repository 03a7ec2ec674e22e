-- What drizzle cannot say.

-- Nobody holds a post while another does.
alter table charge add constraint charge_one_holder
	exclude using gist (post_id with =, during with &&);
--> statement-breakpoint
-- A post's live slots never overlap.
alter table slot add constraint slot_no_overlap
	exclude using gist (post_id with =, tstzrange(starts_at, ends_at) with &&)
	where (state in ('open', 'closing'));
--> statement-breakpoint
-- Nobody is in two sittings at once; many may share a slot.
alter table booking_party add constraint booking_party_one_place
	exclude using gist (party_id with =, sitting_id with <>, during with &&)
	where (live);
--> statement-breakpoint
alter table attachment add constraint attachment_report_fk
	foreign key (report_id) references action_taken_report (id);
--> statement-breakpoint
-- Timelines only grow. Erasing the sealed note (and its salt) is the one change allowed.
create function refuse_timeline_change() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and new.note is null
		and (to_jsonb(new) - 'note' - 'note_salt') = (to_jsonb(old) - 'note' - 'note_salt') then
		return new;
	end if;
	raise exception 'grievance_event is append-only' using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger grievance_event_append_only before update or delete on grievance_event
	for each row execute function refuse_timeline_change();
--> statement-breakpoint
create function refuse_change() returns trigger language plpgsql as $$
begin
	raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger access_log_append_only before update or delete on access_log
	for each row execute function refuse_change();
--> statement-breakpoint
-- A booking must sit on exactly one seat as long as it is live.
create function booking_needs_seat() returns trigger language plpgsql as $$
declare
	live boolean;
begin
	select status in ('proposed', 'confirmed') into live from booking where id = new.id;
	if live and not exists (select 1 from seat where booking_id = new.id) then
		raise exception 'booking % has no seat', new.id using errcode = 'check_violation', constraint = 'booking_has_seat';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger booking_has_seat after insert or update on booking
	deferrable initially deferred for each row execute function booking_needs_seat();
--> statement-breakpoint
-- Names are found while they are typed.
create index citizen_name_trgm on citizen using gin (name gin_trgm_ops);
--> statement-breakpoint
create index jurisdiction_name_hi_trgm on jurisdiction using gin (name_hi gin_trgm_ops);
--> statement-breakpoint
create index jurisdiction_name_en_trgm on jurisdiction using gin (name_en gin_trgm_ops);
