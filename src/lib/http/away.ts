import { redirect, type RequestEvent } from '@sveltejs/kit';
import { randomUUID } from 'node:crypto';
import { istInstant } from '#lib/domain/calendar/ist.ts';
import { awayForm } from '#lib/forms/officer.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { callAway, type CallAway } from '#lib/server/appointment/index.ts';
import { formOf, readForm, words } from './form.ts';
import { formFailure, orFormFailure } from './problem.ts';

/** Made once a form: pressing twice calls away once. */
export const awayKey = (): string => randomUUID();

/** Enters the absence and leads to the plan; to `home` when nobody was booked. */
export async function enterAway(
	{ locals }: Pick<RequestEvent, 'locals'>,
	form: FormData,
	input: CallAway,
	home: string,
) {
	const { ctx, locale } = locals;
	const done = await orFormFailure(locale, form, callAway(ctx, input));
	if (!done.ok) return done.failure;
	const { moveId } = done.data;
	redirect(303, localizeHref(moveId ? `/officer/moves/${moveId}` : `${home}?entered`));
}

/** The form with two times. `postId` is the officer's own; a clerk names the officer. */
export async function awayAction(event: RequestEvent, postId: string | null, home: string) {
	const { locale } = event.locals;
	const form = await formOf(event);
	const read = readForm(awayForm, form, locale);
	if (!read.ok) return formFailure(400, read.errors, read.values);
	const { data } = read;
	const of = postId ?? data.post;
	if (!of) return formFailure(400, { post: words('error_away_post', locale) }, {});
	return enterAway(
		event,
		form,
		{
			postId: of,
			startsAt: istInstant(data.fromDate, data.fromTime),
			endsAt: istInstant(data.toDate, data.toTime),
			reason: data.reason || words('away_reason_default', 'hi'),
			key: data.key,
		},
		home,
	);
}
