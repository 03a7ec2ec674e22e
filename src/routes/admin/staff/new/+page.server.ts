import { newStaffForm } from '#lib/forms/admin.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { createStaff } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = (event) => {
	requireStaff(event, 'administrator');
	return {};
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(newStaffForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const made = await orFormFailure(locale, form, createStaff(ctx, read.data), {
			user_name_taken: 'userName',
			invalid_input: 'mobile',
		});
		if (!made.ok) return made.failure;
		return { made: made.data };
	},
};
