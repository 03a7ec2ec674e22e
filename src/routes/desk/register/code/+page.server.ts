import { redirect } from '@sveltejs/kit';
import { codeForm } from '#lib/forms/sign-in.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { browserToken, dropPending, pendingSignIn } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { finishActing } from '#lib/server/identity/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = (event) => {
	requireStaff(event, 'clerk', 'agent');
	const pending = pendingSignIn(event.cookies, 'acting');
	if (!pending) redirect(303, localizeHref('/desk/register'));
	return { maskedMobile: pending.maskedMobile };
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'clerk', 'agent');
		const { cookies } = event;
		const { ctx, locale } = event.locals;
		const pending = pendingSignIn(cookies, 'acting');
		if (!pending) redirect(303, localizeHref('/desk/register'));
		const form = await formOf(event);
		const read = readForm(codeForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { challengeId } = pending;
		const { code } = read.data;
		const right = await orFormFailure(
			locale,
			form,
			finishActing(ctx, { challengeId, code, browserToken: browserToken(cookies) }),
			'code',
		);
		if (!right.ok) return right.failure;
		dropPending(cookies, 'acting');
		redirect(303, localizeHref(`/desk/register/${right.data.grantId}`));
	},
};
