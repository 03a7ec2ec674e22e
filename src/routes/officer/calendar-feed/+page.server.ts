import { redirect } from '@sveltejs/kit';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { createFeed, feedView, revokeFeed } from '#lib/server/appointment/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'hearing', 'officer');
	const { ctx, locale } = event.locals;
	return {
		feed: await orErrorPage(locale, feedView(ctx)),
		ended: event.url.searchParams.has('ended'),
	};
};

export const actions: Actions = {
	create: async (event) => {
		requireStaff(event, 'hearing', 'officer');
		const { ctx, locale } = event.locals;
		// No redirect: the address would have to be kept somewhere to be shown.
		return { address: await orErrorPage(locale, createFeed(ctx)) };
	},
	revoke: async (event) => {
		requireStaff(event, 'hearing', 'officer');
		const { ctx, locale } = event.locals;
		await orErrorPage(locale, revokeFeed(ctx));
		redirect(303, `${event.url.pathname}?ended`);
	},
};
