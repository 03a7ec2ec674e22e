import { redirect } from '@sveltejs/kit';
import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { hearingByLink } from '#lib/server/hearing/index.ts';
import type { PageServerLoad } from './$types.js';

/** The link of an SMS: signs in first, then leads to the hearing it names, if it is this citizen's. */
export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	// What is no code of ours never reaches the database, which has no place for every byte.
	const code = event.params.code.replace(/[^0-9a-z]/g, '');
	const { hearingId } = await orErrorPage(locale, hearingByLink(ctx, code));
	redirect(303, localizeHref(`/citizen/hearings/${hearingId}`));
};
