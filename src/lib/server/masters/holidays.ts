import { and, asc, eq, gte, lte, sql } from 'drizzle-orm';
import { addDays, isDate, istDate } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { holiday, jurisdiction } from '#lib/server/db/schema/masters.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { written, type Tx } from '#lib/server/platform/db.ts';
import { areaAndBelow, nameIn } from './places.ts';
import { requireAdministrator, requireArea } from './policy.ts';

export interface HolidayRow {
	areaId: string;
	areaName: string;
	date: string;
	name: string;
}

export interface NewHoliday {
	areaId: string;
	date: string;
	nameHi: string;
	nameEn: string;
}

/** A holiday is entered at most so long before. */
const DAYS_AHEAD = 800;

/** The holidays of a year in the administrator's area, with the areas that may have one. */
export async function holidayPage(
	ctx: Context,
	year: number,
): Promise<{ rows: HolidayRow[]; areas: { id: string; name: string }[] }> {
	const actor = requireAdministrator(ctx);
	const inArea = sql`${jurisdiction.id} in ${areaAndBelow(actor.jurisdictionId)}`;
	const rows = await ctx.db
		.select({ holiday, area: jurisdiction })
		.from(holiday)
		.innerJoin(jurisdiction, eq(jurisdiction.id, holiday.jurisdictionId))
		.where(and(inArea, gte(holiday.date, `${year}-01-01`), lte(holiday.date, `${year}-12-31`)))
		.orderBy(asc(holiday.date), asc(jurisdiction.nameEn));
	const areas = await ctx.db
		.select()
		.from(jurisdiction)
		.where(and(inArea, sql`${jurisdiction.kind} in ('state', 'district')`))
		.orderBy(sql`${jurisdiction.kind} = 'state' desc`, asc(jurisdiction.nameEn));
	return {
		rows: rows.map((row) => ({
			areaId: row.area.id,
			areaName: nameIn(ctx.locale, row.area),
			date: row.holiday.date,
			name: nameIn(ctx.locale, row.holiday),
		})),
		areas: areas.map((area) => ({ id: area.id, name: nameIn(ctx.locale, area) })),
	};
}

/**
 * Whether the holiday can be entered or taken away by the actor. Only days to come: what was counted
 * with a day that is over stays as it is.
 * @throws {Refusal} `forbidden`, `invalid_input`, `date_past`, `date_too_far`
 */
export async function checkHoliday(
	ctx: Context,
	{ areaId, date }: { areaId: string; date: string },
): Promise<StaffActor> {
	const actor = requireAdministrator(ctx);
	await requireArea(ctx.db, actor, areaId);
	const today = istDate(ctx.clock.now());
	if (!isDate(date)) throw new Refusal('invalid_input');
	if (date <= today) throw new Refusal('date_past');
	if (date > addDays(today, DAYS_AHEAD)) throw new Refusal('date_too_far', { days: DAYS_AHEAD });
	return actor;
}

/** In the caller's transaction, which asked `checkHoliday`. @throws {Refusal} `exception_there` */
export async function insertHoliday(tx: Tx, { areaId, ...row }: NewHoliday): Promise<void> {
	const made = await tx
		.insert(holiday)
		.values({ jurisdictionId: areaId, ...row })
		.onConflictDoNothing()
		.returning({ date: holiday.date });
	if (made.length === 0) throw new Refusal('exception_there');
}

/** The same for taking one away. Deadlines that were counted with it stay. @throws {Refusal} `stale` */
export async function deleteHoliday(
	tx: Tx,
	{ areaId, date }: { areaId: string; date: string },
): Promise<void> {
	written(
		await tx
			.delete(holiday)
			.where(and(eq(holiday.jurisdictionId, areaId), eq(holiday.date, date)))
			.returning({ date: holiday.date }),
	);
}
