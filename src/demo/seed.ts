import { eq } from 'drizzle-orm';
import { addDays, istDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { person } from '#lib/server/db/schema/masters.ts';
import {
	createSitting,
	listSittings,
	materialiseSchedules,
} from '#lib/server/appointment/index.ts';
import { districtHead, staffActor } from '#lib/server/masters/index.ts';
import type { Context, StaffActor } from '#lib/server/platform/context.ts';
import { found } from '#lib/server/platform/db.ts';
import { fileCases } from './cases.ts';
import { POSTS } from './data/posts.ts';
import { insertMasters, insertSecondFactors } from './masters.ts';

/** The person who holds the post of that key in the demonstration's data. */
export async function demonstrationActor(ctx: Context, postKey: string): Promise<StaffActor> {
	const userName = POSTS.find((seed) => seed.key === postKey)?.holder?.userName ?? '';
	const [row] = await ctx.db
		.select({ id: person.id })
		.from(person)
		.where(eq(person.userName, userName));
	return found(await staffActor(ctx.db, found(row).id, null, ctx.clock.now()));
}

/** Both heads of districts hear people tomorrow, be it a Sunday or a holiday. */
async function ensureSittingTomorrow(ctx: Context, clerkKey: string): Promise<void> {
	const clerk = await demonstrationActor(ctx, clerkKey);
	const asClerk: Context = { ...ctx, actor: clerk };
	const head = found(await districtHead(ctx.db, found(clerk.districtId)));
	const day = addDays(istDate(ctx.clock.now()), 1);
	const sittings = await listSittings(asClerk, { postId: head, from: day, to: day });
	if (sittings.some((one) => one.state !== 'cancelled')) return;
	await createSitting(asClerk, {
		postId: head,
		startsAt: istInstant(day, '11:00'),
		slotMinutes: 10,
		slots: 12,
		capacity: 1,
		mode: 'video',
	});
}

/**
 * Fills an empty database with the demonstration's two districts and some grievances, and makes the
 * sittings of the next two weeks. Run again it only adds the sittings that time has made necessary and
 * second factors that are missing. `ctx.actor` must be the system.
 */
export async function seed(ctx: Context): Promise<{ created: boolean }> {
	const now = ctx.clock.now();
	const created = await ctx.db.transaction(async (tx) => {
		const made = await insertMasters(tx, now);
		await insertSecondFactors(tx);
		return made;
	});
	if (created) await fileCases(ctx);
	await materialiseSchedules(ctx);
	await ensureSittingTomorrow(ctx, 'clerk');
	await ensureSittingTomorrow(ctx, 'clerk-jodhpur');
	return { created };
}
