import { orErrorPage } from '#lib/http/problem.ts';
import { web } from '#lib/http/web.ts';
import { watchedSitting } from '#lib/server/hearing/index.ts';
import type { RequestHandler } from './$types.js';

/** Tells the citizen's page that the sitting of this hearing changed. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const sittingId = await orErrorPage(locals.locale, watchedSitting(locals.ctx, params.id));
	return web().live.stream(sittingId);
};
