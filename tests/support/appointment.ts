import { randomUUID } from 'node:crypto';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { createSitting, sittingDetail, type SittingDetail } from '#lib/server/appointment/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { written, type Db } from '#lib/server/platform/db.ts';
import { TEST_NOW, testContext } from './database.ts';
import { makeCitizen, staffOf, type TestPost, type World } from './factories.ts';

export interface TestCase {
	id: string;
	number: string;
	citizenId: string;
}

let serial = 0;

/** A filed grievance of the world's district whose citizen asked for a hearing. */
export async function makeCase(
	db: Db,
	world: World,
	{
		citizenId,
		name = null,
		...rest
	}: { citizenId?: string; name?: string | null } & Partial<typeof grievance.$inferInsert> = {},
): Promise<TestCase> {
	const number = `RWR-26-${String((serial += 1)).padStart(6, '0')}`;
	const of = citizenId ?? (await makeCitizen(db, { name })).citizenId;
	const deadline = new Date(TEST_NOW.getTime() + 15 * 86_400_000);
	const row = written(
		await db
			.insert(grievance)
			.values({
				number,
				citizenId: of,
				categoryId: world.drainId,
				jurisdictionId: world.villageId,
				districtId: world.districtId,
				details: 'गाँव में पानी की निकासी नहीं है।',
				relief: 'नाली बनवाएँ।',
				state: 'with_officer',
				ladderId: world.ladderId,
				ownerPostId: world.posts.ddpo.id,
				ownedSince: TEST_NOW,
				deadline,
				nextScanAt: deadline,
				hearingRequestedAt: TEST_NOW,
				noticeVersion: 'test',
				consentedAt: TEST_NOW,
				submissionKey: randomUUID(),
				locale: 'hi',
				filedAt: TEST_NOW,
				...rest,
			})
			.returning(),
	);
	return { id: row.id, number: row.number, citizenId: of };
}

/** The context of the world's clerk. */
export function asClerk(db: Db, world: World, rest: Partial<Context> = {}): Context {
	return testContext(db, { actor: staffOf(world.posts.clerk), ...rest });
}

/** A sitting of the district head, by default tomorrow from 11:00 IST, with its slots. */
export async function makeSitting(
	db: Db,
	world: World,
	{
		postId = world.posts.dc.id,
		startsAt = new Date('2026-11-17T05:30:00Z'),
		slots = 2,
		capacity = 1,
		clerk = world.posts.clerk,
	}: {
		postId?: string;
		startsAt?: Date;
		slots?: number;
		capacity?: number;
		clerk?: TestPost;
	} = {},
): Promise<SittingDetail> {
	const ctx = testContext(db, { actor: staffOf(clerk) });
	const made = await createSitting(ctx, {
		postId,
		startsAt,
		slotMinutes: 10,
		slots,
		capacity,
		mode: 'video',
	});
	return sittingDetail(ctx, made.id);
}
