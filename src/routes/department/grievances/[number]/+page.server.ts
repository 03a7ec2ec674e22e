import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { caseFile } from '#lib/server/grievance/index.ts';
import { directionsOfGrievance } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event);
	const { ctx, locale } = event.locals;
	const file = await orErrorPage(locale, caseFile(ctx, event.params.number, 'case_page'));
	return { file, directions: await directionsOfGrievance(ctx, file.id) };
};
