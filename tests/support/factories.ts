import { randomInt } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { SHIPPED_LADDERS } from '#lib/domain/escalation/shipped-ladders.ts';
import type { JurisdictionKind, PostFunction } from '#lib/domain/masters/kinds.ts';
import { rangeOf } from '#lib/server/db/schema/columns.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
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
	service,
} from '#lib/server/db/schema/masters.ts';
import {
	saveDraft,
	submitDraft,
	tracking,
	type DraftAnswers,
} from '#lib/server/grievance/index.ts';
import type { CitizenActor, Locale, StaffActor } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import { testContext } from './database.ts';

/** Since when everybody in the world below holds their post. */
export const CHARGES_SINCE = new Date('2026-01-01T00:00:00Z');

export interface TestPost {
	id: string;
	personId: string;
	functions: readonly PostFunction[];
	jurisdictionId: string;
	districtId: string | null;
}

/** Part of Rewari as cases A and B need it, and one district beside it without rules. */
export interface World {
	stateId: string;
	districtId: string;
	otherDistrictId: string;
	blockId: string;
	/** Urban body and its ward: case A. */
	bawalId: string;
	ward2Id: string;
	/** Case B. */
	villageId: string;
	/** Road of a town -> secretary of the town. */
	roadId: string;
	/** Drain of a village -> DDPO. */
	drainId: string;
	/** Restricted category -> DDPO. */
	restrictedId: string;
	/** No rule places it: it goes to the nodal post. */
	unmappedId: string;
	ladderId: string;
	directionLadderId: string;
	/** The chain of case A: secretary -> dmc -> director -> chief (state). */
	posts: {
		secretary: TestPost;
		dmc: TestPost;
		director: TestPost;
		chief: TestPost;
		/** District head; holds hearings. Superior: chief. */
		dc: TestPost;
		/** Nodal post of the district, superior: dc. */
		nodal: TestPost;
		/** Superior: dc. */
		ddpo: TestPost;
		clerk: TestPost;
		monitor: TestPost;
		administrator: TestPost;
		/** Clerk of the other district. */
		otherClerk: TestPost;
	};
}

/** Fills an empty database. Every person holds one post; no real password hash (nobody signs in). */
export async function makeWorld(db: Db): Promise<World> {
	const area = async (
		kind: JurisdictionKind,
		lgdCode: number,
		nameHi: string,
		nameEn: string,
		parentId: string | null,
		extra: { numberPrefix?: string; tehsilId?: string } = {},
	) =>
		written(
			await db
				.insert(jurisdiction)
				.values({ kind, lgdCode, nameHi, nameEn, parentId, ...extra })
				.returning(),
		).id;
	const stateId = await area('state', 6, 'हरियाणा', 'Haryana', null);
	const prefix = (numberPrefix: string) => ({ numberPrefix });
	const districtId = await area('district', 88, 'रेवाड़ी', 'Rewari', stateId, prefix('RWR'));
	const otherDistrictId = await area('district', 84, 'नूंह', 'Nuh', stateId, prefix('NUH'));
	const tehsilId = await area('tehsil', 441, 'बावल', 'Bawal', districtId);
	const blockId = await area('block', 451, 'बावल', 'Bawal', districtId);
	const bawalId = await area(
		'urban_body',
		461,
		'नगरपालिका बावल',
		'Municipal Committee Bawal',
		districtId,
	);
	const ward2Id = await area('ward', 2, 'वार्ड 2', 'Ward 2', bawalId);
	const panchayatId = await area('gram_panchayat', 471, 'खुर्शीदनगर', 'Khurshidnagar', blockId);
	const villageId = await area('village', 481, 'खुर्शीदनगर', 'Khurshidnagar', panchayatId, {
		tehsilId,
	});

	const makeLadder = async (code: 'rajasthan' | 'direction', ofState: string | null) => {
		const { id } = written(
			await db
				.insert(ladder)
				.values({ code, nameHi: code, nameEn: code, stateId: ofState })
				.returning(),
		);
		await db
			.insert(ladderLevel)
			.values(SHIPPED_LADDERS[code].levels.map((one) => ({ ladderId: id, ...one })));
		return id;
	};
	const ladderId = await makeLadder('rajasthan', stateId);
	const directionLadderId = await makeLadder('direction', null);

	const makeDepartment = async (code: string, nameHi: string, nameEn: string) =>
		written(await db.insert(department).values({ code, stateId, nameHi, nameEn }).returning()).id;
	const ulb = await makeDepartment('ulb', 'शहरी स्थानीय निकाय', 'Urban Local Bodies');
	const panchayats = await makeDepartment('panchayats', 'विकास एवं पंचायत', 'Panchayats');

	const makePost = async (
		designationHi: string,
		designationEn: string,
		jurisdictionId: string,
		options: {
			functions?: PostFunction[];
			superior?: TestPost;
			departmentId?: string;
			isDistrictHead?: boolean;
			isNodal?: boolean;
			district?: string | null;
		} = {},
	): Promise<TestPost> => {
		const { functions = ['officer'], superior, district = districtId, ...marks } = options;
		const row = written(
			await db
				.insert(post)
				.values({
					designationHi,
					designationEn,
					jurisdictionId,
					functions,
					superiorId: superior?.id,
					...marks,
				})
				.returning(),
		);
		const holder = written(
			await db
				.insert(person)
				.values({
					userName: `user-${row.id.slice(-12)}`,
					nameHi: `अधिकारी ${designationHi}`,
					nameEn: `Officer ${designationEn}`,
					mobile: testMobile(),
					passwordHash: 'none',
				})
				.returning(),
		);
		await db
			.insert(charge)
			.values({ personId: holder.id, postId: row.id, during: rangeOf(CHARGES_SINCE, null) });
		return { id: row.id, personId: holder.id, functions, jurisdictionId, districtId: district };
	};
	const inState = { district: null };
	const chief = await makePost('मुख्य सचिव', 'Chief Secretary', stateId, inState);
	const director = await makePost('निदेशक', 'Director', stateId, {
		...inState,
		superior: chief,
		departmentId: ulb,
	});
	const dmc = await makePost('ज़िला नगर आयुक्त', 'District Municipal Commissioner', districtId, {
		superior: director,
		departmentId: ulb,
	});
	const secretary = await makePost('सचिव', 'Secretary', bawalId, {
		superior: dmc,
		departmentId: ulb,
	});
	const dc = await makePost('उपायुक्त', 'Deputy Commissioner', districtId, {
		superior: chief,
		functions: ['officer', 'hearing'],
		isDistrictHead: true,
	});
	const nodal = await makePost('नगराधीश', 'City Magistrate', districtId, {
		superior: dc,
		isNodal: true,
	});
	const ddpo = await makePost('ज़िला विकास एवं पंचायत अधिकारी', 'DDPO', districtId, {
		superior: dc,
		departmentId: panchayats,
	});
	const clerk = await makePost('सुनवाई लिपिक', 'Hearing Clerk', districtId, {
		superior: dc,
		functions: ['clerk'],
	});
	const monitor = await makePost('निगरानी कक्ष', 'Monitoring Cell', stateId, {
		...inState,
		functions: ['monitor'],
	});
	const administrator = await makePost('प्रशासक', 'Administrator', stateId, {
		...inState,
		functions: ['administrator'],
	});
	const otherClerk = await makePost('सुनवाई लिपिक', 'Hearing Clerk', otherDistrictId, {
		functions: ['clerk'],
		district: otherDistrictId,
	});

	const makeCategory = async (
		departmentId: string,
		code: string,
		nameHi: string,
		nameEn: string,
		restricted = false,
	) => {
		const of = written(
			await db.insert(service).values({ departmentId, code, nameHi, nameEn }).returning(),
		);
		return written(
			await db
				.insert(category)
				.values({ serviceId: of.id, code, nameHi, nameEn, restricted })
				.returning(),
		).id;
	};
	const roadId = await makeCategory(ulb, 'road', 'सड़क और गली', 'Roads and lanes');
	const drainId = await makeCategory(panchayats, 'drain', 'पानी की निकासी', 'Drainage');
	const restrictedId = await makeCategory(panchayats, 'graft', 'रिश्वत', 'Bribery', true);
	const unmappedId = await makeCategory(panchayats, 'other', 'अन्य', 'Other');
	await db.insert(routingRule).values([
		{ categoryId: roadId, jurisdictionId: bawalId, postId: secretary.id },
		{ categoryId: drainId, jurisdictionId: districtId, postId: ddpo.id },
		{ categoryId: restrictedId, jurisdictionId: districtId, postId: ddpo.id },
	]);
	await db
		.insert(holiday)
		.values({ jurisdictionId: stateId, date: '2026-12-25', nameHi: 'क्रिसमस', nameEn: 'Christmas' });

	return {
		stateId,
		districtId,
		otherDistrictId,
		blockId,
		bawalId,
		ward2Id,
		villageId,
		roadId,
		drainId,
		restrictedId,
		unmappedId,
		ladderId,
		directionLadderId,
		posts: {
			secretary,
			dmc,
			director,
			chief,
			dc,
			nodal,
			ddpo,
			clerk,
			monitor,
			administrator,
			otherClerk,
		},
	};
}

/** The actor of somebody who holds one of the world's posts. */
export function staffOf(held: TestPost): StaffActor {
	return {
		kind: 'staff',
		personId: held.personId,
		postId: held.id,
		functions: held.functions,
		jurisdictionId: held.jurisdictionId,
		districtId: held.districtId,
	};
}

/** An Indian mobile that no other test uses. */
export function testMobile(): string {
	return `+919${String(randomInt(1e9)).padStart(9, '0')}`;
}

/** A citizen as after the first sign-in. */
export async function makeCitizen(
	db: Db,
	{
		mobile = testMobile(),
		name = null,
		locale = 'hi',
	}: { mobile?: string; name?: string | null; locale?: Locale } = {},
): Promise<CitizenActor & { mobile: string }> {
	const { id } = written(
		await db
			.insert(citizen)
			.values({ mobile, mobileIndex: blindIndex('mobile', mobile), name, locale })
			.returning(),
	);
	return { kind: 'citizen', citizenId: id, mobile };
}

/** Makes a post vacant: its holder leaves at the instant. */
export async function vacate(db: Db, held: TestPost, at: Date): Promise<void> {
	await db
		.update(charge)
		.set({ during: rangeOf(CHARGES_SINCE, at) })
		.where(eq(charge.postId, held.id));
}

/** Answers of case A: against the secretary, whom the rule would give it to. */
export function caseA(world: World): Partial<DraftAnswers> {
	return {
		categoryId: world.roadId,
		area: 'urban',
		districtId: world.districtId,
		jurisdictionId: world.ward2Id,
		details: 'गली में इंटरलॉकिंग टाइल का काम चल रहा है; मोहल्ले के लोग सीसी रोड चाहते हैं।',
		relief: 'टाइल की जगह सीसी रोड।',
		againstPostId: world.posts.secretary.id,
		name: 'कमला देवी',
		proof: MOBILE_ONLY,
		hearingWanted: true,
		noticeAgreed: true,
	};
}

/** Answers of case B: goes to the DDPO by rule. */
export function caseB(world: World): Partial<DraftAnswers> {
	return {
		...caseA(world),
		categoryId: world.drainId,
		area: 'rural',
		jurisdictionId: world.villageId,
		details: 'गाँव में पानी की निकासी का कोई प्रबंध नहीं; पंचायत विभाग नाली बनवाए।',
		relief: 'पक्की नाली बने।',
		againstPostId: null,
		name: 'रामफल',
	};
}

const MOBILE_ONLY: DraftAnswers['proof'] = {
	kind: 'mobile_only',
	strength: 'mobile_only',
	fields: {},
	lastFour: null,
	referenceHash: null,
	certificateFingerprint: null,
};

/** Files a grievance through the product's own commands; case B unless answers are given. */
export async function fileGrievance(
	db: Db,
	world: World,
	{
		citizen: by,
		answers = {},
		now,
	}: { citizen?: CitizenActor; answers?: Partial<DraftAnswers>; now?: Date } = {},
): Promise<{ id: string; number: string; citizen: CitizenActor }> {
	const actor = by ?? (await makeCitizen(db));
	const ctx = testContext(db, { actor, ...(now && { now }) });
	const { submissionKey } = await saveDraft(ctx, { ...caseB(world), ...answers });
	const { number } = await submitDraft(ctx, { submissionKey });
	const { id } = await tracking(ctx, number);
	return { id, number, citizen: actor };
}
