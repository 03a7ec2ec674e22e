import { and, asc, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { transition, OPEN_STATES } from '#lib/domain/grievance/states.ts';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { maskMobile, parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { logAccess } from '#lib/server/audit/index.ts';
import { booking, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import { hasHearing, wishStands } from '#lib/server/grievance/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found } from '#lib/server/platform/db.ts';
import { categoryName, parent, placeName } from './case-columns.ts';
import { requireClerk } from './policy.ts';
import type { DeskCase, DeskList } from './types.ts';

const LIVE = ['proposed', 'confirmed'] as const;
/** More than a clerk reads; who has waited less comes up as dates are given, or is searched. */
const LIST_LIMIT = 30;
const SEARCH_LIMIT = 20;

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
			citizenLocale: citizen.locale,
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
			bookingStatus: booking.status,
			bookingVersion: booking.version,
			arrivedAt: booking.arrivedAt,
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
			citizenLocale,
			state,
			ownerPostId,
			bookingId,
			sittingId,
			startsAt,
			tokenNo,
			bookingStatus,
			bookingVersion,
			arrivedAt,
			...row
		}) => ({
			...row,
			citizenName: row.restricted || erasedAt ? null : row.citizenName,
			citizenLocale: citizenLocale === 'en' ? ('en' as const) : ('hi' as const),
			categoryName: row.restricted ? null : row.categoryName,
			maskedMobile: mobile === null || erasedAt ? null : maskMobile(mobile),
			bookable: !('refusal' in transition(state, 'hearing_booked', { ownerPostId })),
			booking:
				bookingId && sittingId && startsAt && tokenNo !== null && bookingStatus && bookingVersion
					? {
							id: bookingId,
							sittingId,
							startsAt,
							tokenNo,
							status: bookingStatus,
							version: bookingVersion,
							arrivedAt,
						}
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

/** Who gets the messages about a grievance. */
export interface Recipient {
	/** Null when the citizen had everything erased. */
	maskedMobile: string | null;
	locale: Locale;
}

/** No policy: for who may see the grievance. @throws {Refusal} `not_found` */
export async function recipientOf(
	{ db }: Pick<Context, 'db'>,
	grievanceId: string,
): Promise<Recipient> {
	const [row] = await db
		.select({ mobile: citizen.mobile, locale: citizen.locale, erasedAt: grievance.erasedAt })
		.from(grievance)
		.innerJoin(citizen, eq(citizen.id, grievance.citizenId))
		.where(eq(grievance.id, grievanceId));
	const { mobile, locale, erasedAt } = found(row);
	return {
		maskedMobile: mobile === null || erasedAt ? null : maskMobile(mobile),
		locale: locale === 'en' ? 'en' : 'hi',
	};
}
