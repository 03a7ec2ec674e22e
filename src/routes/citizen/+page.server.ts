import { requireCitizen } from '#lib/http/guard.ts';
import { myGrievances } from '#lib/server/grievance/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	return { grievances: await myGrievances(event.locals.ctx) };
};
