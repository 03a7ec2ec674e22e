import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { transition, OPEN_STATES } from '#lib/domain/grievance/states.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { maskMobile, parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import { hasHearing, wishStands } from '#lib/server/grievance/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import { requireClerk, requireSittingAccess } from './policy.ts';
import type { CauseListRow, DeskCase, DeskList } from './types.ts';

const LIVE = ['proposed', 'confirmed'] as const;
/** More than a clerk reads; who has waited less comes up as dates are given, or is searched. */
const LIST_LIMIT = 30;
const SEARCH_LIMIT = 20;

const parent = alias(jurisdiction, 'parent_jurisdiction');

/** "वार्ड 2, नगरपालिका बावल": the place and what it lies in, once where a village and its panchayat share the name. */
const placeName = (ctx: Context) =>
	ctx.locale === 'en'
		? sql<string>`concat_ws(', ', ${jurisdiction.nameEn}, nullif(${parent.nameEn}, ${jurisdiction.nameEn}))`
		: sql<string>`concat_ws(', ', ${jurisdiction.nameHi}, nullif(${parent.nameHi}, ${jurisdiction.nameHi}))`;

const categoryName = (ctx: Context) => (ctx.locale === 'en' ? category.nameEn : category.nameHi);

/** Asked for a hearing, and the wish is neither booked nor met nor given up since. */
const waitsForHearing = sql`${wishStands} and not ${hasHearing}`;

async function deskCases(
	ctx: Context,
	where: SQL | undefined,
	{ order, limit }: { order: SQL[]; limit: number },
): Promise<DeskList> {
	const { districtId } = requireClerk(ctx);
	const read = await ctx.db
		.select({
			all: sql<number>`(count(*) over ())::int`,
			grievanceId: grievance.id,
			number: grievance.number,
			erasedAt: grievance.erasedAt,
			citizenName: citizen.name,
			mobile: citizen.mobile,
			categoryName: categoryName(ctx),
			placeName: placeName(ctx),
			restricted: category.restricted,
			againstPostId: grievance.againstPostId,
			filedAt: grievance.filedAt,
			deadline: grievance.deadline,
			hearingRequestedAt: grievance.hearingRequestedAt,
			state: grievance.state,
			ownerPostId: grievance.ownerPostId,
			bookingId: booking.id,
			sittingId: booking.sittingId,
			startsAt: slot.startsAt,
			tokenNo: booking.tokenNo,
		})
		.from(grievance)
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, grievance.jurisdictionId))
		.leftJoin(parent, eq(parent.id, jurisdiction.parentId))
		.leftJoin(
			booking,
			and(eq(booking.grievanceId, grievance.id), inArray(booking.status, [...LIVE])),
		)
		.leftJoin(slot, eq(slot.id, booking.slotId))
		.where(and(eq(grievance.districtId, districtId), where))
		.orderBy(...order, asc(grievance.id))
		.limit(limit);
	const rows = read.map(
		({
			all: _,
			erasedAt,
			mobile,
			state,
			ownerPostId,
			bookingId,
			sittingId,
			startsAt,
			tokenNo,
			...row
		}) => ({
			...row,
			citizenName: row.restricted || erasedAt ? null : row.citizenName,
			categoryName: row.restricted ? null : row.categoryName,
			maskedMobile: mobile === null || erasedAt ? null : maskMobile(mobile),
			bookable: !('refusal' in transition(state, 'hearing_booked', { ownerPostId })),
			booking:
				bookingId && sittingId && startsAt && tokenNo !== null
					? { id: bookingId, sittingId, startsAt, tokenNo }
					: null,
		}),
	);
	return { rows, count: read[0]?.all ?? 0 };
}

/**
 * Grievances of the clerk's district whose citizens asked for a hearing and have no date; who has
 * waited longest comes first. @throws {Refusal} `forbidden`
 */
export function hearingRequests(ctx: Context): Promise<DeskList> {
	return deskCases(
		ctx,
		and(waitsForHearing, inArray(grievance.state, [...OPEN_STATES, 'resolved'])),
		{
			order: [asc(grievance.hearingRequestedAt)],
			limit: LIST_LIMIT,
		},
	);
}

/**
 * Grievances of the clerk's district by number (whole, or its last digits), by whole mobile number
 * or by a part of the citizen's name. Too short a text finds nothing. @throws {Refusal} `forbidden`
 */
export async function findForDesk(ctx: Context, text: string): Promise<DeskList> {
	requireClerk(ctx);
	const plain = cleanLine(text).slice(0, 100);
	const where = matching(plain);
	if (!where) return { rows: [], count: 0 };
	return deskCases(ctx, where, {
		order: [sql`${booking.id} is not null`, desc(grievance.filedAt)],
		limit: SEARCH_LIMIT,
	});
}

function matching(plain: string): SQL | null {
	const number = parseGrievanceNumber(plain);
	if (number) return eq(grievance.number, number);
	const mobile = parseIndianMobile(plain);
	if (mobile) {
		const index = blindIndex('mobile', mobile);
		return sql`${citizen.mobileIndex} = ${index} and ${grievance.erasedAt} is null`;
	}
	const digits = toLatinDigits(plain);
	if (/^\d{1,6}$/.test(digits)) return sql`${grievance.number} like ${`%${digits}`}`;
	if ([...plain].length < 2) return null;
	const escaped = plain.replace(/[\\%_]/g, (sign) => `\\${sign}`);
	// A name in a restricted category is not shown, so it must not be found either.
	return sql`${citizen.name} ilike ${`%${escaped}%`} and not ${category.restricted}
		and ${grievance.erasedAt} is null`;
}

/**
 * The case that the clerk works on; the look is logged.
 * @throws {Refusal} `forbidden`, `not_found` (also for other districts)
 */
export async function deskCase(ctx: Context, number: string): Promise<DeskCase> {
	const { rows } = await deskCases(ctx, eq(grievance.number, number), { order: [], limit: 1 });
	const row = found(rows[0]);
	await logAccess(ctx, [row.grievanceId], 'desk');
	return row;
}

/**
 * The bookings of a sitting in the order of their tokens; those called off stay on it, marked by
 * their status. @throws {Refusal} `forbidden`, `not_found`
 */
export async function causeList(ctx: Context, sittingId: string): Promise<CauseListRow[]> {
	const [one] = await ctx.db.select().from(sitting).where(eq(sitting.id, sittingId));
	const { postId } = found(one);
	const actor = await requireSittingAccess(ctx, postId);
	const rows = await ctx.db
		.select({
			bookingId: booking.id,
			grievanceId: grievance.id,
			number: grievance.number,
			tokenNo: booking.tokenNo,
			startsAt: slot.startsAt,
			status: booking.status,
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
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, grievance.jurisdictionId))
		.leftJoin(parent, eq(parent.id, jurisdiction.parentId))
		.where(eq(booking.sittingId, sittingId))
		.orderBy(asc(booking.tokenNo), asc(booking.id));
	return rows.map(({ mobile, erasedAt, ...row }) => {
		const hidden = row.restricted && actor.postId !== postId;
		return {
			...row,
			citizenName: hidden || erasedAt ? null : row.citizenName,
			categoryName: hidden ? null : row.categoryName,
			maskedMobile: mobile === null || erasedAt ? null : maskMobile(mobile),
		};
	});
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
