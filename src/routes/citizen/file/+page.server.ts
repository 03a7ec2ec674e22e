import { redirect } from '@sveltejs/kit';
import { requireCitizen } from '#lib/http/guard.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { draft } from '#lib/server/grievance/index.ts';
import type { PageServerLoad } from './$types.js';

/** Goes on where the citizen stopped, also after the battery died. */
export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { missing } = await draft(event.locals.ctx);
	redirect(303, localizeHref(`/citizen/file/${missing[0] ?? 'review'}`));
};
