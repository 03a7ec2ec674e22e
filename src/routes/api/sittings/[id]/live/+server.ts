import { orErrorPage } from '#lib/http/problem.ts';
import { web } from '#lib/http/web.ts';
import { requireSitting } from '#lib/server/hearing/index.ts';
import type { RequestHandler } from './$types.js';

/** Tells the officer's page that the sitting changed. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const sittingId = await orErrorPage(locals.locale, requireSitting(locals.ctx, params.id));
	return web().live.stream(sittingId);
};
