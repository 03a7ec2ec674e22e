import { renderSVG } from 'uqr';
import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { tracking } from '#lib/server/grievance/index.ts';
import { citizenView } from '#lib/server/identity/index.ts';
import type { PageServerLoad } from './$types.js';

export const load: PageServerLoad = async (event) => {
	const { citizenId } = requireCitizen(event);
	const { ctx, locale } = event.locals;
	const grievance = await orErrorPage(locale, tracking(ctx, event.params.number));
	const { name, maskedMobile } = await citizenView(ctx, citizenId);
	const link = `${ctx.origin}${localizeHref(`/track?number=${grievance.number}`)}`;
	return {
		grievance,
		complainant: [name, maskedMobile].filter(Boolean).join(', '),
		link,
		/** Leads to the tracking page, which asks for the code. */
		qr: `data:image/svg+xml,${encodeURIComponent(renderSVG(link, { border: 1 }))}`,
	};
};
