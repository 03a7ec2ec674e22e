import { redirect } from '@sveltejs/kit';
import { formOf } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { accessCount } from '#lib/server/audit/index.ts';
import { myHearings } from '#lib/server/appointment/index.ts';
import { requestHearing, tracking } from '#lib/server/grievance/index.ts';
import { directionsOfGrievance, proceedingsOf } from '#lib/server/hearing/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Read often, on the slowest lines, and nothing on it needs a script: the text is all there is to wait for. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const grievance = await orErrorPage(locale, tracking(ctx, event.params.number));
	const [hearings, directions, proceedings, looks] = await Promise.all([
		myHearings(ctx),
		directionsOfGrievance(ctx, grievance.id),
		proceedingsOf(ctx, grievance.id),
		accessCount(ctx.db, grievance.id),
	]);
	return {
		grievance,
		directions,
		proceedings,
		looks,
		hearing: hearings.find(({ grievanceId }) => grievanceId === grievance.id) ?? null,
		asked: event.url.searchParams.has('asked'),
	};
};

export const actions: Actions = {
	hearing: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const asked = await orFormFailure(locale, form, requestHearing(ctx, event.params.number));
		if (!asked.ok) return asked.failure;
		redirect(303, `${event.url.pathname}?asked`);
	},
};
