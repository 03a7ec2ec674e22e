import { requireCitizen } from '#lib/http/guard.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { exportData } from '#lib/server/privacy/index.ts';
import type { RequestHandler } from './$types.js';

/** A POST: no preview and no prefetch packs anything, and no other site can ask for it. */
export const POST: RequestHandler = async (event) => {
	requireCitizen(event);
	const { ctx, locale } = event.locals;
	const { name, stream } = await orErrorPage(locale, exportData(ctx));
	return new Response(stream, {
		headers: {
			'content-type': 'application/zip',
			'content-disposition': `attachment; filename="${name}"`,
			'cache-control': 'private, no-store',
		},
	});
};
