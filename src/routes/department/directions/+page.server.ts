import { requireStaff } from '#lib/http/guard.ts';
import { directionsFor } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'officer', 'hearing');
	const rows = await directionsFor(event.locals.ctx);
	return {
		open: rows.filter(({ state }) => state === 'open'),
		answered: rows.filter(({ state }) => state === 'answered'),
	};
};
