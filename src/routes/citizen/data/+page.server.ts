import { redirect } from '@sveltejs/kit';
import { correctionForm, withdrawForm } from '#lib/forms/privacy.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { correctCitizen } from '#lib/server/identity/index.ts';
import { cancelErasure, myData, withdrawConsent } from '#lib/server/privacy/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Forms and text: nothing to run in the browser. */
export const csr = false;

const DONE = ['saved', 'withdrawn', 'requested', 'cancelled'] as const;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	return {
		mine: await orErrorPage(locale, myData(ctx)),
		done: DONE.find((one) => event.url.searchParams.has(one)) ?? null,
	};
};

export const actions: Actions = {
	correct: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(correctionForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const saved = await orFormFailure(locale, form, correctCitizen(ctx, read.data), 'name');
		if (!saved.ok) return saved.failure;
		redirect(303, `${event.url.pathname}?saved`);
	},
	withdraw: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(withdrawForm, form, locale);
		if (!read.ok) return formFailure(400, { form: Object.values(read.errors)[0] ?? '' }, {});
		const taken = await orFormFailure(locale, form, withdrawConsent(ctx, read.data.purpose));
		if (!taken.ok) return taken.failure;
		redirect(303, `${event.url.pathname}?withdrawn`);
	},
	cancel: async (event) => {
		requireCitizen(event);
		await cancelErasure(event.locals.ctx);
		redirect(303, `${event.url.pathname}?cancelled`);
	},
};
