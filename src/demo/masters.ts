import { inArray, sql } from 'drizzle-orm';
import { SHIPPED_LADDERS } from '#lib/domain/escalation/shipped-ladders.ts';
import { istDate } from '#lib/domain/calendar/ist.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { availabilityRule, schedule } from '#lib/server/db/schema/appointment.ts';
import {
	category,
	charge,
	department,
	holiday,
	jurisdiction,
	ladder,
	ladderLevel,
	person,
	post,
	routingRule,
	secondFactor,
	service,
} from '#lib/server/db/schema/masters.ts';
import { hashPassword, installLadders } from '#lib/server/masters/index.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { written, type Tx } from '#lib/server/platform/db.ts';
import { DEPARTMENTS, SERVICES } from './data/categories.ts';
import { HOLIDAYS } from './data/holidays.ts';
import { PLACES } from './data/places.ts';
import { POSTS, type PostSeed } from './data/posts.ts';
import { RULES } from './data/rules.ts';
import { SCHEDULES } from './data/sittings.ts';
import { passwordOf, secondFactorOf } from './sign-ins.ts';

type Ids = ReadonlyMap<string, string>;

/** A key that the data files name; an unknown one is a mistake in them. */
function idOf(ids: Ids, key: string): string {
	const id = ids.get(key);
	if (id === undefined) throw new Error(`the demonstration's data name an unknown ${key}`);
	return id;
}

/** Inserts rows whose parents come first, level by level. */
async function insertTree<Seed extends { key: string }>(
	seeds: readonly Seed[],
	parentsOf: (seed: Seed) => (string | null)[],
	insert: (level: readonly Seed[], ids: Ids) => Promise<{ id: string }[]>,
): Promise<Ids> {
	const ids = new Map<string, string>();
	for (let rest = [...seeds]; rest.length > 0;) {
		const ready = rest.filter((seed) => parentsOf(seed).every((key) => !key || ids.has(key)));
		if (ready.length === 0)
			throw new Error(`no parent for ${rest.map((one) => one.key).join(', ')}`);
		// One statement's rows come back in the order in which they were given.
		const rows = await insert(ready, ids);
		ready.forEach((seed, index) => ids.set(seed.key, written(rows.slice(index)).id));
		rest = rest.filter((seed) => !ids.has(seed.key));
	}
	return ids;
}

async function insertPlaces(tx: Tx): Promise<Ids> {
	return insertTree(
		PLACES,
		(seed) => [seed.parent, seed.tehsil],
		(level, ids) =>
			tx
				.insert(jurisdiction)
				.values(
					level.map((seed) => ({
						kind: seed.kind,
						lgdCode: seed.code,
						invented: seed.invented,
						// One way to write a letter with a nukta, so that searching finds it.
						nameHi: seed.hi.normalize('NFC'),
						nameEn: seed.en,
						parentId: seed.parent === null ? null : idOf(ids, seed.parent),
						tehsilId: seed.tehsil === null ? null : idOf(ids, seed.tehsil),
						numberPrefix: seed.numberPrefix,
					})),
				)
				.returning({ id: jurisdiction.id }),
	);
}

async function insertLadders(tx: Tx, places: Ids): Promise<void> {
	await installLadders(tx, { rajasthan: idOf(places, 'state:rajasthan') });
	// Haryana publishes no days for the CM Window: Rajasthan's stand in, each marked as assumed.
	const rows = await tx
		.insert(ladder)
		.values({
			code: 'haryana',
			nameHi: 'हरियाणा सीएम विंडो',
			nameEn: 'Haryana CM Window',
			stateId: idOf(places, 'state:haryana'),
		})
		.returning({ id: ladder.id });
	await tx.insert(ladderLevel).values(
		SHIPPED_LADDERS.rajasthan.levels.map((one) => ({
			...one,
			ladderId: written(rows).id,
			assumed: true,
		})),
	);
}

async function insertDepartments(tx: Tx, places: Ids): Promise<Ids> {
	const rows = await tx
		.insert(department)
		.values(
			DEPARTMENTS.map(({ code, state, hi, en }) => ({
				code,
				stateId: idOf(places, state),
				nameHi: hi,
				nameEn: en,
			})),
		)
		.returning({ id: department.id, code: department.code });
	return new Map(rows.map((row) => [row.code, row.id]));
}

async function insertCategories(tx: Tx, departments: Ids): Promise<Ids> {
	const ids = new Map<string, string>();
	for (const seed of SERVICES) {
		const made = await tx
			.insert(service)
			.values({
				departmentId: idOf(departments, seed.department),
				code: seed.code,
				nameHi: seed.hi,
				nameEn: seed.en,
			})
			.returning({ id: service.id });
		const rows = await tx
			.insert(category)
			.values(
				seed.categories.map(({ code, hi, en, evidenceRequired, restricted }) => ({
					serviceId: written(made).id,
					code,
					nameHi: hi,
					nameEn: en,
					evidenceRequired,
					restricted,
				})),
			)
			.returning({ id: category.id, code: category.code });
		for (const row of rows) ids.set(row.code, row.id);
	}
	return ids;
}

async function insertPosts(tx: Tx, places: Ids, departments: Ids): Promise<Ids> {
	return insertTree(
		POSTS,
		(seed) => [seed.superior],
		(level, ids) =>
			tx
				.insert(post)
				.values(
					level.map((seed) => ({
						departmentId: idOf(departments, seed.department),
						jurisdictionId: idOf(places, seed.place),
						designationHi: seed.hi,
						designationEn: seed.en,
						functions: [...seed.functions],
						superiorId: seed.superior === null ? null : idOf(ids, seed.superior),
						isDistrictHead: seed.isDistrictHead ?? false,
						isNodal: seed.isNodal ?? false,
					})),
				)
				.returning({ id: post.id }),
	);
}

/** Numbers of nobody: they are never called, the demonstration only shows its messages. */
const staffMobile = (index: number) => `+9170000${String(index + 1).padStart(5, '0')}`;

const CHARGES_SINCE = new Date('2025-04-01T00:00:00+05:30');

async function insertPeople(tx: Tx, posts: Ids): Promise<void> {
	const held = POSTS.flatMap((seed) => (seed.holder ? [{ seed, holder: seed.holder }] : []));
	const rows = await Promise.all(
		held.map(async ({ holder }, index) => ({
			userName: holder.userName,
			nameHi: holder.hi,
			nameEn: holder.en,
			mobile: staffMobile(index),
			mobileIndex: blindIndex('mobile', staffMobile(index)),
			passwordHash: await hashPassword(passwordOf(holder.userName)),
			mustChangePassword: false,
		})),
	);
	const people = await tx
		.insert(person)
		.values(rows)
		.returning({ id: person.id, userName: person.userName });
	const personOf = new Map(people.map((row) => [row.userName, row.id]));
	const during = rangeOf(CHARGES_SINCE, null);
	const regular = held.map(({ seed, holder }) => ({
		personId: idOf(personOf, holder.userName),
		postId: idOf(posts, seed.key),
		kind: 'regular' as const,
		during,
	}));
	const additional = POSTS.flatMap(({ key, additionalFor }) => {
		const holder = POSTS.find((one: PostSeed) => one.key === additionalFor)?.holder;
		if (!holder) return [];
		const personId = idOf(personOf, holder.userName);
		return [{ personId, postId: idOf(posts, key), kind: 'additional' as const, during }];
	});
	await tx.insert(charge).values([...regular, ...additional]);
}

async function insertRules(tx: Tx, ids: { categories: Ids; places: Ids; posts: Ids }) {
	await tx.insert(routingRule).values(
		RULES.map((seed) => ({
			categoryId: idOf(ids.categories, seed.category),
			jurisdictionId: idOf(ids.places, seed.place),
			postId: idOf(ids.posts, seed.post),
		})),
	);
}

async function insertHolidays(tx: Tx, places: Ids): Promise<void> {
	const rows = Object.entries(HOLIDAYS).flatMap(([place, list]) =>
		list.map(({ date, hi, en }) => ({
			jurisdictionId: idOf(places, place),
			date,
			nameHi: hi,
			nameEn: en,
		})),
	);
	await tx.insert(holiday).values(rows);
}

async function insertSchedules(tx: Tx, posts: Ids, now: Date): Promise<void> {
	for (const { post: key, mode, ...rule } of SCHEDULES) {
		const rows = await tx
			.insert(schedule)
			.values({ postId: idOf(posts, key), mode })
			.returning({ id: schedule.id });
		await tx.insert(availabilityRule).values({
			scheduleId: written(rows).id,
			...rule,
			weekdays: [...rule.weekdays],
			validFrom: istDate(now),
		});
	}
}

/** Gives its second factor to every person of the demonstration who has none. */
export async function insertSecondFactors(tx: Tx): Promise<void> {
	const userNames = POSTS.flatMap(({ holder }) => (holder ? [holder.userName] : []));
	const people = await tx
		.select({ id: person.id, userName: person.userName })
		.from(person)
		.where(inArray(person.userName, userNames));
	await tx
		.insert(secondFactor)
		.values(
			people.map(({ id, userName }) => ({
				personId: id,
				secret: secondFactorOf(userName),
				lastStep: 0,
			})),
		)
		.onConflictDoNothing();
}

/**
 * Fills the master tables of an empty database. False, and nothing written, when there is a place
 * already; two that start together wait for each other.
 */
export async function insertMasters(tx: Tx, now: Date): Promise<boolean> {
	await tx.execute(sql`lock table ${jurisdiction} in exclusive mode`);
	const [any] = await tx.select({ id: jurisdiction.id }).from(jurisdiction).limit(1);
	if (any) return false;
	const places = await insertPlaces(tx);
	await insertLadders(tx, places);
	const departments = await insertDepartments(tx, places);
	const categories = await insertCategories(tx, departments);
	const posts = await insertPosts(tx, places, departments);
	await insertPeople(tx, posts);
	await insertRules(tx, { categories, places, posts });
	await insertHolidays(tx, places);
	await insertSchedules(tx, posts, now);
	return true;
}
