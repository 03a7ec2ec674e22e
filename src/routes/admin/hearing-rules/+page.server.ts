import { redirect } from '@sveltejs/kit';
import { hearingRuleForm, removeRuleForm } from '#lib/forms/admin.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import {
	addHearingRule,
	hearingRulePage,
	removeHearingRule,
} from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'administrator');
	const asked = event.url.searchParams;
	return {
		page: await hearingRulePage(event.locals.ctx),
		done: asked.has('added') ? 'added' : asked.has('removed') ? 'removed' : null,
	};
};

export const actions: Actions = {
	add: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(hearingRuleForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const added = await orFormFailure(locale, form, addHearingRule(ctx, read.data), {
			hearing_rule_post: 'postId',
			hearing_rule_taken: 'jurisdictionId',
		});
		if (!added.ok) return added.failure;
		redirect(303, localizeHref('/admin/hearing-rules?added'));
	},
	remove: async (event) => {
		requireStaff(event, 'administrator');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(removeRuleForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const removed = await orFormFailure(locale, form, removeHearingRule(ctx, read.data.ruleId));
		if (!removed.ok) return removed.failure;
		redirect(303, localizeHref('/admin/hearing-rules?removed'));
	},
};
