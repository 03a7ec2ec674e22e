import { staffNav } from '#lib/components/ui/staff-nav.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = ({ locals }) => {
	const { actor, actingPost, ctx, locale } = locals;
	return {
		locale,
		demo: ctx.demo,
		now: ctx.clock.now(),
		citizen: actor.kind === 'citizen',
		staff: actingPost,
		// Made here: its words would weigh on every citizen's phone.
		nav: actor.kind === 'staff' ? staffNav(actor.functions) : undefined,
	};
};
