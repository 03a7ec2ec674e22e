import type { RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import {
	conclusionForm,
	directionForm,
	hearingForm,
	removeDirectionForm,
} from '#lib/forms/hearing.ts';
import { formOf, readForm, typedValues, words, type FormErrors } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import {
	formFailure,
	orErrorPage,
	orFormFailure,
	refusalWords,
	statusOf,
} from '#lib/http/problem.ts';
import type { ConclusionIssue } from '#lib/domain/hearing/conclusion.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { caseFile } from '#lib/server/grievance/index.ts';
import {
	callNext,
	caseOnDesk,
	closeSitting,
	conclude,
	ConclusionRefused,
	deskOf,
	draftDirection,
	markAbsent,
	openSitting,
	photoAtHearing,
	removeDraft,
	requeue,
} from '#lib/server/hearing/index.ts';
import { listPostsInDistrict } from '#lib/server/masters/index.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const actor = requireStaff(event, 'hearing');
	event.depends('desk:case');
	const { ctx, locale } = event.locals;
	const asked = event.url.searchParams.get('case');
	const desk = await orErrorPage(locale, deskOf(ctx, event.params.id));
	const shown = await orErrorPage(locale, caseOnDesk(ctx, event.params.id, asked));
	if (!shown) return { desk, shown: null, file: null, photo: null, posts: [] };
	const file = await orErrorPage(locale, caseFile(ctx, shown.grievanceId, 'hearing_desk'));
	const posts = await listPostsInDistrict(ctx, file.districtId, { functions: ['officer'] });
	const photo = await photoAtHearing(ctx, event.params.id, shown.bookingId);
	return { desk, shown, file, photo, posts: posts.filter(({ id }) => id !== actor.postId) };
};

/** An action: guard, form, one command; a refusal comes back in words, under the field it belongs to. */
function command<const Schema extends v.GenericSchema>(
	schema: Schema,
	run: (event: RequestEvent, data: v.InferOutput<Schema>) => Promise<unknown>,
	field?: Parameters<typeof orFormFailure>[3],
) {
	return async (event: RequestEvent) => {
		requireStaff(event, 'hearing');
		const { locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(schema, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const done = await orFormFailure(locale, form, run(event, read.data), field);
		return done.ok ? { done: true } : done.failure;
	};
}

const nothing = v.object({});
const sitting = (event: RequestEvent) => event.params['id'] ?? '';

const FIELD_OF: Readonly<Partial<Record<ConclusionIssue['code'], string>>> = {
	disposition_not_allowed: 'disposition',
	order_required: 'order',
	order_not_allowed: 'order',
	reasons_required: 'reasons',
	next_date_required: 'nextSlot',
	next_date_not_allowed: 'nextSlot',
	next_date_past: 'nextSlot',
	next_date_before_due: 'nextSlot',
};

function issueErrors(issues: readonly ConclusionIssue[], locale: Locale): FormErrors {
	return Object.fromEntries(
		issues.map(({ code }) => [FIELD_OF[code] ?? 'form', words(`hearing_issue_${code}`, locale)]),
	);
}

export const actions: Actions = {
	open: command(nothing, (event) => openSitting(event.locals.ctx, sitting(event))),
	close: command(nothing, (event) => closeSitting(event.locals.ctx, sitting(event))),
	call: command(nothing, (event) => callNext(event.locals.ctx, sitting(event))),
	requeue: command(hearingForm, ({ locals }, { hearing }) => requeue(locals.ctx, hearing)),
	absent: command(hearingForm, ({ locals }, { hearing }) => markAbsent(locals.ctx, hearing)),
	direct: command(
		directionForm,
		({ locals }, { hearing, kind, post, due, text }) =>
			draftDirection(locals.ctx, { hearingId: hearing, kind, postId: post, dueDate: due, text }),
		{
			accused_reports_only: 'kind',
			direction_due_date: 'due',
			direction_needed_text: 'text',
			direction_post_outside: 'post',
			text_too_long: 'text',
		},
	),
	undirect: command(removeDirectionForm, ({ locals }, { direction }) =>
		removeDraft(locals.ctx, direction),
	),

	conclude: async (event) => {
		requireStaff(event, 'hearing');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(conclusionForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { hearing, disposition, order, reasons, nextSlot, then } = read.data;
		try {
			await conclude(ctx, {
				hearingId: hearing,
				disposition,
				order: disposition === 'heard' ? order : null,
				reasons,
				nextSlotId: disposition === 'adjourned' ? nextSlot : null,
			});
		} catch (problem) {
			if (problem instanceof ConclusionRefused) {
				return formFailure(409, issueErrors(problem.issues, locale), typedValues(form));
			}
			if (!(problem instanceof Refusal)) throw problem;
			const slot = problem.code.startsWith('slot_');
			const field = slot ? 'nextSlot' : problem.code === 'text_too_long' ? 'reasons' : 'form';
			return formFailure(409, { [field]: refusalWords(problem, locale) }, typedValues(form));
		}
		// What was concluded stays so, whatever the next call meets.
		if (then !== 'call') return { done: true, concluded: true };
		try {
			await callNext(ctx, event.params.id);
		} catch (problem) {
			if (!(problem instanceof Refusal)) throw problem;
			if (problem.code !== 'queue_empty') {
				return formFailure(statusOf(problem.code), { form: refusalWords(problem, locale) }, {});
			}
		}
		return { done: true, concluded: true };
	},
};
