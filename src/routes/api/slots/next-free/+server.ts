import { isDate, istInstant } from '#lib/domain/calendar/ist.ts';
import { idFrom } from '#lib/forms/appointment.ts';
import { nextFreeSlots } from '#lib/server/appointment/index.ts';
import { answer } from '../../hearings/answer.ts';
import type { RequestHandler } from './$types.js';

/** The clerk's earliest free times over hearing officers: `post` (several), `after` (IST date), `limit`. */
export const GET: RequestHandler = ({ locals, url }) => {
	const { ctx } = locals;
	const asked = url.searchParams;
	const posts = asked.getAll('post').flatMap((text) => idFrom(text) ?? []);
	const date = asked.get('after') ?? '';
	const after = isDate(date) ? istInstant(date) : ctx.clock.now();
	return answer(locals, nextFreeSlots(ctx, posts, after, Number(asked.get('limit') ?? 20)));
};
