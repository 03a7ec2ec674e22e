import { redirect } from '@sveltejs/kit';
import { changePasswordForm } from '#lib/forms/staff.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { web } from '#lib/http/web.ts';
import { changePassword, staffActor, userNameOf } from '#lib/server/masters/index.ts';
import { beginStaffSession } from '../session.ts';
import { startPage } from '../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** Open to everybody: a first password opens nothing but this page, so there is no session yet. */
export const load: PageServerLoad = async ({ locals, url }) => ({
	first: url.searchParams.get('first') === '1',
	userName:
		locals.actor.kind === 'staff'
			? await userNameOf(locals.ctx, locals.actor.personId)
			: (url.searchParams.get('user') ?? '').slice(0, 40),
	signedIn: locals.actor.kind === 'staff',
});

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
		await web().sessions.endAllOf({ kind: 'person', personId, postId });
		const before = event.locals.actor;
		const staysIn = before.kind === 'staff' && before.personId === personId;
		const actor = await staffActor(
			ctx.db,
			personId,
			staysIn ? before.postId : postId,
			ctx.clock.now(),
		);
		if (!actor) {
			return formFailure(409, { form: words('refusal_no_charge', locale) }, { userName });
		}
		await beginStaffSession(event, actor);
		redirect(303, startPage(actor.functions));
	},
};
