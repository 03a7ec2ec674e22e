import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeGrievance } from '#lib/domain/grievance/routing.ts';
import { category, jurisdiction, ladder } from '#lib/server/db/schema/masters.ts';
import {
	holdersOf,
	holidaysOf,
	isSuperiorOf,
	ladderFor,
	listDistricts,
	listPostsInDistrict,
	place,
	postsAbove,
	postView,
	routingFacts,
	searchPlaces,
} from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { PLACES } from '../../src/demo/data/places.ts';
import { insertMasters } from '../../src/demo/masters.ts';
import { TEST_NOW, testContext, testDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let ctx: Context;

beforeAll(async () => {
	database = await testDatabase();
	ctx = testContext(database.db, { actor: { kind: 'system' } });
	await database.db.transaction((tx) => insertMasters(tx, TEST_NOW));
});
afterAll(() => database.close());

async function placeId(key: string): Promise<string> {
	const seed = found(PLACES.find((one) => one.key === key));
	const [row] = await database.db
		.select({ id: jurisdiction.id })
		.from(jurisdiction)
		.where(
			and(
				eq(jurisdiction.kind, seed.kind),
				eq(jurisdiction.lgdCode, seed.code),
				eq(jurisdiction.invented, seed.invented),
			),
		);
	return found(row).id;
}

async function categoryId(code: string): Promise<string> {
	const [row] = await database.db
		.select({ id: category.id })
		.from(category)
		.where(eq(category.code, code));
	return found(row).id;
}

async function routed(code: string, placeKey: string, accused: string | null = null) {
	const input = { categoryId: await categoryId(code), jurisdictionId: await placeId(placeKey) };
	const facts = await routingFacts(database.db, { ...input, now: TEST_NOW });
	const route = routeGrievance({ ...facts, ...input, accusedPostId: accused });
	if ('refusal' in route) return { postId: null, name: route.refusal };
	const english = { ...ctx, locale: 'en' as const };
	return { postId: route.postId, name: (await postView(english, route.postId)).name };
}

describe('the facts that route a grievance', () => {
	it('lead a road of ward 2 of Bawal to the secretary of the town', async () => {
		expect((await routed('road_urban', 'ward:bawal:2')).name).toBe(
			'Secretary, Municipal Committee Bawal',
		);
	});

	it('lead past the accused secretary to the District Municipal Commissioner', async () => {
		const { postId } = await routed('road_urban', 'ward:bawal:2');
		const other = await routed('road_urban', 'ward:bawal:2', postId);
		expect(other.name).toBe('District Municipal Commissioner (DMC), Rewari');
	});

	it('lead a drain of Khurshidnagar to the BDPO of its block', async () => {
		expect((await routed('drain_village', 'village:khurshidnagar')).name).toBe(
			'Block Development and Panchayat Officer (BDPO), Bawal',
		);
	});

	it('lead past a vacant post to its superior', async () => {
		expect((await routed('drain_village', 'village:lukhi')).name).toBe(
			'District Development and Panchayat Officer (DDPO), Rewari',
		);
	});

	it('follow the revenue chain of a village and of a town before the district', async () => {
		expect((await routed('land_mutation', 'village:suthana')).name).toBe('Tehsildar, Bawal');
		expect((await routed('land_mutation', 'ward:bawal:2')).name).toBe('Tehsildar, Bawal');
		// A sub-tehsil without a rule of its own falls to the district.
		expect((await routed('land_mutation', 'village:masani')).name).toBe(
			'District Revenue Officer, Rewari',
		);
	});

	it('lead a dustbin of Housing Board sector 21 to the health officer of Jodhpur South', async () => {
		expect((await routed('garbage', 'ward:jodhpur-south:9')).name).toBe(
			'Health Officer (Sanitation), Municipal Corporation Jodhpur South',
		);
	});

	it('place every category in both districts', async () => {
		const codes = await database.db.select({ code: category.code }).from(category);
		expect(codes.length).toBeGreaterThanOrEqual(12);
		for (const { code } of codes) {
			for (const district of ['district:rewari', 'district:jodhpur']) {
				expect((await routed(code, district)).postId, `${code} in ${district}`).not.toBeNull();
			}
		}
	});

	it('refuse a place that lies in no district', async () => {
		const input = { categoryId: await categoryId('garbage'), now: TEST_NOW };
		await expect(
			routingFacts(database.db, { ...input, jurisdictionId: await placeId('state:haryana') }),
		).rejects.toMatchObject({ code: 'no_post_for_place' });
		await expect(
			routingFacts(database.db, { ...input, jurisdictionId: 'not-an-id' }),
		).rejects.toMatchObject({ code: 'not_found' });
	});
});

describe('the line above a post', () => {
	it('goes from the secretary of Bawal up to the state', async () => {
		const { postId } = await routed('road_urban', 'ward:bawal:2');
		const line = await postsAbove(database.db, found(postId), TEST_NOW);
		const english = { ...ctx, locale: 'en' as const };
		const names: string[] = [];
		for (let id = postId; id !== null; id = line.get(id)?.superiorId ?? null) {
			names.push((await postView(english, id)).name);
		}
		expect(names).toEqual([
			'Secretary, Municipal Committee Bawal',
			'District Municipal Commissioner (DMC), Rewari',
			'Deputy Commissioner, Rewari',
			'Divisional Commissioner, Gurugram',
			'State Grievance Redressal Authority, Haryana',
		]);
		const last = found([...line.values()].find((post) => post.superiorId === null));
		expect(await isSuperiorOf(database.db, last.id, found(postId))).toBe(true);
		expect(await isSuperiorOf(database.db, found(postId), last.id)).toBe(false);
		expect(await isSuperiorOf(database.db, last.id, last.id)).toBe(false);
	});

	it('names one holder, with the mobile opened, and none for a vacant post', async () => {
		const { postId } = await routed('road_urban', 'ward:bawal:2');
		const [holder, ...others] = await holdersOf(database.db, found(postId), TEST_NOW);
		expect(others).toEqual([]);
		expect(holder).toMatchObject({
			mobile: expect.stringMatching(/^\+917000\d{6}$/),
			locale: 'hi',
		});
		expect(await holdersOf(database.db, found(postId), new Date(0))).toEqual([]);
	});
});

describe('the ladder of a grievance', () => {
	const find = async (code: string, stateKey: string) =>
		ladderFor(database.db, {
			categoryId: await categoryId(code),
			stateId: await placeId(stateKey),
		});

	it("is the state's, unless the category has one of its own", async () => {
		const rajasthan = await find('garbage', 'state:rajasthan');
		expect(rajasthan.levels.map((one) => [one.days, one.assumed])).toEqual([
			[15, false],
			[7, true],
			[7, true],
			[7, true],
		]);
		const [delhi] = await database.db.select().from(ladder).where(eq(ladder.code, 'delhi'));
		await database.db
			.update(category)
			.set({ ladderId: found(delhi).id })
			.where(eq(category.code, 'hospital_medicine'));
		const own = await find('hospital_medicine', 'state:rajasthan');
		expect(own.levels.map((one) => one.days)).toEqual([21, 10, 10]);
	});

	it('begins with the days that a guarantee law promises, in that state only', async () => {
		await database.db
			.update(category)
			.set({ statutoryDays: 5 })
			.where(eq(category.code, 'ration_card'));
		const haryana = await find('ration_card', 'state:haryana');
		expect(haryana.levels.map((one) => one.days)).toEqual([5, 7, 7, 7]);
		expect(haryana.levels[0]?.assumed).toBe(false);
		const rajasthan = await find('ration_card', 'state:rajasthan');
		expect(rajasthan.levels[0]?.days).toBe(15);
	});
});

describe('places', () => {
	it('are found by words of either language, with or without nukta, in any digits', async () => {
		const districts = await listDistricts(ctx);
		expect(districts.map((one) => one.stateName).sort()).toEqual(['राजस्थान', 'हरियाणा']);
		const rewari = await placeId('district:rewari');
		const paths = async (area: 'urban' | 'rural', text: string) =>
			(await searchPlaces(ctx, { districtId: rewari, area, text })).map((one) => one.path);
		const ward2 = 'वार्ड 2, नगरपालिका बावल, रेवाड़ी'.normalize('NFC');
		expect(await paths('urban', 'वार्ड २ बावल')).toEqual([ward2]);
		expect(await paths('urban', 'ward 2 bawal')).toEqual([ward2]);
		expect((await paths('rural', 'Khurshidnagar'))[0]).toMatch(/^खुर्शीदनगर/);
		expect(await paths('rural', 'गुडियानी')).toEqual(await paths('rural', 'Gudiani'));
		expect(await paths('urban', 'वार्ड 2 बावल')).toHaveLength(1);
		expect((await paths('rural', 'टांकडी'))[0]).toMatch(/^टांकड़ी/);
	});

	it('take wildcards and quotes as they are', async () => {
		const districtId = await placeId('district:rewari');
		for (const text of ['%', '_', "'; drop table jurisdiction; --", '\\', '(']) {
			expect(await searchPlaces(ctx, { districtId, area: 'rural', text })).toEqual([]);
		}
		expect(await searchPlaces(ctx, { districtId: 'x', area: 'rural', text: '' })).toEqual([]);
	});

	it('know their district, state and holidays', async () => {
		const id = await placeId('village:khurshidnagar');
		const one = await place(ctx, id);
		expect(one.districtId).toBe(await placeId('district:rewari'));
		expect(one.stateId).toBe(await placeId('state:haryana'));
		expect((await holidaysOf(database.db, id)).has('2026-12-25')).toBe(true);
		await expect(place(ctx, 'nonsense')).rejects.toMatchObject({ code: 'not_found' });
	});

	it('offer the offices of the district and below it, none of another district', async () => {
		const rewari = await placeId('district:rewari');
		const english = { ...ctx, locale: 'en' as const };
		const all = await listPostsInDistrict(english, rewari);
		expect(all[0]?.name).toBe('Deputy Commissioner, Rewari');
		expect(all.some((one) => one.name === 'Secretary, Municipal Committee Bawal')).toBe(true);
		expect(all.some((one) => one.name.includes('Jodhpur'))).toBe(false);
		const hearing = await listPostsInDistrict(english, rewari, { functions: ['hearing'] });
		expect(hearing.map((one) => one.name)).toEqual([
			'Deputy Commissioner, Rewari',
			'Subdivisional Officer, Civil (SDM), Bawal',
		]);
		const secretaries = await listPostsInDistrict(english, rewari, { text: 'सचिव bawal' });
		expect(secretaries.map((one) => one.name)).toEqual(['Secretary, Municipal Committee Bawal']);
	});
});

it('fills an empty database only', async () => {
	const again = await database.db.transaction((tx) => insertMasters(tx, TEST_NOW));
	expect(again).toBe(false);
});
