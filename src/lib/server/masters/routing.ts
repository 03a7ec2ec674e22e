import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { LadderLevel } from '#lib/domain/escalation/ladder.ts';
import type { RoutingRule } from '#lib/domain/grievance/routing.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	category,
	department,
	ladder,
	ladderLevel,
	routingRule,
	service,
} from '#lib/server/db/schema/masters.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { nameIn, routingChain, withChain, type Reading } from './places.ts';
import { nodalPost, postLines, type PostNode } from './posts.ts';

export interface CategoryView {
	id: string;
	code: string;
	name: string;
	serviceName: string;
	/** Seen only by its holder, the district head and the nodal post. */
	restricted: boolean;
	evidenceRequired: boolean;
	/** Days promised by a service guarantee law of the category's own state. */
	statutoryDays: number | null;
}

export interface CategoryGroup {
	service: { id: string; name: string };
	categories: { id: string; code: string; name: string }[];
}

/** What a citizen can complain of, by service; retired ones are left out. */
export async function listCategories({ db, locale }: Reading): Promise<CategoryGroup[]> {
	const rows = await db
		.select({ category, service })
		.from(category)
		.innerJoin(service, eq(service.id, category.serviceId))
		.where(isNull(category.retiredAt))
		.orderBy(asc(service.id), asc(category.id));
	const groups = new Map<string, CategoryGroup>();
	for (const row of rows) {
		const group = groups.get(row.service.id) ?? {
			service: { id: row.service.id, name: nameIn(locale, row.service) },
			categories: [],
		};
		groups.set(row.service.id, group);
		group.categories.push({
			id: row.category.id,
			code: row.category.code,
			name: nameIn(locale, row.category),
		});
	}
	return [...groups.values()];
}

/** Categories by their ids, also retired ones; those that do not exist are left out. */
export async function categoryViews(
	{ db, locale }: Reading,
	ids: readonly string[],
): Promise<Map<string, CategoryView>> {
	const usable = [...new Set(ids)].filter(isUuid);
	if (usable.length === 0) return new Map();
	const rows = await db
		.select({ category, service })
		.from(category)
		.innerJoin(service, eq(service.id, category.serviceId))
		.where(inArray(category.id, usable));
	return new Map(
		rows.map(({ category: one, service: of }) => [
			one.id,
			{
				id: one.id,
				code: one.code,
				name: nameIn(locale, one),
				serviceName: nameIn(locale, of),
				restricted: one.restricted,
				evidenceRequired: one.evidenceRequired,
				statutoryDays: one.statutoryDays,
			},
		]),
	);
}

/** Also a retired category, for old grievances. @throws {Refusal} `not_found` */
export async function categoryView(reading: Reading, id: string): Promise<CategoryView> {
	return found((await categoryViews(reading, [id])).get(id));
}

export interface RoutingFacts {
	/** From the place up to the state, the revenue chain (tehsil, subdivision) before the district. */
	jurisdictionPath: string[];
	rules: RoutingRule[];
	/** The posts of the rules, the nodal post, and all their superiors. */
	posts: ReadonlyMap<string, PostNode>;
	districtId: string;
	stateId: string;
	/** Prefix of the district's grievance numbers. */
	numberPrefix: string;
	nodalPostId: string | null;
}

/**
 * Everything that the routing of one grievance needs.
 * @throws {Refusal} `no_post_for_place` for a place that is in no district which takes grievances.
 */
export async function routingFacts(
	db: Db | Tx,
	{ categoryId, jurisdictionId, now }: { categoryId: string; jurisdictionId: string; now: Date },
): Promise<RoutingFacts> {
	const path = await routingChain(db, jurisdictionId);
	const district = path.find((node) => node.kind === 'district');
	const state = path.find((node) => node.kind === 'state');
	if (!district?.numberPrefix || !state) throw new Refusal('no_post_for_place');
	const jurisdictionPath = path.map((node) => node.id);
	const matching = db
		.select({
			categoryId: routingRule.categoryId,
			jurisdictionId: routingRule.jurisdictionId,
			postId: routingRule.postId,
		})
		.from(routingRule)
		.where(
			and(
				eq(routingRule.categoryId, categoryId),
				inArray(routingRule.jurisdictionId, jurisdictionPath),
			),
		);
	const [rules, nodalPostId] = await Promise.all([matching, nodalPost(db, district.id)]);
	const named = rules.map((rule) => rule.postId);
	const posts = await postLines(db, nodalPostId ? [...named, nodalPostId] : named, now);
	return {
		jurisdictionPath,
		rules,
		posts,
		districtId: district.id,
		stateId: state.id,
		numberPrefix: district.numberPrefix,
		nodalPostId,
	};
}

export interface LadderFacts {
	ladderId: string;
	levels: LadderLevel[];
}

const levelColumns = {
	level: ladderLevel.level,
	days: ladderLevel.days,
	dayKind: ladderLevel.dayKind,
	assumed: ladderLevel.assumed,
};

/** @throws {Refusal} `not_found` */
export async function ladderById(db: Db | Tx, ladderId: string): Promise<LadderFacts> {
	const levels = await db
		.select(levelColumns)
		.from(ladderLevel)
		.where(eq(ladderLevel.ladderId, ladderId))
		.orderBy(asc(ladderLevel.level));
	found(levels[0]);
	return { ladderId, levels };
}

/** @throws {Refusal} `not_found` */
export async function ladderByCode(db: Db | Tx, code: string): Promise<LadderFacts> {
	const [row] = await db.select({ id: ladder.id }).from(ladder).where(eq(ladder.code, code));
	return ladderById(db, found(row).id);
}

/**
 * The ladder of a grievance: the category's own, else its department's, else the state's. What a
 * department or a guarantee law of one state says does not bind another state.
 * @throws {Refusal} `not_found` when the state has none.
 */
export async function ladderFor(
	db: Db | Tx,
	{ categoryId, stateId }: { categoryId: string; stateId: string },
): Promise<LadderFacts> {
	const sameState = sql`${department.stateId} = ${stateId}`;
	const rows = await db
		.select({
			ladderId: ladderLevel.ladderId,
			level: levelColumns,
			promised: sql<number | null>`case when ${sameState} then ${category.statutoryDays} end`,
		})
		.from(category)
		.innerJoin(service, eq(service.id, category.serviceId))
		.innerJoin(department, eq(department.id, service.departmentId))
		.innerJoin(
			ladderLevel,
			eq(
				ladderLevel.ladderId,
				sql`coalesce(${category.ladderId}, case when ${sameState} then ${department.ladderId} end,
					(select ${ladder.id} from ${ladder} where ${ladder.stateId} = ${stateId}))`,
			),
		)
		.where(eq(category.id, categoryId))
		.orderBy(asc(ladderLevel.level));
	const [first, ...above] = rows.map((row) => row.level);
	const { ladderId, promised } = found(rows[0]);
	const begin = found(first);
	const lowest = promised === null ? begin : { ...begin, days: promised, assumed: false };
	return { ladderId, levels: [lowest, ...above] };
}

/** IST dates on which the area, or anything it lies in, rests. */
export async function holidaysOf(
	db: Db | Tx,
	jurisdictionId: string,
): Promise<ReadonlySet<string>> {
	const rows = isUuid(jurisdictionId)
		? await db.execute<{ date: string }>(sql`
			${withChain([jurisdictionId])}
			select date from holiday where jurisdiction_id in (select id from chain)`)
		: [];
	return new Set(rows.map((row) => row.date));
}
