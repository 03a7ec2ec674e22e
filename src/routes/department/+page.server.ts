import { requireStaff } from '#lib/http/guard.ts';
import { mySummons } from '#lib/server/appointment/index.ts';
import { inbox } from '#lib/server/grievance/index.ts';
import { directionsFor } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'officer', 'hearing');
	const { ctx } = event.locals;
	const [rows, directions, summons] = await Promise.all([
		inbox(ctx),
		directionsFor(ctx),
		mySummons(ctx),
	]);
	const open = directions.filter(({ state }) => state === 'open');
	return { rows, openDirections: open.length, summons };
};
