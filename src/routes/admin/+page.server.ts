import { requireStaff } from '#lib/http/guard.ts';
import { listStaff } from '#lib/server/masters/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const text = event.url.searchParams.get('q') ?? '';
	return { text, people: await listStaff(event.locals.ctx, { text }) };
};
