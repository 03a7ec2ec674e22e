import { orErrorPage } from '#lib/http/problem.ts';
import { web } from '#lib/http/web.ts';
import { deskSittingIds } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** Tells the desk that one of the sittings for which the clerk books has changed. */
export const GET: RequestHandler = async ({ locals }) => {
	const { ctx, locale } = locals;
	return web().live.stream(...(await orErrorPage(locale, deskSittingIds(ctx))));
};
