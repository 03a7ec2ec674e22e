import { redirect } from '@sveltejs/kit';
import type { RefusalCode } from '#lib/domain/refusal.ts';
import { counterForm, counterPlaceForm } from '#lib/forms/registering.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { counterDistrict, fileForCitizen } from '#lib/server/grievance/index.ts';
import { actingGrant } from '#lib/server/identity/index.ts';
import { listCategories, listPostsInDistrict, searchPlaces } from '#lib/server/masters/index.ts';
import { privacyNotice } from '#lib/server/privacy/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

const SHOWN = 20;

const FIELD_OF: Partial<Record<RefusalCode, string>> = {
	aadhaar_not_kept: 'familyId',
	family_id_invalid: 'familyId',
	no_post_for_place: 'jurisdictionId',
	place_invalid: 'jurisdictionId',
	text_too_long: 'details',
};

export const load: PageServerLoad = async (event) => {
	const { functions } = requireStaff(event, 'clerk', 'agent');
	const { ctx, locale } = event.locals;
	const { maskedMobile, basis, used } = await orErrorPage(
		locale,
		actingGrant(ctx, event.params.id),
	);
	// A form that was just sent twice must still be able to answer with its number.
	if (used && event.request.method === 'GET') redirect(303, localizeHref('/desk/filed'));
	const district = await orErrorPage(locale, counterDistrict(ctx));
	const asked = new FormData();
	for (const [name, value] of event.url.searchParams) asked.set(name, value);
	const read = readForm(counterPlaceForm, asked, locale);
	const search = read.ok ? read.data : null;
	const [services, posts, places] = await Promise.all([
		listCategories(ctx),
		listPostsInDistrict(ctx, district.id, { functions: ['officer'] }),
		search ? searchPlaces(ctx, { ...search, districtId: district.id, limit: SHOWN }) : [],
	]);
	return {
		maskedMobile,
		basis,
		notice: privacyNotice(locale),
		district,
		services,
		posts,
		places,
		search,
		area: event.url.searchParams.get('area') ?? '',
		mayAttest: functions.includes('clerk'),
		searchErrors: read.ok || !event.url.searchParams.has('text') ? {} : read.errors,
	};
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'clerk', 'agent');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const own = form.get(`familyId_${String(form.get('kind'))}`);
		if (own !== null) form.set('familyId', own);
		const read = readForm(counterForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { data: proof } = read;
		const filed = await orFormFailure(
			locale,
			form,
			fileForCitizen(ctx, event.params.id, { ...read.data, proof }),
			FIELD_OF,
		);
		if (!filed.ok) return filed.failure;
		redirect(303, localizeHref(`/desk/filed/${filed.data.number}`));
	},
};
