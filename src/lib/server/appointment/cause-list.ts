import { and, asc, eq, inArray, type SQL } from 'drizzle-orm';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { maskMobile } from '#lib/domain/identity/mobile.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { categoryName, parent, placeName } from './case-columns.ts';
import { hearingPosts, requireClerk, requireStaff, requireSittingAccess } from './policy.ts';
import { sittingFacts } from './queries.ts';
import type { CauseListRow, TodayRow } from './types.ts';

/** Only the hearing officer reads what is restricted; a clerk reads nothing of another district. */
async function causeRows(ctx: Context, where: SQL | undefined): Promise<CauseListRow[]> {
	const actor = requireStaff(ctx);
	const rows = await ctx.db
		.select({
			bookingId: booking.id,
			version: booking.version,
			sittingId: booking.sittingId,
			postId: sitting.postId,
			grievanceId: grievance.id,
			districtId: grievance.districtId,
			number: grievance.number,
			tokenNo: booking.tokenNo,
			startsAt: slot.startsAt,
			status: booking.status,
			arrivedAt: booking.arrivedAt,
			citizenId: citizen.id,
			erasedAt: grievance.erasedAt,
			citizenName: citizen.name,
			mobile: citizen.mobile,
			categoryName: categoryName(ctx),
			placeName: placeName(ctx),
			restricted: category.restricted,
			againstPostId: grievance.againstPostId,
			deadline: grievance.deadline,
		})
		.from(booking)
		.innerJoin(sitting, eq(sitting.id, booking.sittingId))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, grievance.jurisdictionId))
		.leftJoin(parent, eq(parent.id, jurisdiction.parentId))
		.where(where)
		.orderBy(asc(sitting.startsAt), asc(booking.tokenNo), asc(booking.id));
	return rows.map(({ mobile, erasedAt, districtId, ...row }) => {
		const hears = actor.postId === row.postId;
		const foreign = !hears && districtId !== actor.districtId;
		const hidden = foreign || (row.restricted && !hears);
		return {
			...row,
			citizenName: hidden || erasedAt ? null : row.citizenName,
			categoryName: hidden ? null : row.categoryName,
			maskedMobile: mobile === null || erasedAt || foreign ? null : maskMobile(mobile),
			foreign,
		};
	});
}

/**
 * The bookings of a sitting in the order of their tokens; those called off stay on it, marked by
 * their status. @throws {Refusal} `forbidden`, `not_found`
 */
export async function causeList(ctx: Context, sittingId: string): Promise<CauseListRow[]> {
	await requireSittingAccess(ctx, (await sittingFacts(ctx.db, sittingId)).postId);
	return causeRows(ctx, eq(booking.sittingId, sittingId));
}

/** The cause list for reading or printing at the desk; the look at each case is logged. */
export async function openCauseList(ctx: Context, sittingId: string): Promise<CauseListRow[]> {
	const rows = await causeList(ctx, sittingId);
	await logAccess(
		ctx,
		rows.map((row) => row.grievanceId),
		'cause_list',
	);
	return rows;
}

/**
 * Who of the clerk's district is to be heard today, over all hearing officers, in the order of
 * sittings and tokens; the look at each case is logged. @throws {Refusal} `forbidden`
 */
export async function openToday(ctx: Context): Promise<TodayRow[]> {
	const { districtId } = requireClerk(ctx);
	const posts = new Map((await hearingPosts(ctx)).map((post) => [post.id, post.name]));
	if (posts.size === 0) return [];
	const rows = await causeRows(
		ctx,
		and(
			inArray(sitting.postId, [...posts.keys()]),
			eq(sitting.date, istDate(ctx.clock.now())),
			eq(grievance.districtId, districtId),
			inArray(booking.status, ['proposed', 'confirmed', 'fulfilled', 'no_show']),
		),
	);
	await logAccess(
		ctx,
		rows.map((row) => row.grievanceId),
		'cause_list',
	);
	return rows.map((row) => ({ ...row, postName: found(posts.get(row.postId)) }));
}
