import { requireStaff } from '#lib/http/guard.ts';
import { inbox } from '#lib/server/grievance/index.ts';
import { directionsFor } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'officer', 'hearing');
	const { ctx } = event.locals;
	const [rows, directions] = await Promise.all([inbox(ctx), directionsFor(ctx)]);
	return { rows, openDirections: directions.filter(({ state }) => state === 'open').length };
};
