import { eq, sql } from 'drizzle-orm';
import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { booking, sitting } from '#lib/server/db/schema/appointment.ts';
import { escalation } from '#lib/server/db/schema/escalation.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { direction } from '#lib/server/db/schema/hearing.ts';
import {
	category,
	districtHead,
	nodalPost,
	place,
	postsAbove,
	type Place,
} from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { mayCitizenSee, mayStaffSee } from './policy.ts';
import type { AccessFacts, GrievanceFacts, Names } from './types.ts';

export type GrievanceRow = typeof grievance.$inferSelect;

/** By id or by number as somebody typed it; null when there is none. */
export async function findGrievance(db: Db | Tx, numberOrId: string): Promise<GrievanceRow | null> {
	const number = parseGrievanceNumber(numberOrId);
	if (number === null && !isUuid(numberOrId)) return null;
	const [row] = await db
		.select()
		.from(grievance)
		.where(number === null ? eq(grievance.id, numberOrId) : eq(grievance.number, number));
	return row ?? null;
}

/** Locks the row until the transaction ends: every writer of one grievance waits here. */
export async function lockGrievance(tx: Tx, id: string): Promise<GrievanceRow> {
	const [row] = await tx.select().from(grievance).where(eq(grievance.id, id)).for('update');
	return found(row);
}

// With the table's name written out: in a list of columns the query builder would leave it away.
/** In a query of grievances: a date for a hearing stands. */
export const hasHearing = sql<boolean>`exists (
	select 1 from booking b
	where b.grievance_id = grievance.id and b.status in ('proposed', 'confirmed'))`;

/**
 * In a query of grievances: a hearing was asked for and is still to come. One that was held, missed
 * or given up since may be asked for again.
 */
export const wishStands = sql<boolean>`(grievance.hearing_requested_at is not null and (${hasHearing}
	or not exists (
		select 1 from booking b
		where b.grievance_id = grievance.id and b.status in ('fulfilled', 'excused', 'no_show')
			and b.created_at >= grievance.hearing_requested_at)))`;

/** The same for one grievance. */
export async function wishStandsFor(db: Db | Tx, id: string): Promise<boolean> {
	const [row] = await db.select({ wishStands }).from(grievance).where(eq(grievance.id, id));
	return found(row).wishStands;
}

/** "वार्ड 2, नगरपालिका बावल: सड़क और गली". Made of masters only, so that messages may carry it. */
export function titleFrom(at: Pick<Place, 'kind' | 'name' | 'path'>, categoryName: string): string {
	// A ward's own name says nothing without its town.
	const where = at.kind === 'ward' ? at.path.split(', ').slice(0, 2).join(', ') : at.name;
	return `${where}: ${categoryName}`;
}

/** The title in both languages. */
export async function titleOf(
	db: Db | Tx,
	of: { categoryId: string; jurisdictionId: string },
): Promise<Names> {
	const inLocale = async (locale: Locale) =>
		titleFrom(
			await place({ db, locale }, of.jurisdictionId),
			(await category({ db, locale }, of.categoryId)).name,
		);
	return { hi: await inLocale('hi'), en: await inLocale('en') };
}

/** What the policy needs to know of a grievance. Nothing personal in it. */
export async function accessFactsOf(db: Db | Tx, row: GrievanceRow): Promise<AccessFacts> {
	const { restricted } = await category({ db, locale: 'hi' }, row.categoryId);
	const { stateId } = await place({ db, locale: 'hi' }, row.jurisdictionId);
	// Only who stands above counts here, not who is filled now.
	const above = row.ownerPostId ? await postsAbove(db, row.ownerPostId, row.filedAt) : null;
	const involved = await involvedPosts(db, row.id);
	return {
		id: row.id,
		citizenId: row.citizenId,
		districtId: row.districtId,
		stateId,
		restricted,
		ownerPostId: row.ownerPostId,
		againstPostId: row.againstPostId,
		districtHeadPostId: await districtHead(db, row.districtId),
		nodalPostId: await nodalPost(db, row.districtId),
		involvedPostIds: involved.map((one) => one.postId),
		directedPostIds: involved.filter((one) => one.directed).map((one) => one.postId),
		postsAboveOwner: [...(above?.keys() ?? [])].filter((postId) => postId !== row.ownerPostId),
	};
}

/** Whether the actor may read it: its citizen, or staff by the post in which they act. */
export async function mayRead(ctx: Context, row: GrievanceRow): Promise<boolean> {
	return mayCitizenSee(ctx, row) || mayStaffSee(ctx, await accessFactsOf(ctx.db, row));
}

/** For other modules. @throws {Refusal} `not_found`; `forbidden` to who may not read it */
export async function requireReader(ctx: Context, id: string): Promise<void> {
	const row = found(isUuid(id) ? await findGrievance(ctx.db, id) : null);
	if (!(await mayRead(ctx, row))) throw new Refusal('forbidden');
}

/** What other modules need to know of a grievance. @throws {Refusal} `not_found` */
export async function grievanceFacts(db: Db | Tx, id: string): Promise<GrievanceFacts> {
	const row = found(isUuid(id) ? await findGrievance(db, id) : null);
	return {
		...(await accessFactsOf(db, row)),
		number: row.number,
		categoryId: row.categoryId,
		jurisdictionId: row.jurisdictionId,
		state: row.state,
		level: row.level,
		ladderId: row.ladderId,
		ownedSince: row.ownedSince,
		deadline: row.deadline,
		hearingRequestedAt: row.hearingRequestedAt,
		filedAt: row.filedAt,
		title: await titleOf(db, row),
	};
}

/**
 * Posts that had a part in it: were given a direction (`directed`, also when it climbed to them), held
 * the grievance before, or have it in one of their sittings.
 */
async function involvedPosts(
	db: Db | Tx,
	grievanceId: string,
): Promise<{ postId: string; directed: boolean }[]> {
	const rows = await db.execute<{ post_id: string; directed: boolean }>(sql`
		with given as (
			select id, directed_post_id, owner_post_id from ${direction}
			where grievance_id = ${grievanceId} and state <> 'drafted'
		), part (post_id, directed) as (
			select directed_post_id, true from given
			union all select owner_post_id, true from given
			union all select unnest(array[e.from_post_id, e.to_post_id]), e.subject = 'direction'
			from ${escalation} e
			where (e.subject = 'grievance' and e.subject_id = ${grievanceId})
				or (e.subject = 'direction' and e.subject_id in (select id from given))
			union all select s.post_id, false
			from ${booking} b join ${sitting} s on s.id = b.sitting_id
			where b.grievance_id = ${grievanceId}
		)
		select post_id, bool_or(directed) as directed from part group by post_id`);
	return rows.map((row) => ({ postId: row.post_id, directed: row.directed }));
}
