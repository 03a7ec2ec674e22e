import { appCodeForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { ownSessionActions, ownSessions, type SessionOwner } from '#lib/http/own-sessions.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { newRecoveryCodes, secondFactorView } from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

const self: SessionOwner = (event) => {
	const { personId, postId } = requireStaff(event);
	return { kind: 'person', personId, postId };
};

export const load: PageServerLoad = async (event) => {
	const sessions = await ownSessions(event, self);
	const { ctx, locale } = event.locals;
	return {
		sessions,
		factor: await orErrorPage(locale, secondFactorView(ctx)),
		ended: event.url.searchParams.has('done'),
	};
};

export const actions: Actions = {
	...ownSessionActions(self),
	codes: async (event) => {
		requireStaff(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(appCodeForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, {});
		const made = await orFormFailure(
			locale,
			new FormData(),
			newRecoveryCodes(ctx, { ...read.data, address: event.getClientAddress() }),
			{ app_code_wrong: 'code', code_used: 'code' },
		);
		if (!made.ok) return made.failure;
		return { recoveryCodes: made.data };
	},
};
