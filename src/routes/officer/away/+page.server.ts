import { presetTime } from '#lib/domain/appointment/called-away.ts';
import { istDate, istTime } from '#lib/domain/calendar/ist.ts';
import { awayPresetForm } from '#lib/forms/officer.ts';
import { awayAction, awayKey, enterAway } from '#lib/http/away.ts';
import { formOf, readForm, words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { formFailure, orErrorPage } from '#lib/http/problem.ts';
import { myBulkMoves } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

const HOME = '/officer/away';

export const load: PageServerLoad = async (event) => {
	const { postId } = requireStaff(event, 'hearing');
	const { ctx, locale } = event.locals;
	const now = ctx.clock.now();
	return {
		key: awayKey(),
		today: istDate(now),
		time: istTime(now),
		tomorrow: presetTime('tomorrow', now).startsAt,
		moves: await orErrorPage(locale, myBulkMoves(ctx, postId)),
		entered: event.url.searchParams.has('entered'),
	};
};

export const actions: Actions = {
	preset: async (event) => {
		const { postId } = requireStaff(event, 'hearing');
		const { ctx, locale } = event.locals;
		const form = await formOf(event);
		const read = readForm(awayPresetForm, form, locale);
		if (!read.ok) return formFailure(400, read.errors, read.values);
		const { preset, key } = read.data;
		const time = presetTime(preset, ctx.clock.now());
		const reason = words('away_reason_default', 'hi');
		return enterAway(event, form, { postId, ...time, reason, key }, HOME);
	},
	other: (event) => awayAction(event, requireStaff(event, 'hearing').postId, HOME),
};
