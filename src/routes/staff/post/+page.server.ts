import { redirect } from '@sveltejs/kit';
import { switchPostForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { beginStaffSession, noCharge } from '../session.ts';
import { startPage } from '../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = (event) => {
	const actor = requireStaff(event);
	const start = startPage(actor.functions);
	return { start: start === localizeHref('/staff/post') ? null : start };
};

export const actions: Actions = {
	default: async (event) => {
		const { personId } = requireStaff(event);
		const read = readForm(switchPostForm, await formOf(event), event.locals.locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const actor = await beginStaffSession(event, { personId, postId: read.data.postId });
		if (!actor) return noCharge(event);
		redirect(303, startPage(actor.functions));
	},
};
