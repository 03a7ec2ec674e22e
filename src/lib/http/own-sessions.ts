import { redirect, type RequestEvent } from '@sveltejs/kit';
import { endSessionForm } from '#lib/forms/sign-in.ts';
import type { SessionHolder, SessionView } from '#lib/server/identity/index.ts';
import { formOf, readForm } from './form.ts';
import { formFailure } from './problem.ts';
import { web } from './web.ts';

/** Whose sessions a page of "my sign-ins" shows; guards the page on the way. */
export type SessionOwner = (event: RequestEvent) => SessionHolder;

/** The owner's live sessions, this browser's first. */
export function ownSessions(event: RequestEvent, ownerOf: SessionOwner): Promise<SessionView[]> {
	return web().sessions.list(ownerOf(event), event.locals.sessionId ?? '');
}

/** The two actions of such a page; both come back to it. */
export function ownSessionActions(ownerOf: SessionOwner) {
	return {
		end: async (event: RequestEvent) => {
			const owner = ownerOf(event);
			const read = readForm(endSessionForm, await formOf(event), event.locals.locale);
			if (!read.ok) return formFailure(400, read.errors, {});
			await web().sessions.endOne(owner, read.data.session);
			redirect(303, `${event.url.pathname}?done=ended`);
		},
		endOthers: async (event: RequestEvent) => {
			await web().sessions.endOthers(ownerOf(event), event.locals.sessionId ?? '');
			redirect(303, `${event.url.pathname}?done=ended`);
		},
	};
}
