-- What drizzle cannot say about appointments.
--> statement-breakpoint
-- Sittings that a schedule made before this version follow its changes from now on.
update sitting set scheduled = true
where kind = 'office' and state = 'planned' and exists (
	select from schedule s join availability_rule r on r.schedule_id = s.id
	where s.post_id = sitting.post_id
		and extract(dow from sitting.date)::int = any (r.weekdays)
		and (sitting.starts_at at time zone 'Asia/Kolkata')::time = r.from_time
);
