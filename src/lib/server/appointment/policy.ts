import { sql } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';
import type { HearingPost } from './types.ts';

/** The acting clerk, whose desk is that of one district. @throws {Refusal} `forbidden` */
export function requireClerk(ctx: Context): StaffActor & { districtId: string } {
	const { actor } = ctx;
	if (actor.kind !== 'staff' || !actor.functions.includes('clerk') || !actor.districtId) {
		throw new Refusal('forbidden');
	}
	return { ...actor, districtId: actor.districtId };
}

/** @throws {Refusal} `forbidden` */
export function requireStaff(ctx: Context): StaffActor {
	if (ctx.actor.kind !== 'staff') throw new Refusal('forbidden');
	return ctx.actor;
}

/**
 * Posts that hear citizens of a district: those within it and those above it (a head of department
 * of the state). District head first, then from the district downwards, then those above.
 */
async function postsServing(
	db: Db | Tx,
	districtId: string,
	postId: string | null = null,
): Promise<{ id: string; isDistrictHead: boolean }[]> {
	const rows = await db.execute<{ id: string; is_district_head: boolean }>(sql`
		with recursive up as (
			select p.id as post_id, p.is_district_head, p.jurisdiction_id, p.jurisdiction_id as at, 0 as depth
			from post p
			where p.abolished_at is null and 'hearing' = any(p.functions)
				and (${postId}::uuid is null or p.id = ${postId}::uuid)
			union all
			select up.post_id, up.is_district_head, up.jurisdiction_id, j.parent_id, up.depth + 1
			from up join jurisdiction j on j.id = up.at
			where j.parent_id is not null and up.depth < 12
		), above as (
			select parent_id as at from jurisdiction where id = ${districtId}
			union
			select j.parent_id from above join jurisdiction j on j.id = above.at
		)
		select post_id as id, is_district_head, min(depth) as steps, false as higher
		from up where at = ${districtId} group by 1, 2
		union all
		select post_id, is_district_head, 0, true
		from up where depth = 0 and jurisdiction_id in (select at from above where at is not null)
		order by 4, 2 desc, 3, 1`);
	return rows.map((row) => ({ id: row.id, isDistrictHead: row.is_district_head }));
}

/** Whether the post may hear grievances of the district. */
export async function servesDistrict(
	db: Db | Tx,
	postId: string,
	districtId: string,
): Promise<boolean> {
	return (await postsServing(db, districtId, postId)).length > 0;
}

/** The hearing officers for whom the acting clerk books; the district head first. */
export async function hearingPosts(ctx: Context): Promise<HearingPost[]> {
	const clerk = requireClerk(ctx);
	const posts = await postsServing(ctx.db, clerk.districtId);
	const names = await namesOfPosts(
		ctx.db,
		posts.map((post) => post.id),
		ctx.locale,
	);
	return posts.map((post) => ({ ...post, name: names.get(post.id) ?? '' }));
}

/**
 * The hearing officer whose sitting it is, or a clerk who books for that officer.
 * @throws {Refusal} `forbidden`
 */
export async function requireSittingAccess(ctx: Context, postId: string): Promise<StaffActor> {
	const actor = requireStaff(ctx);
	if (actor.postId === postId) return actor;
	const clerk = requireClerk(ctx);
	if (!(await servesDistrict(ctx.db, postId, clerk.districtId))) throw new Refusal('forbidden');
	return actor;
}

/** The citizen of the booking, its hearing officer, or a clerk of the grievance's district. */
export function mayReadBooking(
	ctx: Context,
	booking: { citizenId: string; districtId: string; postId: string },
): boolean {
	const { actor } = ctx;
	if (actor.kind === 'citizen') return actor.citizenId === booking.citizenId;
	if (actor.kind !== 'staff') return false;
	if (actor.postId === booking.postId) return true;
	// It holds the code of the citizen's link: for who hands it out, not for every officer.
	return actor.functions.includes('clerk') && actor.districtId === booking.districtId;
}
