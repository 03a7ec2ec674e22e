import type { RequestEvent } from '@sveltejs/kit';
import { staffActor } from '#lib/server/masters/index.ts';
import type { Sessions } from '#lib/server/identity/index.ts';
import type { Actor } from '#lib/server/platform/context.ts';
import type { Platform } from '#lib/server/platform/index.ts';

/** Who sends this request; prolongs or clears the session cookie on the way. */
export async function actorOf(
	event: RequestEvent,
	platform: Platform,
	sessions: Sessions,
): Promise<Actor> {
	const value = event.cookies.get(sessions.cookieName);
	event.locals.sessionId = null;
	if (!value) return { kind: 'anonymous' };
	const live = await sessions.read(value);
	if (!live) {
		event.cookies.delete(sessions.cookieName, { path: '/' });
		return { kind: 'anonymous' };
	}
	if (live.cookie) event.cookies.set(live.cookie.name, live.cookie.value, live.cookie.attributes);
	event.locals.sessionId = value;
	if (live.holder.kind === 'citizen') {
		return { kind: 'citizen', citizenId: live.holder.citizenId };
	}
	// A post that was handed over meanwhile gives no rights any more.
	const staff = await staffActor(
		platform.db,
		live.holder.personId,
		live.holder.postId,
		platform.clock.now(),
	);
	return staff ?? { kind: 'anonymous' };
}
