import { staffNav } from '#lib/components/ui/staff-nav.ts';
import { actingPost } from '#lib/server/masters/index.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = async ({ locals }) => {
	const { actor, ctx, locale } = locals;
	return {
		locale,
		demo: ctx.demo,
		now: ctx.clock.now(),
		citizen: actor.kind === 'citizen',
		/** The post a member of staff acts in. */
		staff: actor.kind === 'staff' ? await actingPost(ctx, actor) : null,
		// Made here: its words would weigh on every citizen's phone.
		nav: actor.kind === 'staff' ? staffNav(actor.functions) : undefined,
	};
};
