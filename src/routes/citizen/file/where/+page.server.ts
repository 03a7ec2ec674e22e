import { whereForm, whereSearchForm } from '#lib/forms/filing.ts';
import { nextFilingStep } from '#lib/http/filing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { draft, saveDraft } from '#lib/server/grievance/index.ts';
import { listDistricts, searchPlaces } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

const SHOWN = 20;

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const [{ answers, place }, districts] = await Promise.all([draft(ctx), listDistricts(ctx)]);
	const asked = new FormData();
	for (const [name, value] of event.url.searchParams) asked.set(name, value);
	const read = readForm(whereSearchForm, asked, locale);
	const search = read.ok ? read.data : null;
	return {
		districts,
		search,
		searchErrors: read.ok || !event.url.searchParams.has('text') ? {} : read.errors,
		places: search ? await searchPlaces(ctx, { ...search, limit: SHOWN }) : [],
		chosen: place,
		area: search?.area ?? event.url.searchParams.get('area') ?? answers.area,
		districtId:
			search?.districtId ?? event.url.searchParams.get('districtId') ?? answers.districtId ?? '',
		placeNote: answers.placeNote ?? '',
	};
};

export const actions: Actions = {
	default: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(whereForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const saved = await orFormFailure(locale, form, saveDraft(ctx, read.data), 'jurisdictionId');
		if (!saved.ok) return saved.failure;
		nextFilingStep('where', event.url);
	},
};
