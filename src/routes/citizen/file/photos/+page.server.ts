import { redirect, type RequestEvent } from '@sveltejs/kit';
import { UPLOAD_LIMITS } from '#lib/domain/grievance/filing.ts';
import { idForm } from '#lib/forms/filing.ts';
import { nextFilingStep } from '#lib/http/filing.ts';
import { formOf, readForm } from '#lib/http/form.ts';
import { requireCitizen } from '#lib/http/guard.ts';
import { formFailure, orFormFailure } from '#lib/http/problem.ts';
import { UPLOAD_FIELDS, uploadsOf } from '#lib/http/upload.ts';
import {
	addDraftAttachment,
	draft,
	finishIncoming,
	removeDraftAttachment,
} from '#lib/server/grievance/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireCitizen(event);
	const { attachments, submissionKey } = await draft(event.locals.ctx);
	return { attachments, draftKey: submissionKey };
};

/** One after the other: what came before a file that is refused is kept. */
async function addAll(ctx: App.Locals['ctx'], form: FormData): Promise<void> {
	const uploads = await uploadsOf(form, 'photos', { maxBytes: UPLOAD_LIMITS.bytes });
	const keepPlace = form.has('keepPlace');
	for (const upload of uploads) await addDraftAttachment(ctx, { ...upload, keepPlace });
}

async function add(event: RequestEvent) {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	return orFormFailure(locale, form, addAll(ctx, form), UPLOAD_FIELDS);
}

export const actions: Actions = {
	add: async (event) => {
		const added = await add(event);
		if (!added.ok) return added.failure;
		redirect(303, event.url.pathname);
	},
	/** Going on takes along what was chosen and not yet added. */
	next: async (event) => {
		const added = await add(event);
		if (!added.ok) return added.failure;
		nextFilingStep('photos', event.url);
	},
	/** How a resumable upload ended. */
	finish: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(idForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const finished = finishIncoming(ctx, read.data.id);
		const done = await orFormFailure(locale, form, finished, UPLOAD_FIELDS);
		if (!done.ok) return done.failure;
	},
	remove: async (event) => {
		requireCitizen(event);
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(idForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const removed = await orFormFailure(locale, form, removeDraftAttachment(ctx, read.data.id));
		if (!removed.ok) return removed.failure;
		redirect(303, event.url.pathname);
	},
};
