import { actingPost } from '#lib/server/masters/index.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = async ({ locals }) => {
	const { actor, ctx, locale } = locals;
	return {
		locale,
		demo: ctx.demo,
		now: ctx.clock.now(),
		citizen: actor.kind === 'citizen',
		/** The post a member of staff acts in, with its functions for the navigation. */
		staff:
			actor.kind === 'staff'
				? { ...(await actingPost(ctx, actor)), functions: [...actor.functions] }
				: null,
	};
};
