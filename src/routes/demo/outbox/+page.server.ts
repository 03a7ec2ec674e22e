import { orErrorPage } from '#lib/http/problem.ts';
import { outbox } from '#lib/server/notification/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async ({ locals }) => ({
	messages: await orErrorPage(locals.locale, outbox(locals.ctx)),
});
