import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { filedByMe } from '#lib/server/grievance/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk', 'agent');
	const { ctx, locale } = event.locals;
	return { rows: await orErrorPage(locale, filedByMe(ctx)) };
};
