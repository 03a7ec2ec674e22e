import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { hearingPost } from '#lib/domain/appointment/hearing-post.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { jurisdiction, post } from '#lib/server/db/schema/masters.ts';
import { hearingRule } from '#lib/server/db/schema/schedule.ts';
import {
	areaAndBelow,
	categories,
	districtHead,
	listCategories,
	liesWithin,
	namesOfPosts,
	place,
	places,
	postChoices,
	postLines,
	requireAdministrator,
	requireArea,
	routingChain,
	type CategoryGroup,
	type PostChoices,
} from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found, violatedConstraint, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { postsServing, servesDistrict } from './policy.ts';

const HEARS = sql`'hearing' = any(${post.functions})`;

interface Named {
	id: string;
	jurisdictionId: string;
}

/** What a query needs of a Context; inside a transaction `{ db: tx, clock }`. */
type Asking = Pick<Context, 'clock'> & { db: Db | Tx };

/** The post that hears the grievance by rule; null when nobody is fit and the desk must choose. */
export async function hearingPostFor(asking: Asking, grievanceId: string): Promise<string | null> {
	return (await hearingPostsFor(asking, [grievanceId])).get(grievanceId) ?? null;
}

/** The same for several; ids that do not exist are left out. See `hearingPost` for the order. */
export async function hearingPostsFor(
	{ db, clock }: Asking,
	grievanceIds: readonly string[],
): Promise<Map<string, string | null>> {
	if (grievanceIds.length === 0) return new Map();
	const rows = await db
		.select({
			id: grievance.id,
			categoryId: grievance.categoryId,
			level: grievance.level,
			jurisdictionId: grievance.jurisdictionId,
			districtId: grievance.districtId,
			accusedPostId: grievance.againstPostId,
		})
		.from(grievance)
		.where(inArray(grievance.id, [...grievanceIds]));
	const pathOf = await mapped(
		rows.map((row) => row.jurisdictionId),
		async (id) => (await routingChain(db, id)).map((node) => node.id),
	);
	const areas = [...new Set([...pathOf.values()].flat())];
	const rules =
		areas.length === 0
			? []
			: await db.select().from(hearingRule).where(inArray(hearingRule.jurisdictionId, areas));
	const districts = await mapped(
		rows.map((row) => row.districtId),
		async (id) => ({
			headId: await districtHead(db, id),
			serving: new Set((await postsServing(db, id)).map((one) => one.id)),
		}),
	);
	const heads = [...districts.values()].flatMap(({ headId }) => headId ?? []);
	const lines = await postLines(db, [...rules.map((one) => one.postId), ...heads], clock.now());
	return new Map(
		rows.map((row) => {
			const { headId, serving } = found(districts.get(row.districtId));
			const posts = new Map(
				[...lines.values()].map(({ id, superiorId, vacant }) => [
					id,
					{ id, superiorId, hears: !vacant && serving.has(id) },
				]),
			);
			const jurisdictionPath = found(pathOf.get(row.jurisdictionId));
			const choice = hearingPost({
				...row,
				jurisdictionPath,
				rules,
				posts,
				districtHeadId: headId,
			});
			return [row.id, choice?.postId ?? null];
		}),
	);
}

async function mapped<T>(ids: readonly string[], read: (id: string) => Promise<T>) {
	const made = new Map<string, T>();
	for (const id of new Set(ids)) made.set(id, await read(id));
	return made;
}

export interface HearingRuleRow {
	id: string;
	/** Null: every kind of complaint. */
	categoryName: string | null;
	/** Null: every level. */
	level: number | null;
	areaName: string;
	postName: string;
}

export interface HearingRulePage {
	rows: HearingRuleRow[];
	categories: CategoryGroup[];
	areas: PostChoices['areas'];
	/** Posts that hear, of the administrator's area and above. */
	posts: { id: string; name: string }[];
}

/** The rules of the administrator's area, and what a new one may name. @throws {Refusal} `forbidden` */
export async function hearingRulePage(ctx: Context): Promise<HearingRulePage> {
	const actor = requireAdministrator(ctx);
	const { areas, superiors } = await postChoices(ctx);
	const rules = await ctx.db
		.select()
		.from(hearingRule)
		.innerJoin(jurisdiction, eq(jurisdiction.id, hearingRule.jurisdictionId))
		.where(sql`${hearingRule.jurisdictionId} in ${areaAndBelow(actor.jurisdictionId)}`)
		.orderBy(asc(jurisdiction.kind), asc(jurisdiction.nameEn), asc(hearingRule.id));
	const [placesOf, categoriesOf, namesOf] = await Promise.all([
		places(
			ctx,
			rules.map((row) => row.jurisdiction.id),
		),
		categories(
			ctx,
			rules.flatMap((row) => row.hearing_rule.categoryId ?? []),
		),
		namesOfPosts(
			ctx.db,
			rules.map((row) => row.hearing_rule.postId),
			ctx.locale,
		),
	]);
	const hearing = await ctx.db
		.select({ id: post.id })
		.from(post)
		.where(
			and(
				inArray(
					post.id,
					superiors.map((one) => one.id),
				),
				HEARS,
			),
		);
	const hears = new Set(hearing.map((one) => one.id));
	return {
		rows: rules.map(({ hearing_rule: one }) => ({
			id: one.id,
			categoryName: one.categoryId && (categoriesOf.get(one.categoryId)?.name ?? ''),
			level: one.level,
			areaName: placesOf.get(one.jurisdictionId)?.path ?? '',
			postName: namesOf.get(one.postId) ?? '',
		})),
		categories: await listCategories(ctx),
		areas,
		posts: superiors.filter((one) => hears.has(one.id)),
	};
}

export interface NewHearingRule {
	categoryId: string | null;
	level: number | null;
	jurisdictionId: string;
	postId: string;
}

/**
 * A rule for an area that the administrator keeps. Of several for the same case one can stand.
 * @throws {Refusal} `forbidden`, `not_found`, `hearing_rule_taken`; `hearing_rule_post` for a post that
 * does not hear, or neither lies in the area nor the area in its own
 */
export async function addHearingRule(ctx: Context, input: NewHearingRule): Promise<void> {
	const actor = requireAdministrator(ctx);
	await requireArea(ctx.db, actor, input.jurisdictionId);
	const [named] = await ctx.db
		.select({ id: post.id, jurisdictionId: post.jurisdictionId })
		.from(post)
		.where(and(eq(post.id, input.postId), isNull(post.abolishedAt), HEARS));
	if (!named || !(await mayHearFor(ctx, named, input.jurisdictionId))) {
		throw new Refusal('hearing_rule_post');
	}
	if (input.categoryId) found((await categories(ctx, [input.categoryId])).get(input.categoryId));
	const made = await ctx.db
		.insert(hearingRule)
		.values(input)
		.returning({ id: hearingRule.id })
		.catch((problem: unknown) => {
			if (violatedConstraint(problem) === 'hearing_rule_place') {
				throw new Refusal('hearing_rule_taken');
			}
			throw problem;
		});
	ctx.log.info({ ruleId: written(made).id, by: actor.personId }, 'hearing_rule.added');
}

/** In a district: whoever hears its citizens. For what is wider: a post of that area or above. */
async function mayHearFor(ctx: Context, named: Named, areaId: string): Promise<boolean> {
	const { districtId } = await place(ctx, areaId);
	if (districtId) return servesDistrict(ctx.db, named.id, districtId);
	return liesWithin(ctx.db, areaId, named.jurisdictionId);
}

/** @throws {Refusal} `forbidden`; `not_found` also for one that somebody removed before */
export async function removeHearingRule(ctx: Context, id: string): Promise<void> {
	const actor = requireAdministrator(ctx);
	const [row] = isUuid(id)
		? await ctx.db.select().from(hearingRule).where(eq(hearingRule.id, id))
		: [];
	await requireArea(ctx.db, actor, found(row).jurisdictionId);
	await ctx.db.delete(hearingRule).where(eq(hearingRule.id, id));
	ctx.log.info({ ruleId: id, by: actor.personId }, 'hearing_rule.removed');
}
