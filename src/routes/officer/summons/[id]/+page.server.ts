import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import { summonsForm } from '#lib/forms/officer.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { releasePost, summonPost, summonsView } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

function bookingOf({ params, locals }: Pick<RequestEvent, 'params' | 'locals'>): string {
	const id = idFrom(params['id']);
	if (id) return id;
	error(404, { message: words('refusal_not_found', locals.locale), code: 'not_found' });
}

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'hearing', 'clerk');
	const { ctx, locale } = event.locals;
	return orErrorPage(locale, summonsView(ctx, bookingOf(event)));
};

const change = (command: typeof summonPost) => async (event: RequestEvent) => {
	requireStaff(event, 'hearing', 'clerk');
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const read = readForm(summonsForm, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const bookingId = bookingOf(event);
	const done = await orFormFailure(
		locale,
		form,
		command(ctx, { bookingId, postId: read.data.post }),
		{ summons_busy: 'post', summons_outside: 'post' },
	);
	if (!done.ok) return done.failure;
	redirect(303, localizeHref(`/officer/summons/${bookingId}`));
};

export const actions: Actions = { add: change(summonPost), remove: change(releasePost) };
