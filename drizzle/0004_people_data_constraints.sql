-- A new password, a shut account or a lost second factor ends every session, in the same transaction.
create function end_sign_ins(who uuid) returns void language sql as $$
	delete from staff_sign_in where person_id = who;
	delete from session where person_id = who;
$$;
--> statement-breakpoint
create function person_sign_ins_end() returns trigger language plpgsql as $$
begin
	perform end_sign_ins(new.id);
	return null;
end $$;
--> statement-breakpoint
create trigger person_sign_ins_end after update of password_hash, disabled_at on person
	for each row when (
		old.password_hash is distinct from new.password_hash
		or (old.disabled_at is null and new.disabled_at is not null)
	) execute function person_sign_ins_end();
--> statement-breakpoint
create function second_factor_sign_ins_end() returns trigger language plpgsql as $$
begin
	perform end_sign_ins(old.person_id);
	return null;
end $$;
--> statement-breakpoint
create trigger second_factor_sign_ins_end after delete on second_factor
	for each row execute function second_factor_sign_ins_end();
--> statement-breakpoint
-- A sealed value behind its header and wrapped data key (layout in platform/crypto.ts): nonce, tag, text.
create function sealed_body(value bytea) returns bytea language sql immutable strict as $$
	select substring(value from 3 + get_byte(value, 1) + case get_byte(value, 0) when 1 then 0 else 60 end)
$$;
--> statement-breakpoint
-- True when only the wrapping of the data key differs. Format 1 has none and is sealed anew, at the same length.
create function is_rewrapped(before bytea, after bytea) returns boolean language sql immutable as $$
	select case
		when before is null or after is null then before is null and after is null
		when before = after then true
		when length(before) < 30 or length(after) < 90 or get_byte(after, 0) <> 2 then false
		when get_byte(before, 0) = 2 then sealed_body(before) = sealed_body(after)
		when get_byte(before, 0) = 1 then length(sealed_body(before)) = length(sealed_body(after))
		else false
	end
$$;
--> statement-breakpoint
-- True when two versions of a row differ in nothing but the wrapping of these sealed columns.
create function rewrapped_only(before jsonb, after jsonb, sealed text[]) returns boolean language sql stable as $$
	select before - sealed = after - sealed
		and coalesce(bool_and(is_rewrapped((before ->> name)::bytea, (after ->> name)::bytea)), false)
	from unnest(sealed) as name
$$;
--> statement-breakpoint
-- Append-only tables name their sealed columns as arguments of the trigger: those may be re-wrapped.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and tg_nargs > 0
		and rewrapped_only(to_jsonb(old), to_jsonb(new), tg_argv::text[]) then
		return new;
	end if;
	raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create or replace function refuse_timeline_change() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and new.note is null
		and (to_jsonb(new) - 'note' - 'note_salt') = (to_jsonb(old) - 'note' - 'note_salt') then
		return new;
	end if;
	if tg_op = 'UPDATE' and rewrapped_only(to_jsonb(old), to_jsonb(new), array['note']) then
		return new;
	end if;
	raise exception 'grievance_event is append-only' using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger grievance_event_not_emptied before truncate on grievance_event
	for each statement execute function refuse_change();
--> statement-breakpoint
create trigger access_log_not_emptied before truncate on access_log
	for each statement execute function refuse_change();
--> statement-breakpoint
-- Hash of a view in its chain; audit/access.ts spells it a second time to check it.
create function access_link(
	prev_hash text, grievance_id uuid, seq integer, at timestamptz, person_id uuid, post_id uuid, reason text
) returns text language sql stable as $$
	select encode(sha256(convert_to(concat_ws(E'\n', 'jansunwai access 1', prev_hash, grievance_id, seq,
		to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), person_id, post_id, reason
	), 'UTF8')), 'hex')
$$;
--> statement-breakpoint
-- Appends the row to its grievance's chain; the head's row lock makes simultaneous views queue up.
create function chain_access() returns trigger language plpgsql as $$
begin
	new.at := date_trunc('milliseconds', new.at); -- what a JavaScript date can hold
	insert into access_log_head as head (grievance_id, count, hash)
	values (new.grievance_id, 1, access_link(repeat('0', 64), new.grievance_id, 1,
		new.at, new.person_id, new.post_id, new.reason))
	on conflict (grievance_id) do update set count = head.count + 1,
		hash = access_link(head.hash, new.grievance_id, head.count + 1,
			new.at, new.person_id, new.post_id, new.reason)
	returning with (old as previous) head.count, head.hash, coalesce(previous.hash, repeat('0', 64))
	into new.seq, new.hash, new.prev_hash;
	return new;
end $$;
--> statement-breakpoint
-- Views written before there was a chain are put into it in the order in which they came.
alter table access_log disable trigger access_log_append_only;
--> statement-breakpoint
do $$
declare
	entry access_log;
	head access_log_head;
begin
	for entry in select * from access_log order by grievance_id, id loop
		if head.grievance_id is distinct from entry.grievance_id then
			head := row(entry.grievance_id, 0, repeat('0', 64));
		end if;
		entry.at := date_trunc('milliseconds', entry.at);
		entry.seq := head.count + 1;
		entry.prev_hash := head.hash;
		entry.hash := access_link(head.hash, entry.grievance_id, entry.seq,
			entry.at, entry.person_id, entry.post_id, entry.reason);
		update access_log set at = entry.at, seq = entry.seq, prev_hash = entry.prev_hash, hash = entry.hash
		where id = entry.id;
		head.count := entry.seq;
		head.hash := entry.hash;
		insert into access_log_head select head.*
		on conflict (grievance_id) do update set count = excluded.count, hash = excluded.hash;
	end loop;
end $$;
--> statement-breakpoint
alter table access_log enable trigger access_log_append_only;
--> statement-breakpoint
-- Not in the generated file: there the rows of an older database would still all have 0.
alter table access_log add constraint access_log_seq unique (grievance_id, seq);
--> statement-breakpoint
create trigger access_log_chained before insert on access_log
	for each row execute function chain_access();
--> statement-breakpoint
create function refuse_shorter_access_log() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and new.grievance_id = old.grievance_id and new.count = old.count + 1 then
		return new;
	end if;
	raise exception 'access_log_head only grows' using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger access_log_head_only_grows before update or delete on access_log_head
	for each row execute function refuse_shorter_access_log();
--> statement-breakpoint
create trigger access_log_head_not_emptied before truncate on access_log_head
	for each statement execute function refuse_change();
--> statement-breakpoint
-- The ledger of consents only grows.
create trigger consent_append_only before update or delete on consent
	for each row execute function refuse_change();
--> statement-breakpoint
-- An erased citizen gets nothing new. The lock makes a writer wait for an erasure that is under way.
create function refuse_erased_citizen() returns trigger language plpgsql as $$
begin
	if new.citizen_id is not null then
		perform 1 from citizen where id = new.citizen_id and erased_at is null for key share;
		if not found then
			raise exception 'citizen % is erased', new.citizen_id
				using errcode = 'restrict_violation', constraint = 'citizen_not_erased';
		end if;
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger filing_draft_not_erased before insert on filing_draft
	for each row execute function refuse_erased_citizen();
--> statement-breakpoint
create trigger grievance_not_erased before insert on grievance
	for each row execute function refuse_erased_citizen();
--> statement-breakpoint
create trigger identity_proof_not_erased before insert on identity_proof
	for each row execute function refuse_erased_citizen();
--> statement-breakpoint
create trigger session_not_erased before insert on session
	for each row execute function refuse_erased_citizen();
