import { parseGrievanceNumber } from '#lib/domain/grievance/number.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { whoLooked } from '#lib/server/privacy/index.ts';
import type { PageServerLoad } from './$types.js';

/** A list: nothing to run in the browser. */
export const csr = false;

const MOST = 200;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const number = parseGrievanceNumber(event.url.searchParams.get('number') ?? '');
	return { number, looks: await whoLooked(event.locals.ctx, { number, limit: MOST }), most: MOST };
};
