import { and, eq } from 'drizzle-orm';
import { DAY_MS } from '#lib/domain/calendar/ist.ts';
import { jurisdiction } from '#lib/server/db/schema/masters.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { draft, saveDraft, submitDraft } from '#lib/server/grievance/index.ts';
import { checkProof } from '#lib/server/identity/index.ts';
import { listCategories } from '#lib/server/masters/index.ts';
import { fixedClock } from '#lib/server/platform/clock.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { blindIndex } from '#lib/server/platform/crypto.ts';
import { found, written } from '#lib/server/platform/db.ts';
import { CASES, type CaseSeed } from './data/cases.ts';
import { PLACES } from './data/places.ts';

/** Numbers of nobody, apart from those of the cards that visitors sign in with. */
const citizenMobile = (index: number) => `+9190000${String(101 + index).padStart(5, '0')}`;

async function placeId(ctx: Context, key: string): Promise<string> {
	const seed = found(PLACES.find((one) => one.key === key));
	const [row] = await ctx.db
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

async function fileCase(ctx: Context, seed: CaseSeed, mobile: string): Promise<void> {
	const rows = await ctx.db
		.insert(citizen)
		.values({ name: seed.name, mobile, mobileIndex: blindIndex('mobile', mobile) })
		.returning({ id: citizen.id });
	const at = new Date(ctx.clock.now().getTime() - seed.daysAgo * DAY_MS);
	const asCitizen: Context = {
		...ctx,
		clock: fixedClock(at),
		actor: { kind: 'citizen', citizenId: written(rows).id },
	};
	const categories = (await listCategories(ctx)).flatMap((group) => group.categories);
	await saveDraft(asCitizen, {
		categoryId: found(categories.find((one) => one.code === seed.category)).id,
		area: seed.place.startsWith('village:') ? 'rural' : 'urban',
		jurisdictionId: await placeId(ctx, seed.place),
		placeNote: seed.placeNote,
		details: seed.details,
		relief: seed.relief,
		name: seed.name,
		proof: await checkProof(asCitizen, { kind: 'mobile_only' }),
		hearingWanted: seed.hearingWanted,
		noticeAgreed: true,
	});
	const { submissionKey } = await draft(asCitizen);
	await submitDraft(asCitizen, { submissionKey });
}

/** Files the demonstration's own grievances by the same commands as everybody, the oldest first. */
export async function fileCases(ctx: Context): Promise<void> {
	for (const [index, seed] of CASES.entries()) await fileCase(ctx, seed, citizenMobile(index));
}
