import type { RequestEvent } from '@sveltejs/kit';
import { actingStaff, type ActingPost } from '#lib/server/masters/index.ts';
import type { Sessions } from '#lib/server/identity/index.ts';
import type { Actor } from '#lib/server/platform/context.ts';
import type { Platform } from '#lib/server/platform/index.ts';

const ANONYMOUS = { actor: { kind: 'anonymous' }, actingPost: null } as const;

/**
 * Who sends this request, and in which post when it is staff; clears a dead session's cookie on the
 * way.
 */
export async function whoAsks(
	event: RequestEvent,
	platform: Platform,
	sessions: Sessions,
): Promise<{ actor: Actor; actingPost: ActingPost | null }> {
	const value = event.cookies.get(sessions.cookieName);
	event.locals.sessionId = null;
	if (!value) return ANONYMOUS;
	const holder = await sessions.read(value);
	if (!holder) {
		event.cookies.delete(sessions.cookieName, { path: '/' });
		return ANONYMOUS;
	}
	event.locals.sessionId = value;
	if (holder.kind === 'citizen') {
		return { actor: { kind: 'citizen', citizenId: holder.citizenId }, actingPost: null };
	}
	// A post that was handed over meanwhile gives no rights any more.
	const { db, clock } = platform;
	const staff = await actingStaff(
		{ db, locale: event.locals.locale },
		{ personId: holder.personId, postId: holder.postId, now: clock.now() },
	);
	return staff ?? ANONYMOUS;
}
