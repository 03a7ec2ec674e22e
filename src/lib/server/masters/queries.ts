import { and, asc, eq, getTableColumns, inArray, isNull, or, sql, type SQL } from 'drizzle-orm';
import type { JurisdictionKind, PostFunction } from '#lib/domain/masters/kinds.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import {
	charge,
	department,
	jurisdiction,
	person,
	post,
	secondFactor,
} from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';
import { areaAndBelow, chainOf, nameIn, NUKTA, spokenName } from './places.ts';
import { requireAdministrator, requireArea } from './policy.ts';
import { postViews } from './posts.ts';

export interface ChargeView {
	id: string;
	postId: string;
	postName: string;
	kind: 'regular' | 'additional';
	since: Date;
}

export interface StaffRow {
	id: string;
	userName: string;
	name: string;
	disabled: boolean;
	/** Has not signed in with an own password yet. */
	firstPasswordPending: boolean;
	/** Codes of an app are asked for at each sign-in. */
	secondFactor: boolean;
	/** Posts held now, inside the administrator's area. */
	charges: ChargeView[];
}

export interface PostRow {
	id: string;
	name: string;
	departmentName: string | null;
	superiorName: string | null;
	functions: readonly PostFunction[];
	isDistrictHead: boolean;
	isNodal: boolean;
	/** The charge that fills it now; null when vacant. */
	holder: { chargeId: string; personId: string; name: string; since: Date } | null;
}

const heldNow = (now: Date): SQL => sql`${charge.during} @> ${now.toISOString()}::timestamptz`;
/** ISO text instead of a Date: an expression has no column that would read it. */
const begin = sql<string>`to_char(lower(${charge.during}) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function chargesIn(ctx: Context, areaId: string) {
	return ctx.db
		.select({ charge, person, since: begin })
		.from(charge)
		.innerJoin(person, eq(person.id, charge.personId))
		.innerJoin(post, eq(post.id, charge.postId))
		.where(
			and(
				heldNow(ctx.clock.now()),
				isNull(post.abolishedAt),
				sql`${post.jurisdictionId} in ${areaAndBelow(areaId)}`,
			),
		)
		.orderBy(asc(charge.kind), asc(charge.id));
}

/**
 * People who hold a post in the administrator's area, and those who hold none anywhere (newcomers,
 * people between two charges). @throws {Refusal} `forbidden`
 */
export async function listStaff(
	ctx: Context,
	{ text = '' }: { text?: string } = {},
): Promise<StaffRow[]> {
	return (await staffRows(ctx))
		.filter(({ labels }) => mentions(text, labels))
		.map(({ row }) => row);
}

/** One of them. @throws {Refusal} `forbidden`, `not_found` */
export async function staffMember(ctx: Context, personId: string): Promise<StaffRow> {
	return found((await staffRows(ctx)).find(({ row }) => row.id === personId)).row;
}

/** Every word of the text stands somewhere in the labels. */
function mentions(text: string, labels: readonly string[]): boolean {
	const plain = (one: string) => one.normalize('NFC').replaceAll(NUKTA, '').toLowerCase();
	const label = plain(labels.join(' '));
	return plain(text)
		.split(/[\s,]+/)
		.every((word) => label.includes(word));
}

/** Rows with the words, in both languages, by which they are found. */
async function staffRows(ctx: Context): Promise<{ row: StaffRow; labels: string[] }[]> {
	const actor = requireAdministrator(ctx);
	const charges = await chargesIn(ctx, actor.jurisdictionId);
	const holders = [...new Set(charges.map((row) => row.person.id))];
	const idle = sql`not exists (select 1 from ${charge} where ${charge.personId} = ${person.id}
		and ${heldNow(ctx.clock.now())})`;
	const people = await ctx.db
		.select({ ...getTableColumns(person), factorOf: secondFactor.personId })
		.from(person)
		.leftJoin(secondFactor, eq(secondFactor.personId, person.id))
		.where(holders.length > 0 ? or(inArray(person.id, holders), idle) : idle)
		.orderBy(asc(ctx.locale === 'en' ? person.nameEn : person.nameHi));
	const names = await postViews(
		ctx,
		charges.map((row) => row.charge.postId),
	);
	return people.map((one) => {
		const row: StaffRow = {
			id: one.id,
			userName: one.userName,
			name: nameIn(ctx.locale, one),
			disabled: one.disabledAt !== null,
			firstPasswordPending: one.mustChangePassword,
			secondFactor: one.factorOf !== null,
			charges: charges
				.filter(({ charge: held }) => held.personId === one.id)
				.map(({ charge: held, since }) => ({
					id: held.id,
					postId: held.postId,
					postName: names.get(held.postId)?.name ?? '',
					kind: held.kind,
					since: new Date(since),
				})),
		};
		const posts = row.charges.map((held) => held.postName);
		return { row, labels: [one.nameHi, one.nameEn, one.userName, ...posts] };
	});
}

/** Posts of the administrator's area with who holds them. @throws {Refusal} `forbidden` */
export async function listPosts(
	ctx: Context,
	{ text = '' }: { text?: string } = {},
): Promise<PostRow[]> {
	const actor = requireAdministrator(ctx);
	const rows = await ctx.db
		.select({ post, jurisdiction })
		.from(post)
		.innerJoin(jurisdiction, eq(jurisdiction.id, post.jurisdictionId))
		.where(
			and(
				isNull(post.abolishedAt),
				sql`${post.jurisdictionId} in ${areaAndBelow(actor.jurisdictionId)}`,
			),
		)
		.orderBy(asc(jurisdiction.kind), asc(jurisdiction.nameEn), asc(post.id));
	const ids = rows.flatMap((row) => [row.post.id, row.post.superiorId ?? row.post.id]);
	const views = await postViews(ctx, ids);
	const charges = await chargesIn(ctx, actor.jurisdictionId);
	const all = rows.map(({ post: one, jurisdiction: area }): { row: PostRow; labels: string[] } => {
		const held = charges.find((row) => row.charge.postId === one.id && !row.person.disabledAt);
		const view = found(views.get(one.id));
		const row: PostRow = {
			id: one.id,
			name: view.name,
			departmentName: view.departmentName,
			superiorName: one.superiorId ? (views.get(one.superiorId)?.name ?? null) : null,
			functions: one.functions,
			isDistrictHead: one.isDistrictHead,
			isNodal: one.isNodal,
			holder: held
				? {
						chargeId: held.charge.id,
						personId: held.person.id,
						name: nameIn(ctx.locale, held.person),
						since: new Date(held.since),
					}
				: null,
		};
		const names = [one.designationHi, one.designationEn, area.nameHi, area.nameEn];
		return { row, labels: [...names, row.departmentName ?? '', row.holder?.name ?? ''] };
	});
	return all.filter(({ labels }) => mentions(text, labels)).map(({ row }) => row);
}

export interface PostForm {
	id: string;
	designationHi: string;
	designationEn: string;
	departmentId: string | null;
	jurisdictionId: string;
	superiorId: string | null;
	functions: readonly PostFunction[];
	isDistrictHead: boolean;
	isNodal: boolean;
}

/** What the form that edits a post begins with. @throws {Refusal} `forbidden`, `not_found` */
export async function postForm(ctx: Context, postId: string): Promise<PostForm> {
	const actor = requireAdministrator(ctx);
	if (!isUuid(postId)) throw new Refusal('not_found');
	const [row] = await ctx.db
		.select()
		.from(post)
		.where(and(eq(post.id, postId), isNull(post.abolishedAt)));
	const one = found(row);
	await requireArea(ctx.db, actor, one.jurisdictionId);
	return {
		id: one.id,
		designationHi: one.designationHi,
		designationEn: one.designationEn,
		departmentId: one.departmentId,
		jurisdictionId: one.jurisdictionId,
		superiorId: one.superiorId,
		functions: one.functions,
		isDistrictHead: one.isDistrictHead,
		isNodal: one.isNodal,
	};
}

/** Posts are made for offices; nobody keeps an office in a ward or a single village. */
const KINDS_WITH_POSTS = [
	'state',
	'division',
	'district',
	'subdivision',
	'tehsil',
	'block',
	'urban_body',
] as const satisfies readonly JurisdictionKind[];

export interface PostChoices {
	departments: { id: string; name: string }[];
	/** Grouped by kind, in the order state to urban body. */
	areas: { id: string; kind: JurisdictionKind; name: string }[];
	/** Also posts above the own area: every line goes up to the state. */
	superiors: { id: string; name: string }[];
}

/** What can be chosen for a post. @throws {Refusal} `forbidden` */
export async function postChoices(ctx: Context): Promise<PostChoices> {
	const actor = requireAdministrator(ctx);
	const chain = await chainOf(ctx.db, actor.jurisdictionId);
	const stateId = found(chain.find((node) => node.kind === 'state')).id;
	const departments = await ctx.db
		.select()
		.from(department)
		.where(eq(department.stateId, stateId))
		.orderBy(asc(department.code));
	const areas = await ctx.db
		.select()
		.from(jurisdiction)
		.where(
			and(
				inArray(jurisdiction.kind, [...KINDS_WITH_POSTS]),
				sql`${jurisdiction.id} in ${areaAndBelow(actor.jurisdictionId)}`,
			),
		)
		.orderBy(asc(jurisdiction.kind), asc(jurisdiction.nameEn));
	const posts = await ctx.db
		.select({ id: post.id })
		.from(post)
		.where(
			and(
				isNull(post.abolishedAt),
				or(
					sql`${post.jurisdictionId} in ${areaAndBelow(actor.jurisdictionId)}`,
					inArray(
						post.jurisdictionId,
						chain.map((node) => node.id),
					),
				),
			),
		);
	const views = await postViews(
		ctx,
		posts.map((row) => row.id),
	);
	return {
		departments: departments.map((row) => ({ id: row.id, name: nameIn(ctx.locale, row) })),
		areas: areas.map((row) => ({ id: row.id, kind: row.kind, name: spokenName(row, ctx.locale) })),
		superiors: [...views.values()]
			.map(({ id, name }) => ({ id, name }))
			.sort((a, b) => a.name.localeCompare(b.name, ctx.locale)),
	};
}
