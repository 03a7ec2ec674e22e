import { and, asc, desc, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { addDays, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { hearingPosts } from '#lib/server/appointment/index.ts';
import { booking, sitting, slot } from '#lib/server/db/schema/appointment.ts';
import { grievance, grievanceEvent } from '#lib/server/db/schema/grievance.ts';
import { direction } from '#lib/server/db/schema/hearing.ts';
import { category, jurisdiction } from '#lib/server/db/schema/masters.ts';
import { appendEvent, lockGrievance } from '#lib/server/grievance/index.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Db, type Tx } from '#lib/server/platform/db.ts';
import { notify } from '#lib/server/platform/notify.ts';
import { requireStaffActor } from './policy.ts';

export interface MissingReport {
	directionId: string;
	kind: 'report' | 'action';
	/** The post that holds the direction now. */
	postId: string;
	post: string;
	/** Since then it is missing, or until then it has time. */
	dueAt: Date;
	overdue: boolean;
	/** When the post was last reminded of it. */
	remindedAt: Date | null;
}

/** One case of the date and what is still missing for it. */
export interface PreparationRow {
	bookingId: string;
	grievanceId: string;
	number: string;
	/** Matter and place; null where the reader may not know it. */
	title: string | null;
	officer: string;
	tokenNo: number;
	startsAt: Date;
	missing: MissingReport[];
}

/** Whose hearings the reader prepares: the own, or a clerk those of the own district. */
async function scope(ctx: Context) {
	const actor = requireStaffActor(ctx);
	if (actor.functions.includes('hearing')) {
		return { postIds: [actor.postId], districtId: null, ownPostId: actor.postId };
	}
	const posts = await hearingPosts(ctx);
	return { postIds: posts.map(({ id }) => id), districtId: actor.districtId, ownPostId: null };
}

/**
 * Preparation list of an IST date: each case in the order of time, with the directions that are not
 * answered yet. For a hearing officer the own cases, for a clerk all of the own district.
 * @throws {Refusal} `forbidden`
 */
export async function preparation(ctx: Context, date: string): Promise<PreparationRow[]> {
	const { postIds, districtId, ownPostId } = await scope(ctx);
	if (postIds.length === 0) return [];
	const name = ctx.locale === 'en' ? ('nameEn' as const) : ('nameHi' as const);
	const cases = await ctx.db
		.select({
			bookingId: booking.id,
			grievanceId: grievance.id,
			number: grievance.number,
			category: category[name],
			restricted: category.restricted,
			place: jurisdiction[name],
			officerId: sitting.postId,
			tokenNo: booking.tokenNo,
			startsAt: slot.startsAt,
		})
		.from(sitting)
		.innerJoin(booking, eq(booking.sittingId, sitting.id))
		.innerJoin(slot, eq(slot.id, booking.slotId))
		.innerJoin(grievance, eq(grievance.id, booking.grievanceId))
		.innerJoin(category, eq(category.id, grievance.categoryId))
		.innerJoin(jurisdiction, eq(jurisdiction.id, grievance.jurisdictionId))
		.where(
			and(
				inArray(sitting.postId, postIds),
				eq(sitting.date, date),
				inArray(booking.status, ['proposed', 'confirmed']),
				...(districtId ? [eq(grievance.districtId, districtId)] : []),
			),
		)
		.orderBy(asc(slot.startsAt), asc(booking.tokenNo));
	const missing = await missingReports(
		ctx,
		cases.map(({ grievanceId }) => grievanceId),
	);
	const officers = await namesOfPosts(
		ctx.db,
		cases.map(({ officerId }) => officerId),
		ctx.locale,
	);
	return cases.map(({ category: matter, place, restricted, officerId, ...row }) => ({
		...row,
		title: restricted && officerId !== ownPostId ? null : `${matter}, ${place}`,
		officer: officers.get(officerId) ?? '',
		missing: missing.get(row.grievanceId) ?? [],
	}));
}

async function missingReports(
	ctx: Context,
	grievanceIds: readonly string[],
): Promise<Map<string, MissingReport[]>> {
	const found = new Map<string, MissingReport[]>();
	if (grievanceIds.length === 0) return found;
	const rows = await ctx.db
		.select({
			id: direction.id,
			grievanceId: direction.grievanceId,
			kind: direction.kind,
			ownerPostId: direction.ownerPostId,
			dueAt: direction.dueAt,
		})
		.from(direction)
		.where(and(inArray(direction.grievanceId, [...grievanceIds]), eq(direction.state, 'open')))
		.orderBy(asc(direction.dueAt), asc(direction.id));
	const reminded = await remindersOf(ctx.db, grievanceIds);
	const names = await namesOfPosts(
		ctx.db,
		rows.map(({ ownerPostId }) => ownerPostId),
		ctx.locale,
	);
	for (const row of rows) {
		const one: MissingReport = {
			directionId: row.id,
			kind: row.kind,
			postId: row.ownerPostId,
			post: names.get(row.ownerPostId) ?? '',
			dueAt: row.dueAt,
			overdue: row.dueAt < ctx.clock.now(),
			remindedAt: reminded.get(row.id) ?? null,
		};
		found.set(row.grievanceId, [...(found.get(row.grievanceId) ?? []), one]);
	}
	return found;
}

/** When each direction of the grievances was last reminded of; the timeline remembers it. */
export async function remindersOf(
	db: Db | Tx,
	grievanceIds: readonly string[],
): Promise<Map<string, Date>> {
	const latest = new Map<string, Date>();
	if (grievanceIds.length === 0) return latest;
	const rows = await db
		.select({ at: grievanceEvent.at, data: grievanceEvent.data })
		.from(grievanceEvent)
		.where(
			and(
				inArray(grievanceEvent.grievanceId, [...grievanceIds]),
				eq(grievanceEvent.type, 'report_reminded'),
			),
		)
		.orderBy(desc(grievanceEvent.at));
	for (const { at, data } of rows) {
		const id = data['directionId'];
		if (typeof id === 'string' && !latest.has(id)) latest.set(id, at);
	}
	return latest;
}

/**
 * Reminds every post that owes a report for the cases of the date: once a day for each report on its
 * case's timeline and in the post's list, and once a day for each post by SMS. Answers how many
 * reports and posts were reminded now. @throws {Refusal} `forbidden`
 */
export async function remindReports(
	ctx: Context,
	date: string,
): Promise<{ reports: number; posts: number }> {
	const rows = await preparation(ctx, date);
	const today = istDate(ctx.clock.now());
	const [dayStart, dayEnd] = [istInstant(today), istInstant(addDays(today, 1))];
	const posts = new Map<string, number>();
	for (const { grievanceId, missing } of rows) {
		if (missing.length === 0) continue;
		await inTransaction(ctx.db, async (tx) => {
			// Who else presses the button meanwhile waits here, and then finds them reminded.
			await lockGrievance(tx, grievanceId);
			for (const one of await dueForReminder(tx, grievanceId, { dayStart, dayEnd })) {
				await appendEvent(tx, ctx, grievanceId, {
					type: 'report_reminded',
					public: true,
					data: { directionId: one.id, toPostId: one.ownerPostId },
				});
				posts.set(one.ownerPostId, (posts.get(one.ownerPostId) ?? 0) + 1);
			}
		});
	}
	for (const [postId, count] of posts) {
		await notify(ctx.db, {
			template: 'report_reminder',
			to: { kind: 'post', id: postId },
			grievanceId: null,
			facts: {
				count,
				dayOn: istInstant(date).toISOString(),
				linkPath: '/department/directions',
			},
			key: `report_reminder:${postId}:${today}`,
		});
	}
	const reports = [...posts.values()].reduce((sum, count) => sum + count, 0);
	return { reports, posts: posts.size };
}

/** Open directions of the grievance that nobody was reminded of on the day. */
async function dueForReminder(
	tx: Tx,
	grievanceId: string,
	{ dayStart, dayEnd }: { dayStart: Date; dayEnd: Date },
) {
	const today = await tx
		.select({ id: sql<string>`${grievanceEvent.data} ->> 'directionId'` })
		.from(grievanceEvent)
		.where(
			and(
				eq(grievanceEvent.grievanceId, grievanceId),
				eq(grievanceEvent.type, 'report_reminded'),
				gte(grievanceEvent.at, dayStart),
				lt(grievanceEvent.at, dayEnd),
			),
		);
	const open = await tx
		.select({ id: direction.id, ownerPostId: direction.ownerPostId })
		.from(direction)
		.where(and(eq(direction.grievanceId, grievanceId), eq(direction.state, 'open')))
		.orderBy(asc(direction.id));
	return open.filter(({ id }) => !today.some((one) => one.id === id));
}
