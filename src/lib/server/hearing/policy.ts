import { Refusal } from '#lib/domain/refusal.ts';
import type { CitizenActor, Context, StaffActor } from '#lib/server/platform/context.ts';

/** The post that hears: only it runs its sitting. */
export function requireHearingPost(ctx: Context, sittingPostId: string): StaffActor {
	const { actor } = ctx;
	if (
		actor.kind !== 'staff' ||
		actor.postId !== sittingPostId ||
		!actor.functions.includes('hearing')
	) {
		throw new Refusal('forbidden');
	}
	return actor;
}

export function requireStaffActor(ctx: Context): StaffActor {
	if (ctx.actor.kind !== 'staff') throw new Refusal('forbidden');
	return ctx.actor;
}

/** The citizen whose hearing it is. */
export function requireParty(ctx: Context, citizenId: string): CitizenActor {
	const { actor } = ctx;
	if (actor.kind !== 'citizen' || actor.citizenId !== citizenId) {
		throw new Refusal('hearing_not_yours');
	}
	return actor;
}
