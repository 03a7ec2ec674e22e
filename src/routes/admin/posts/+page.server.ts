import { requireStaff } from '#lib/http/guard.ts';
import { listPosts } from '#lib/server/masters/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const text = event.url.searchParams.get('q') ?? '';
	return {
		text,
		posts: await listPosts(event.locals.ctx, { text }),
		saved: event.url.searchParams.has('saved'),
	};
};
