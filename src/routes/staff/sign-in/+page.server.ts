import { redirect } from '@sveltejs/kit';
import { staffSignInForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { safeNext } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { signInStaff } from '#lib/server/masters/index.ts';
import { noCharge, toSecondStep } from '../session.ts';
import { startPage } from '../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = ({ locals, url }) => {
	const next = safeNext(url.searchParams.get('next'));
	if (locals.actor.kind === 'staff') redirect(303, next ?? startPage(locals.actor.functions));
	return { again: url.searchParams.has('again') };
};

export const actions: Actions = {
	default: async (event) => {
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(staffSignInForm, form, locale);
		// What was typed goes back to the page, but never a password.
		form.delete('password');
		if (!read.ok) return formFailure(400, read.errors, { userName: read.values['userName'] ?? '' });
		const signedIn = await orFormFailure(
			locale,
			form,
			signInStaff(ctx, { ...read.data, address: event.getClientAddress() }),
		);
		if (!signedIn.ok) return signedIn.failure;
		const { personId, postId, mustChangePassword } = signedIn.data;
		if (mustChangePassword) {
			const query = new URLSearchParams({ first: '1', user: read.data.userName });
			redirect(303, `${localizeHref('/staff/password')}?${query}`);
		}
		if (postId === null) return noCharge(event, { userName: read.data.userName });
		return toSecondStep(event, personId);
	},
};
