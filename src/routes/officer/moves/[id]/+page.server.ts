import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { idFrom } from '#lib/forms/appointment.ts';
import { formOf, words } from '#lib/http/form.ts';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { bulkMoveView, dropBulkMove, startBulkMove } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

function moveOf({ params, locals }: Pick<RequestEvent, 'params' | 'locals'>): string {
	const id = idFrom(params['id']);
	if (id) return id;
	error(404, { message: words('refusal_not_found', locals.locale), code: 'not_found' });
}

export const load: PageServerLoad = async (event) => {
	const { functions } = requireStaff(event, 'hearing', 'clerk');
	const { ctx, locale } = event.locals;
	return {
		move: await orErrorPage(locale, bulkMoveView(ctx, moveOf(event))),
		home: functions.includes('clerk') ? '/desk/moves' : '/officer/away',
	};
};

const change = (command: typeof startBulkMove) => async (event: RequestEvent) => {
	requireStaff(event, 'hearing', 'clerk');
	const { ctx, locale } = event.locals;
	const form = await formOf(event);
	const id = moveOf(event);
	const done = await orFormFailure(locale, form, command(ctx, id));
	if (!done.ok) return done.failure;
	redirect(303, localizeHref(`/officer/moves/${id}`));
};

export const actions: Actions = { start: change(startBulkMove), drop: change(dropBulkMove) };
