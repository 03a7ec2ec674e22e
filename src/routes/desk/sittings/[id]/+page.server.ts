import { randomUUID } from 'node:crypto';
import { error, redirect } from '@sveltejs/kit';
import { idFrom, inviteForm, uninviteForm } from '#lib/forms/appointment.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	invite,
	invitees,
	openCauseList,
	sittingDetail,
	uninvite,
} from '#lib/server/appointment/index.ts';
import { arrive } from '../../arrive.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk');
	const { ctx, locale } = event.locals;
	const id = idFrom(event.params.id);
	if (!id) error(404, { message: words('refusal_not_found', locale), code: 'not_found' });
	const rows = await orErrorPage(locale, openCauseList(ctx, id));
	return {
		sitting: await orErrorPage(locale, sittingDetail(ctx, id)),
		rows: rows.map((row) => ({ ...row, key: randomUUID() })),
		invitees: await orErrorPage(locale, invitees(ctx, id)),
		key: randomUUID(),
		isNew: event.url.searchParams.has('new'),
	};
};

export const actions: Actions = {
	arrive,
	async invite(event) {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(inviteForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const sittingId = event.params.id;
		const done = await orFormFailure(locale, form, invite(ctx, { sittingId, ...read.data }), {
			mobile_invalid: 'mobile',
			invitee_there: 'mobile',
		});
		if (!done.ok) return done.failure;
		redirect(303, localizeHref(`/desk/sittings/${sittingId}`));
	},
	async uninvite(event) {
		requireStaff(event, 'clerk');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(uninviteForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const done = await orFormFailure(locale, form, uninvite(ctx, read.data.invitee));
		if (!done.ok) return done.failure;
		redirect(303, localizeHref(`/desk/sittings/${event.params.id}`));
	},
};
