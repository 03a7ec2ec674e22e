import { redirect } from '@sveltejs/kit';
import { newPostForm } from '#lib/forms/admin.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { createPost, postChoices } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	return { choices: await postChoices(event.locals.ctx) };
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(newPostForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const made = await orFormFailure(locale, form, createPost(ctx, read.data));
		if (!made.ok) return made.failure;
		redirect(303, localizeHref('/admin/posts?saved'));
	},
};
