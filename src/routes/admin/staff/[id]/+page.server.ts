import { redirect } from '@sveltejs/kit';
import { endChargeForm, giveChargeForm } from '#lib/forms/admin.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	endCharge,
	listPosts,
	resetPassword,
	resetSecondFactor,
	setCharge,
	setStaffDisabled,
	staffMember,
} from '#lib/server/masters/index.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types.js';

/** What just happened, said on the page that comes after. */
const DONE = ['charge', 'ended', 'disabled', 'enabled', 'factor'] as const;
type Done = (typeof DONE)[number];

export const load: PageServerLoad = async (event) => {
	const actor = requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const person = await orErrorPage(locale, staffMember(ctx, event.params.id));
	const posts = await listPosts(ctx);
	const done = event.url.searchParams.get('done');
	return {
		person,
		self: person.id === actor.personId,
		vacant: posts.filter((post) => !post.holder).map(({ id, name }) => ({ id, name })),
		done: DONE.find((one) => one === done) ?? null,
	};
};

const back = (event: RequestEvent, done: Done) =>
	redirect(303, `${localizeHref(`/admin/staff/${event.params.id}`)}?done=${done}`);

async function setDisabled(event: RequestEvent, disabled: boolean) {
	requireStaff(event, 'administrator');
	const { ctx, locale } = event.locals;
	const changed = await orFormFailure(
		locale,
		new FormData(),
		setStaffDisabled(ctx, { personId: event.params.id, disabled }),
	);
	if (!changed.ok) return changed.failure;
	return back(event, disabled ? 'disabled' : 'enabled');
}

export const actions: Actions = {
	give: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(giveChargeForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const given = await orFormFailure(
			locale,
			form,
			setCharge(ctx, { ...read.data, personId: event.params.id }),
			{ post_held: 'postId' },
		);
		if (!given.ok) return given.failure;
		return back(event, 'charge');
	},
	end: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(endChargeForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const ended = await orFormFailure(locale, form, endCharge(ctx, read.data.chargeId));
		if (!ended.ok) return ended.failure;
		return back(event, 'ended');
	},
	password: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const made = await orFormFailure(locale, new FormData(), resetPassword(ctx, event.params.id));
		if (!made.ok) return made.failure;
		return { made: made.data };
	},
	factor: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const reset = await orFormFailure(
			locale,
			new FormData(),
			resetSecondFactor(ctx, event.params.id),
		);
		if (!reset.ok) return reset.failure;
		return back(event, 'factor');
	},
	disable: (event) => setDisabled(event, true),
	enable: (event) => setDisabled(event, false),
};
