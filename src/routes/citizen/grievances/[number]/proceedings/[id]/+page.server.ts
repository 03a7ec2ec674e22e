import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { proceedingOf } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	return { proceeding: await orErrorPage(locale, proceedingOf(ctx, event.params.id)) };
};
