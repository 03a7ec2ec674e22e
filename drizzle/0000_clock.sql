-- One clock for everything: the database's time plus the demonstration's offset.
create extension if not exists btree_gist;
--> statement-breakpoint
create extension if not exists pg_trgm;
--> statement-breakpoint
create table "clock_offset" (
	"id" integer primary key default 1 check (id = 1),
	"offset" interval not null default '0'
);
--> statement-breakpoint
insert into "clock_offset" default values;
--> statement-breakpoint
create function app_now() returns timestamptz language sql stable parallel safe
	as $$ select now() + coalesce((select "offset" from clock_offset), '0') $$;
