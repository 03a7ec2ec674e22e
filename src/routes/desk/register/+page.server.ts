import { redirect } from '@sveltejs/kit';
import { actingForm } from '#lib/forms/registering.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { browserToken, keepPending } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { attestActing, startActing } from '#lib/server/identity/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = (event) => {
	requireStaff(event, 'clerk', 'agent');
};

export const actions: Actions = {
	default: async (event) => {
		requireStaff(event, 'clerk', 'agent');
		const { cookies } = event;
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(actingForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { data } = read;
		if (data.way === 'attested') {
			const begun = await orFormFailure(locale, form, attestActing(ctx, data), 'mobile');
			if (!begun.ok) return begun.failure;
			redirect(303, localizeHref(`/desk/register/${begun.data.grantId}`));
		}
		const { mobile } = data;
		const address = event.getClientAddress();
		const sent = await orFormFailure(
			locale,
			form,
			startActing(ctx, { mobile, browserToken: browserToken(cookies), address }),
			'mobile',
		);
		if (!sent.ok) return sent.failure;
		const { challengeId, maskedMobile } = sent.data;
		keepPending(cookies, { challengeId, maskedMobile, next: null, again: null }, 'acting');
		redirect(303, localizeHref('/desk/register/code'));
	},
};
