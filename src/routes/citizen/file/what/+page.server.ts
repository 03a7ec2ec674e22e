import { whatForm } from '#lib/forms/filing.ts';
import { nextFilingStep } from '#lib/http/filing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { draft, saveDraft } from '#lib/server/grievance/index.ts';
import { listCategories } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx } = event.locals;
	const [{ answers }, services] = await Promise.all([draft(ctx), listCategories(ctx)]);
	return { categoryId: answers.categoryId, services };
};

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(whatForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const saved = await orFormFailure(locale, form, saveDraft(ctx, read.data), 'categoryId');
		if (!saved.ok) return saved.failure;
		nextFilingStep('what', event.url);
	},
};
