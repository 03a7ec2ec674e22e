import { redirect, type RequestEvent } from '@sveltejs/kit';
import type { GenericSchema } from 'valibot';
import type { ScheduleChange } from '#lib/domain/appointment/schedule.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { changeFrame } from '#lib/forms/schedule.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { previewChange, saveChange, type ChangePreview } from '#lib/server/appointment/index.ts';
import { formOf, readForm, typedValues, type FormErrors, type FormValues } from './form.ts';
import { requireStaff } from './guard.ts';
import { formFailure, orFormFailure } from './problem.ts';

/** What a page of a change gets back: the form again, or what saving would do. */
export interface ChangeAnswer {
	values: FormValues;
	errors: FormErrors;
	preview: ChangePreview | null;
	/** The preview differs from the one that was to be saved. */
	stale: boolean;
}

/** Who may open the pages of schedules; which posts, the commands say. */
export const requireScheduler = (event: Pick<RequestEvent, 'locals' | 'url'>) =>
	requireStaff(event, 'clerk', 'administrator');

const NO_ERRORS: FormErrors = {};

type Work = (frame: { version: number; fingerprint: string; key: string }) => {
	preview: () => Promise<ChangePreview>;
	save: () => Promise<unknown>;
	/** Where saving leads to. */
	done: string;
};

/**
 * The two steps of every change: look, then save. No step but the last writes; what is shown travels
 * with the form as its fingerprint, and when it no longer holds, the new state is shown instead.
 */
export async function changeSteps<Output>(
	event: Pick<RequestEvent, 'request' | 'locals' | 'url'>,
	schema: GenericSchema<unknown, Output>,
	step: 'preview' | 'save' | 'edit',
	workOf: (data: Output) => ReturnType<Work> | Work,
) {
	requireScheduler(event);
	const { locale } = event.locals;
	const form = await formOf(event);
	const values = typedValues(form);
	if (step === 'edit') return { values, errors: NO_ERRORS, preview: null, stale: false };
	const frame = readForm(changeFrame, form, locale);
	if (!frame.ok) return formFailure(400, frame.errors, values);
	const read = readForm(schema, form, locale);
	if (!read.ok) return formFailure(400, read.errors, values);
	const made = workOf(read.data);
	const work = typeof made === 'function' ? made(frame.data) : made;
	const look = async (stale: boolean) => {
		const shown = await orFormFailure(locale, form, work.preview());
		return shown.ok ? { values, errors: NO_ERRORS, preview: shown.data, stale } : shown.failure;
	};
	if (step === 'preview') return look(false);
	try {
		await work.save();
	} catch (problem) {
		if (problem instanceof Refusal && problem.code === 'preview_stale') return look(true);
		const failed = await orFormFailure(locale, form, Promise.reject(problem));
		if (!failed.ok) return failed.failure;
	}
	redirect(303, localizeHref(work.done));
}

/** The same for a change of the schedule of the post in the address. */
export function scheduleSteps(
	event: Pick<RequestEvent, 'request' | 'locals' | 'url'> & { params: { post: string } },
	schema: GenericSchema<unknown, ScheduleChange>,
	step: 'preview' | 'save' | 'edit',
) {
	const { post: postId } = event.params;
	const { ctx } = event.locals;
	return changeSteps(event, schema, step, (change) => ({ version, fingerprint, key }) => ({
		preview: () => previewChange(ctx, { postId, version, change }),
		save: () => saveChange(ctx, { postId, version, change, fingerprint, key }),
		done: `/desk/schedules/${postId}?saved`,
	}));
}
