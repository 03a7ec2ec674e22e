import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
	addHearingRule,
	hearingPostFor,
	hearingPostsFor,
	hearingRulePage,
	removeHearingRule,
	type NewHearingRule,
} from '#lib/server/appointment/index.ts';
import { hearingRule } from '#lib/server/db/schema/schedule.ts';
import { makeCase } from '../support/appointment.ts';
import { testContext, testDatabase, TEST_NOW, type TestDatabase } from '../support/database.ts';
import { makeWorld, staffOf, vacate, type World } from '../support/factories.ts';
import { refusalCode as refusal } from '../support/refusals.ts';

let database: TestDatabase;
let world: World;

beforeAll(async () => {
	database = await testDatabase();
	world = await makeWorld(database.db);
	await database.sql`update post set functions = functions || '{hearing}'
		where id in ${database.sql([world.posts.ddpo.id, world.posts.chief.id])}`;
});
afterAll(() => database.close());
beforeEach(async () => {
	await database.db.delete(hearingRule);
});

const ctx = () => testContext(database.db);
const admin = () => testContext(database.db, { actor: staffOf(world.posts.administrator) });
const rule = (rest: Partial<NewHearingRule>): NewHearingRule => ({
	categoryId: null,
	level: null,
	jurisdictionId: world.districtId,
	postId: world.posts.ddpo.id,
	...rest,
});

describe('who hears a grievance', () => {
	it('is found by category, level and place, for many cases at once', async () => {
		await addHearingRule(admin(), rule({ categoryId: world.drainId, level: 1 }));
		const ofBlock = rule({
			jurisdictionId: world.blockId,
			categoryId: world.restrictedId,
			postId: world.posts.chief.id,
		});
		await addHearingRule(admin(), ofBlock);
		const [drain, later, road, restricted] = [
			await makeCase(database.db, world),
			await makeCase(database.db, world, { level: 2 }),
			await makeCase(database.db, world, { categoryId: world.roadId }),
			await makeCase(database.db, world, { categoryId: world.restrictedId }),
		];
		const ids = [drain, later, road, restricted].map(({ id }) => id);
		const heard = await hearingPostsFor(ctx(), ids);
		expect(ids.map((id) => heard.get(id))).toEqual([
			world.posts.ddpo.id,
			world.posts.dc.id,
			world.posts.dc.id,
			world.posts.chief.id,
		]);
		expect(await hearingPostsFor(ctx(), [])).toEqual(new Map());
	});

	it('is never the accused post, and above the district head when that one is accused', async () => {
		await addHearingRule(admin(), rule({}));
		const { posts } = world;
		const ofDdpo = await makeCase(database.db, world, {
			againstPostId: posts.ddpo.id,
			ownerPostId: posts.dc.id,
		});
		const ofDc = await makeCase(database.db, world, { againstPostId: posts.dc.id });
		expect(await hearingPostFor(ctx(), ofDdpo.id)).toBe(posts.dc.id);
		expect(await hearingPostFor(ctx(), ofDc.id)).toBe(posts.chief.id);
	});

	it('is no vacant and no abolished post, and nobody when none is left', async () => {
		await addHearingRule(admin(), rule({}));
		const { id } = await makeCase(database.db, world);
		await vacate(database.db, world.posts.ddpo, TEST_NOW);
		expect(await hearingPostFor(ctx(), id)).toBe(world.posts.dc.id);
		await database.sql`update post set abolished_at = now() where id = ${world.posts.dc.id}`;
		expect(await hearingPostFor(ctx(), id)).toBeNull();
		await database.sql`update post set abolished_at = null where id = ${world.posts.dc.id}`;
		await database.sql`update charge set during = tstzrange(lower(during), null)
			where post_id = ${world.posts.ddpo.id}`;
	});
});

describe('rules of who hears', () => {
	it('are listed in words, added and removed by the administrator', async () => {
		await addHearingRule(admin(), rule({ categoryId: world.drainId, level: 1 }));
		const { rows, posts } = await hearingRulePage(admin());
		expect(rows).toMatchObject([{ categoryName: 'पानी की निकासी', level: 1, areaName: 'रेवाड़ी' }]);
		expect(posts.map(({ id }) => id)).toContain(world.posts.dc.id);
		expect(posts.map(({ id }) => id)).not.toContain(world.posts.clerk.id);
		await removeHearingRule(admin(), rows[0]?.id ?? '');
		expect((await hearingRulePage(admin())).rows).toEqual([]);
		expect(await refusal(removeHearingRule(admin(), rows[0]?.id ?? ''))).toBe('not_found');
	});

	it('stand once for one case, and name a post that hears there', async () => {
		await addHearingRule(admin(), rule({}));
		expect(await refusal(addHearingRule(admin(), rule({ postId: world.posts.dc.id })))).toBe(
			'hearing_rule_taken',
		);
		const wrong = [
			rule({ level: 1, postId: world.posts.clerk.id }),
			rule({ jurisdictionId: world.otherDistrictId }),
			rule({ jurisdictionId: world.stateId }),
		];
		for (const one of wrong) {
			expect(await refusal(addHearingRule(admin(), one))).toBe('hearing_rule_post');
		}
	});

	it('are nobody else’s to see or change', async () => {
		for (const post of [world.posts.clerk, world.posts.dc]) {
			const other = testContext(database.db, { actor: staffOf(post) });
			expect(await refusal(hearingRulePage(other))).toBe('forbidden');
			expect(await refusal(addHearingRule(other, rule({})))).toBe('forbidden');
		}
		const ofDistrict = testContext(database.db, {
			actor: { ...staffOf(world.posts.administrator), jurisdictionId: world.otherDistrictId },
		});
		expect(await refusal(addHearingRule(ofDistrict, rule({})))).toBe('forbidden');
	});
});
