import { orErrorPage } from '#lib/http/problem.ts';
import { requireScheduler } from '#lib/http/schedule-change.ts';
import { scheduleList } from '#lib/server/appointment/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireScheduler(event);
	const { ctx, locale } = event.locals;
	return { rows: await orErrorPage(locale, scheduleList(ctx)) };
};
