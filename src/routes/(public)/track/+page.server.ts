import { redirect } from '@sveltejs/kit';
import { trackForm } from '#lib/forms/sign-in.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { formFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ url, locals }) => ({
	number: url.searchParams.get('number')?.slice(0, 40) ?? '',
	signedIn: locals.actor.kind === 'citizen',
});

export const actions: Actions = {
	/** The grievance's page asks for the code by itself, and shows only the citizen's own. */
	default: async ({ request, locals }) => {
		const read = readForm(trackForm, await formOf({ request, locals }), locals.locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		redirect(303, localizeHref(`/citizen/grievances/${read.data.number}`));
	},
};
