import { requireCitizen } from '#lib/http/guard.ts';
import { myHearings } from '#lib/server/appointment/index.ts';
import type { PageServerLoad } from './$types.js';

/** Joining without the SMS: the citizen's own coming hearings. */
export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	return { hearings: await myHearings(event.locals.ctx) };
};
