import { fileAnswer } from '#lib/http/file.ts';
import { orErrorPage } from '#lib/http/problem.ts';
import { openAttachment } from '#lib/server/grievance/index.ts';
import type { RequestHandler } from './$types.js';

export const GET: RequestHandler = async ({ params, locals, request }) =>
	fileAnswer(request, await orErrorPage(locals.locale, openAttachment(locals.ctx, params.id)));
