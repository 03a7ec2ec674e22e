import { redirect } from '@sveltejs/kit';
import { formOf } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { openSitting, sittingsOf } from '#lib/server/hearing/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'hearing');
	const { ctx, locale } = event.locals;
	return { sittings: await orErrorPage(locale, sittingsOf(ctx)) };
};

export const actions: Actions = {
	open: async (event) => {
		requireStaff(event, 'hearing');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const id = String(form.get('sitting') ?? '');
		const opened = await orFormFailure(locale, form, openSitting(ctx, id));
		if (!opened.ok) return opened.failure;
		redirect(303, localizeHref(`/officer/sittings/${id}`));
	},
};
