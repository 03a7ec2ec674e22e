import { redirect } from '@sveltejs/kit';
import { signInForm } from '#lib/forms/sign-in.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { safeNext } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { browserToken, keepPending } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { startSignIn } from '#lib/server/identity/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ locals, url }) => {
	const next = safeNext(url.searchParams.get('next'));
	if (locals.actor.kind === 'citizen') redirect(303, next ?? localizeHref('/citizen'));
	return { next, forHearing: /\/h(?:\/|$)/.test(next ?? '') };
};

export const actions: Actions = {
	default: async ({ request, locals, cookies, url, getClientAddress }) => {
		const { ctx, locale } = locals;
		const form = await formOf({ request, locals });
		const read = readForm(signInForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const started = await orFormFailure(
			locale,
			form,
			startSignIn(ctx, {
				mobile: read.data.mobile,
				browserToken: browserToken(cookies),
				address: getClientAddress(),
			}),
			'mobile',
		);
		if (!started.ok) return started.failure;
		const { challengeId, maskedMobile } = started.data;
		const next = safeNext(url.searchParams.get('next'));
		keepPending(cookies, { challengeId, maskedMobile, next, again: null });
		redirect(303, localizeHref('/sign-in/code'));
	},
};
