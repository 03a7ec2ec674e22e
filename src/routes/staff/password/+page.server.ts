import { redirect } from '@sveltejs/kit';
import { changePasswordForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { changePassword, userNameOf } from '#lib/server/masters/index.ts';
import { beginStaffSession, noCharge, toSecondStep } from '../session.ts';
import { startPage } from '../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** A first password opens nothing but this page: there is no session yet. Any other is changed inside. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const first = url.searchParams.get('first') === '1';
	const { actor, ctx } = locals;
	if (actor.kind !== 'staff' && !first) {
		redirect(303, localizeHref(`/staff/sign-in?next=${encodeURIComponent(url.pathname)}`));
	}
	return {
		first,
		userName:
			actor.kind === 'staff'
				? await userNameOf(ctx, actor.personId)
				: (url.searchParams.get('user') ?? '').slice(0, 40),
		signedIn: actor.kind === 'staff',
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(changePasswordForm, form, locale);
		for (const secret of ['password', 'newPassword', 'repeat']) form.delete(secret);
		if (!read.ok) return formFailure(400, read.errors, { userName: read.values['userName'] ?? '' });
		const { userName, password, newPassword } = read.data;
		const address = event.getClientAddress();
		const changed = await orFormFailure(
			locale,
			form,
			changePassword(ctx, { userName, password, newPassword, address }),
			{ sign_in_failed: 'password', password_unchanged: 'newPassword' },
		);
		if (!changed.ok) return changed.failure;
		const { personId, postId } = changed.data;
		const before = event.locals.actor;
		if (before.kind !== 'staff' || before.personId !== personId) {
			return postId === null ? noCharge(event, { userName }) : toSecondStep(event, personId);
		}
		const actor = await beginStaffSession(event, before);
		if (!actor) return noCharge(event, { userName });
		redirect(303, startPage(actor.functions));
	},
};
