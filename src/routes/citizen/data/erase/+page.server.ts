import { redirect } from '@sveltejs/kit';
import { isDue } from '#lib/domain/privacy/erasure.ts';
import { eraseForm } from '#lib/forms/privacy.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { endSession } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { erasureView, requestErasure } from '#lib/server/privacy/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Text and one form: nothing to run in the browser. */
export const csr = false;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx } = event.locals;
	const { cases, accountOn } = await erasureView(ctx);
	const now = ctx.clock.now();
	return {
		whole: isDue(accountOn, now),
		hadCases: cases.length > 0,
		due: cases.filter(({ on }) => isDue(on, now)),
		held: cases.filter(({ on }) => !isDue(on, now)),
	};
};

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(eraseForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const asked = await orFormFailure(locale, form, requestErasure(ctx));
		if (!asked.ok) return asked.failure;
		if (!asked.data.whole) redirect(303, localizeHref('/citizen/data?requested'));
		await endSession(event);
		redirect(303, localizeHref('/erased'));
	},
};
