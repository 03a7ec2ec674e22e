import { asc, sql, type SQL } from 'drizzle-orm';
import type { JurisdictionKind } from '#lib/domain/masters/kinds.ts';
import { toLatinDigits } from '#lib/domain/identity/digits.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { m } from '#lib/paraglide/messages.js';
import { jurisdiction } from '#lib/server/db/schema/masters.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';

/** What a query needs of a Context; inside a transaction `{ db: tx, locale }`. */
export interface Reading {
	db: Db | Tx;
	locale: Locale;
}

export interface Place {
	id: string;
	kind: JurisdictionKind;
	name: string;
	/** The place and what it lies in, up to the district: "वार्ड 2, नगरपालिका बावल, रेवाड़ी". */
	path: string;
}

export interface DistrictView {
	id: string;
	name: string;
	stateName: string;
}

/** A node on the way from a place up to its state. */
export interface AreaNode {
	id: string;
	kind: JurisdictionKind;
	nameHi: string;
	nameEn: string;
	numberPrefix: string | null;
	/** Of a village, which lies in a block as well. */
	tehsilId: string | null;
}

interface ChainRow extends Record<string, unknown> {
	root: string;
	id: string;
	kind: JurisdictionKind;
	name_hi: string;
	name_en: string;
	number_prefix: string | null;
	tehsil_id: string | null;
}

/** Deeper than any tree of places; stops a circle made by a wrong import. */
const MAX_DEPTH = 12;

export const nameIn = (locale: Locale, row: { nameHi: string; nameEn: string }) =>
	locale === 'en' ? row.nameEn : row.nameHi;

/** The places (`root`) with all that they lie in, as rows of `chain` (`depth` 0 is the place). */
export const withChain = (ids: readonly string[] | SQL) => sql`
	with recursive chain as (
		select j.id as root, j.*, 0 as depth from jurisdiction j where j.id in ${ids}
		union all
		select chain.root, p.*, chain.depth + 1
		from jurisdiction p join chain on p.id = chain.parent_id
		where chain.depth < ${MAX_DEPTH}
	)`;

/** The chains of parents of several places, each from the place itself up to its state. */
async function chainsOf(db: Db | Tx, ids: readonly string[]): Promise<Map<string, AreaNode[]>> {
	const usable = ids.filter(isUuid);
	return usable.length === 0 ? new Map() : readChains(db, usable);
}

async function readChains(
	db: Db | Tx,
	usable: readonly string[] | SQL,
): Promise<Map<string, AreaNode[]>> {
	const chains = new Map<string, AreaNode[]>();
	const rows = await db.execute<ChainRow>(sql`
		${withChain(usable)}
		select root, id, kind, name_hi, name_en, number_prefix, tehsil_id
		from chain order by root, depth`);
	for (const row of rows) {
		const chain = chains.get(row.root) ?? [];
		chains.set(row.root, chain);
		chain.push({
			id: row.id,
			kind: row.kind,
			nameHi: row.name_hi,
			nameEn: row.name_en,
			numberPrefix: row.number_prefix,
			tehsilId: row.tehsil_id,
		});
	}
	return chains;
}

/** From the place itself up to its state. @throws {Refusal} `not_found` */
export async function chainOf(db: Db | Tx, id: string): Promise<AreaNode[]> {
	return found((await chainsOf(db, [id])).get(id));
}

/**
 * The order in which routing rules are looked for: the place, its local bodies, then its revenue
 * chain (tehsil, subdivision), then district, division, state. The first two are apart in the
 * directory: a village lies in a block and in a tehsil.
 */
export async function routingChain(db: Db | Tx, id: string): Promise<AreaNode[]> {
	if (!isUuid(id)) throw new Refusal('not_found');
	const chains = await readChains(
		db,
		sql`(select ${id}::uuid union (${withChain([id])} select tehsil_id from chain))`,
	);
	const local = found(chains.get(id));
	const tehsilId = local.find((node) => node.tehsilId !== null)?.tehsilId;
	const revenue = chains.get(tehsilId ?? '') ?? [];
	const known = new Set(local.map((node) => node.id));
	const district = local.findIndex((node) => node.kind === 'district');
	const cut = district === -1 ? local.length : district;
	return [
		...local.slice(0, cut),
		...revenue.filter((node) => !known.has(node.id)),
		...local.slice(cut),
	];
}

/** The name as it stands in a path; kinds whose bare name says too little say what they are. */
export function spokenName(node: AreaNode, locale: Locale): string {
	const name = nameIn(locale, node);
	const options = { locale };
	switch (node.kind) {
		case 'block':
			return m.place_block({ name }, options);
		case 'division':
			return m.place_division({ name }, options);
		case 'gram_panchayat':
			return m.place_gram_panchayat({ name }, options);
		case 'subdivision':
			return m.place_subdivision({ name }, options);
		case 'tehsil':
			return m.place_tehsil({ name }, options);
		default:
			return name;
	}
}

function placeFrom(chain: readonly AreaNode[], locale: Locale): Place {
	const [self] = chain;
	const node = found(self);
	const top = chain.findIndex((one) => one.kind === 'district');
	const upToDistrict = top === -1 ? chain.slice(0, 1) : chain.slice(0, top + 1);
	return {
		id: node.id,
		kind: node.kind,
		name: spokenName(node, locale),
		path: upToDistrict.map((one) => spokenName(one, locale)).join(', '),
	};
}

/** One place with its district and state. @throws {Refusal} `not_found` */
export async function place(
	{ db, locale }: Reading,
	id: string,
): Promise<Place & { districtId: string | null; stateId: string }> {
	const chain = await chainOf(db, id);
	const district = chain.find((node) => node.kind === 'district');
	const state = found(chain.find((node) => node.kind === 'state'));
	return { ...placeFrom(chain, locale), districtId: district?.id ?? null, stateId: state.id };
}

/** Places by their ids; those that do not exist are left out. */
export async function places(
	{ db, locale }: Reading,
	ids: readonly string[],
): Promise<Map<string, Place>> {
	const chains = await chainsOf(db, [...new Set(ids)]);
	return new Map([...chains].map(([id, chain]) => [id, placeFrom(chain, locale)]));
}

/** Every district that takes grievances: those with a number prefix. */
export async function listDistricts({ db, locale }: Reading): Promise<DistrictView[]> {
	const rows = await db
		.select()
		.from(jurisdiction)
		.where(sql`${jurisdiction.kind} = 'district' and ${jurisdiction.numberPrefix} is not null`)
		.orderBy(locale === 'en' ? asc(jurisdiction.nameEn) : asc(jurisdiction.nameHi));
	const chains = await chainsOf(
		db,
		rows.map((row) => row.id),
	);
	return rows.map((row) => {
		const state = chains.get(row.id)?.find((node) => node.kind === 'state');
		return {
			id: row.id,
			name: nameIn(locale, row),
			stateName: state ? nameIn(locale, state) : '',
		};
	});
}

const KINDS_OF_AREA = {
	urban: ['urban_body', 'ward'],
	/**
	 * A block stands in for a village that the directory does not know. A gram panchayat mostly bears
	 * the name of one of its villages: both in one list would only confuse.
	 */
	rural: ['village', 'block'],
} as const satisfies Record<string, readonly JurisdictionKind[]>;
export type Area = keyof typeof KINDS_OF_AREA;

/** Dot under a Devanagari letter; many people leave it out. */
export const NUKTA = '\u093c';
const MAX_WORDS = 6;

/** Many people type "रेवाडी" for "रेवाड़ी": nukta, case and the script of digits do not count. */
function searchWords(text: string): string[] {
	return toLatinDigits(text.slice(0, 100))
		.normalize('NFC')
		.replaceAll(NUKTA, '')
		.toLowerCase()
		.split(/[\s,./-]+/)
		.filter((word) => word !== '')
		.slice(0, MAX_WORDS);
}

/** A number must stand alone ("वार्ड 2" is not ward 12); a word may be the beginning or the middle. */
const matches = (label: SQL, word: string): SQL =>
	/^\d+$/.test(word)
		? sql`${label} ~ ${`(^|[^0-9])${word}([^0-9]|$)`}`
		: sql`position(${word} in ${label}) > 0`;

/**
 * Places of a district where a grievance can lie, found by words of their own name or of what they
 * lie in, in either language. Empty text lists the first ones.
 */
export async function searchPlaces(
	{ db, locale }: Reading,
	{
		districtId,
		area,
		text,
		limit = 20,
	}: { districtId: string; area: Area; text: string; limit?: number },
): Promise<Place[]> {
	const kinds = sql.join(
		KINDS_OF_AREA[area].map((kind) => sql`${kind}`),
		sql`, `,
	);
	if (!isUuid(districtId)) return [];
	const plain = (column: SQL) => sql`lower(replace(${column}, ${NUKTA}, ''))`;
	const words = searchWords(text);
	const all = words.map((word) => sql`and ${matches(sql`label`, word)}`);
	const own = sql.join(
		[sql`0::int`, ...words.map((word) => sql`(${matches(sql`own`, word)})::int`)],
		sql` + `,
	);
	const rows = await db.execute<{ id: string }>(sql`
		with recursive tree as (
			select j.id, j.kind, j.name_hi, j.name_en, j.lgd_code, 0 as depth,
				${plain(sql`j.name_hi || ' ' || j.name_en`)} as own,
				${plain(sql`j.name_hi || ' ' || j.name_en`)} as label
			from jurisdiction j where j.id = ${districtId}
			union all
			select j.id, j.kind, j.name_hi, j.name_en, j.lgd_code, tree.depth + 1,
				${plain(sql`j.name_hi || ' ' || j.name_en`)},
				tree.label || ' ' || ${plain(sql`j.name_hi || ' ' || j.name_en`)}
			from jurisdiction j join tree on j.parent_id = tree.id
			where tree.depth < ${MAX_DEPTH}
		)
		select id from tree
		where kind::text in (${kinds}) ${sql.join(all, sql` `)}
		order by ${own} desc, array_position(array[${kinds}]::text[], kind::text),
			substring(name_en from '[0-9]+')::numeric nulls first,
			${locale === 'en' ? sql`name_en` : sql`name_hi`}
		limit ${Math.min(limit, 100)}`);
	const ids = rows.map((row) => row.id);
	const chains = await chainsOf(db, ids);
	return ids.map((id) => placeFrom(found(chains.get(id)), locale));
}

/** Whether `innerId` is `outerId` or lies in it. */
export async function liesWithin(db: Db | Tx, innerId: string, outerId: string): Promise<boolean> {
	return (await chainOf(db, innerId)).some((node) => node.id === outerId);
}

/** Ids of the area itself and everything below it, as a subquery. */
export const areaAndBelow = (areaId: string): SQL => sql`(
	with recursive below as (
		select id from jurisdiction where id = ${areaId}
		union
		select j.id from jurisdiction j join below on j.parent_id = below.id
	)
	select id from below)`;
