import type { Cookies } from '@sveltejs/kit';
import { web } from '#lib/http/web.ts';

/**
 * Begins a session of a member of staff in one post and drops the one before: an identifier never
 * survives a sign-in or a change of post.
 */
export async function beginStaffSession(
	event: { cookies: Cookies; locals: App.Locals },
	{ personId, postId }: { personId: string; postId: string },
): Promise<void> {
	const { sessions } = web();
	if (event.locals.sessionId) await sessions.end(event.locals.sessionId);
	const { name, value, attributes } = await sessions.start({
		kind: 'person',
		personId,
		postId,
	});
	event.cookies.set(name, value, attributes);
}
