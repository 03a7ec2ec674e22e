import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { deskOf } from '#lib/server/hearing/index.ts';
import type { LayoutServerLoad } from './$types.js';

/** The list and the hearing that runs: read again at every change. The case file is the page's, read once. */
export const load: LayoutServerLoad = async (event) => {
	requireStaff(event, 'hearing');
	event.depends('live:desk');
	const { ctx, locale } = event.locals;
	return { desk: await orErrorPage(locale, deskOf(ctx, event.params.id)) };
};
