import { redirect } from '@sveltejs/kit';
import { codeForm } from '#lib/forms/sign-in.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { beginCitizenSession, browserToken, pendingSignIn } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { finishSignIn } from '#lib/server/identity/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ cookies }) => {
	const pending = pendingSignIn(cookies);
	if (!pending) redirect(303, localizeHref('/sign-in'));
	const { maskedMobile, next, again } = pending;
	return { maskedMobile, next, again };
};

export const actions: Actions = {
	default: async (event) => {
		const { locals, cookies } = event;
		const pending = pendingSignIn(cookies);
		if (!pending) redirect(303, localizeHref('/sign-in'));
		const form = await formOf(event);
		const read = readForm(codeForm, form, locals.locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const signedIn = await orFormFailure(
			locals.locale,
			form,
			finishSignIn(locals.ctx, {
				challengeId: pending.challengeId,
				code: read.data.code,
				browserToken: browserToken(cookies),
			}),
			'code',
		);
		if (!signedIn.ok) return signedIn.failure;
		await beginCitizenSession(event, signedIn.data.citizenId);
		redirect(303, pending.next ?? localizeHref('/citizen'));
	},
};
