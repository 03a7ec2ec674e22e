import { fileAnswer } from '#lib/http/file.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { openAttachment } from '#lib/server/grievance/index.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async ({ params, locals, request, url }) => {
	const address = { until: url.searchParams.get('until'), seal: url.searchParams.get('seal') };
	const opened = openAttachment(locals.ctx, params.id, address);
	return fileAnswer(request, await orErrorPage(locals.locale, opened));
};
