import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import { charge, department, jurisdiction, person, post } from '#lib/server/db/schema/masters.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { areaAndBelow, nameIn, type Reading } from './places.ts';

export interface PostView {
	id: string;
	/** Designation and place: "सचिव, नगरपालिका बावल". */
	name: string;
	departmentName: string | null;
}

/** A post as routing and ladders see it. */
export interface PostNode {
	id: string;
	superiorId: string | null;
	/** Nobody holds it now: it passes work to its superior. */
	vacant: boolean;
}

/** Only what names a post: these rows are read on every page of the staff. */
const columns = {
	post: { id: post.id, designationHi: post.designationHi, designationEn: post.designationEn },
	jurisdiction: { nameHi: jurisdiction.nameHi, nameEn: jurisdiction.nameEn },
	department: { nameHi: department.nameHi, nameEn: department.nameEn },
};

function selectPosts(db: Db | Tx) {
	return db
		.select(columns)
		.from(post)
		.innerJoin(jurisdiction, eq(jurisdiction.id, post.jurisdictionId))
		.leftJoin(department, eq(department.id, post.departmentId))
		.$dynamic();
}

type PostRow = Awaited<ReturnType<typeof selectPosts>>[number];

/** Designation and place. */
export function postName(row: Pick<PostRow, 'post' | 'jurisdiction'>, locale: Locale): string {
	const designation = locale === 'en' ? row.post.designationEn : row.post.designationHi;
	return `${designation}, ${nameIn(locale, row.jurisdiction)}`;
}

function toView(row: PostRow, locale: Locale): PostView {
	return {
		id: row.post.id,
		name: postName(row, locale),
		departmentName: row.department ? nameIn(locale, row.department) : null,
	};
}

export async function postViews(
	{ db, locale }: Reading,
	ids: readonly string[],
): Promise<Map<string, PostView>> {
	const unique = [...new Set(ids)].filter(isUuid);
	if (unique.length === 0) return new Map();
	const rows = await selectPosts(db).where(inArray(post.id, unique));
	return new Map(rows.map((row) => [row.post.id, toView(row, locale)]));
}

/** @throws {Refusal} `not_found` */
export async function postView(reading: Reading, id: string): Promise<PostView> {
	return found((await postViews(reading, [id])).get(id));
}

export async function namesOfPosts(
	db: Db | Tx,
	ids: readonly string[],
	locale: Locale,
): Promise<Map<string, string>> {
	const views = await postViews({ db, locale }, ids);
	return new Map([...views].map(([id, view]) => [id, view.name]));
}

/**
 * Posts of a district and of everything below it, the district's own first: whom a grievance may be
 * against, whom a direction may name. `functions`: at least one of them.
 */
export async function listPostsInDistrict(
	{ db, locale }: Reading,
	districtId: string,
	{ functions = [], text = '' }: { functions?: readonly PostFunction[]; text?: string } = {},
): Promise<PostView[]> {
	if (!isUuid(districtId)) return [];
	const rows = await selectPosts(db)
		.where(
			and(
				sql`${post.jurisdictionId} in ${areaAndBelow(districtId)}`,
				isNull(post.abolishedAt),
				...(functions.length > 0 ? [hasFunction(functions)] : []),
			),
		)
		.orderBy(
			sql`${post.jurisdictionId} <> ${districtId}`,
			sql`not ${post.isDistrictHead}`,
			asc(locale === 'en' ? post.designationEn : post.designationHi),
			asc(jurisdiction.nameEn),
		);
	const wanted = text.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean).slice(0, 6);
	return rows
		.filter(({ post: one, jurisdiction: area }) => {
			const label =
				`${one.designationHi} ${one.designationEn} ${area.nameHi} ${area.nameEn}`.toLowerCase();
			return wanted.every((word) => label.includes(word));
		})
		.map((row) => toView(row, locale));
}

export const hasFunction = (functions: readonly PostFunction[]): SQL => {
	const any = functions.map((one) => sql`${one} = any(${post.functions}::text[])`);
	return sql`(${sql.join(any, sql` or `)})`;
};

/** Whether a post has somebody at the instant. */
const heldAt = (postId: SQL, now: Date): SQL => sql`exists (
	select 1 from ${charge} c join ${person} h on h.id = c.person_id
	where c.post_id = ${postId} and c.during @> ${now.toISOString()}::timestamptz
		and h.disabled_at is null)`;

/** The posts themselves and all their superiors. A circle of superiors ends by itself. */
export async function postLines(
	db: Db | Tx,
	postIds: readonly string[],
	now: Date,
): Promise<Map<string, PostNode>> {
	if (postIds.length === 0) return new Map();
	const rows = await db.execute<{ id: string; superior_id: string | null; vacant: boolean }>(sql`
		with recursive line as (
			select id, superior_id, abolished_at from post where id in ${postIds}
			union
			select p.id, p.superior_id, p.abolished_at
			from post p join line on p.id = line.superior_id
		)
		select id, superior_id,
			(abolished_at is not null or not ${heldAt(sql`line.id`, now)}) as vacant
		from line`);
	return new Map(
		rows.map((row) => [row.id, { id: row.id, superiorId: row.superior_id, vacant: row.vacant }]),
	);
}

/** The post and all its superiors, for climbing. */
export function postsAbove(db: Db | Tx, postId: string, now: Date) {
	return postLines(db, [postId], now);
}

/** Whether `superiorId` stands anywhere above `postId`. */
export async function isSuperiorOf(
	db: Db | Tx,
	superiorId: string,
	postId: string,
): Promise<boolean> {
	const line = await postLines(db, [postId], new Date(0));
	return superiorId !== postId && line.has(superiorId);
}

/** Who holds the post now, to be told of things; none when vacant. */
export async function holdersOf(
	db: Db | Tx,
	postId: string,
	now: Date,
): Promise<{ personId: string; mobile: string | null; locale: Locale }[]> {
	const rows = await db
		.select({ personId: person.id, mobile: person.mobile, locale: person.locale })
		.from(charge)
		.innerJoin(person, eq(person.id, charge.personId))
		.where(
			and(
				eq(charge.postId, postId),
				isNull(person.disabledAt),
				sql`${charge.during} @> ${now.toISOString()}::timestamptz`,
			),
		);
	return rows.map((row) => ({ ...row, locale: row.locale === 'en' ? 'en' : 'hi' }));
}

/** Posts of the state that watch its ladders and hear of what stays breached at the top. */
export async function monitorPosts(db: Db | Tx, stateId: string): Promise<string[]> {
	const rows = await db
		.select({ id: post.id })
		.from(post)
		.where(
			and(eq(post.jurisdictionId, stateId), isNull(post.abolishedAt), hasFunction(['monitor'])),
		);
	return rows.map((row) => row.id);
}

async function markedPost(db: Db | Tx, areaId: string, mark: SQL): Promise<string | null> {
	const [row] = await db
		.select({ id: post.id })
		.from(post)
		.where(and(eq(post.jurisdictionId, areaId), isNull(post.abolishedAt), mark));
	return row?.id ?? null;
}

/** Deputy Commissioner or Collector. */
export const districtHead = (db: Db | Tx, districtId: string) =>
	markedPost(db, districtId, sql`${post.isDistrictHead}`);

/** The post that receives what no rule places. */
export const nodalPost = (db: Db | Tx, districtId: string) =>
	markedPost(db, districtId, sql`${post.isNodal}`);
