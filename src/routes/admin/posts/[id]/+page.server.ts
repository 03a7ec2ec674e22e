import { redirect } from '@sveltejs/kit';
import { editPostForm } from '#lib/forms/admin.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { editPost, postChoices, postForm, postView } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const post = await orErrorPage(locale, postForm(ctx, event.params.id));
	const { name } = await postView(ctx, post.id);
	return { post, name, choices: await postChoices(ctx) };
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(editPostForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const saved = await orFormFailure(
			locale,
			form,
			editPost(ctx, { ...read.data, postId: event.params.id }),
			{ superior_circle: 'superiorId' },
		);
		if (!saved.ok) return saved.failure;
		redirect(303, localizeHref('/admin/posts?saved'));
	},
};
