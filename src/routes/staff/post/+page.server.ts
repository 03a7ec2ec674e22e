import { redirect } from '@sveltejs/kit';
import { switchPostForm } from '#lib/forms/staff.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure } from '#lib/http/problem.ts';
import { words } from '#lib/http/form.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { actingPost, staffActor } from '#lib/server/masters/index.ts';
import { beginStaffSession } from '../session.ts';
import { startPage } from '../start-page.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const actor = requireStaff(event);
	const { postName, otherPosts } = await actingPost(event.locals.ctx, actor);
	const start = startPage(actor.functions);
	return {
		postName,
		otherPosts,
		start: start === localizeHref('/staff/post') ? null : start,
	};
};

export const actions: Actions = {
	default: async (event) => {
		const { ctx, locale } = event.locals;
		const { personId } = requireStaff(event);
		const read = readForm(switchPostForm, await formOf(event), locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const actor = await staffActor(ctx.db, personId, read.data.postId, ctx.clock.now());
		if (!actor) return formFailure(409, { form: words('refusal_no_charge', locale) }, {});
		await beginStaffSession(event, actor);
		redirect(303, startPage(actor.functions));
	},
};
