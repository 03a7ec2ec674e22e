import { redirect } from '@sveltejs/kit';
import { endSession } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { Actions, PageServerLoad } from './$types.js';

/** Signing out is a form; somebody who types the address goes to the sign-in page. */
export const load: PageServerLoad = () => redirect(303, localizeHref('/staff/sign-in'));

export const actions: Actions = {
	default: async (event) => {
		await endSession(event);
		redirect(303, localizeHref('/staff/sign-in'));
	},
};
