import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { waiting } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	return { hearing: await orErrorPage(locale, waiting(ctx, event.params.id)) };
};
