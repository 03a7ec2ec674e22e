import { renderSVG } from 'uqr';
import { requireStaff } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { counterReceipt } from '#lib/server/grievance/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	requireStaff(event, 'clerk', 'agent');
	const { ctx, locale } = event.locals;
	const receipt = await orErrorPage(locale, counterReceipt(ctx, event.params.number));
	const link = `${ctx.origin}${localizeHref(`/track?number=${receipt.grievance.number}`)}`;
	return {
		...receipt,
		link,
		/** Leads to the tracking page, which asks for the citizen's code. */
		qr: `data:image/svg+xml,${encodeURIComponent(renderSVG(link, { border: 1 }))}`,
	};
};
