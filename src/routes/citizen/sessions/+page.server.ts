import { requireCitizen } from '#lib/http/guard.ts';
import { ownSessionActions, ownSessions, type SessionOwner } from '#lib/http/own-sessions.ts';
import type { Actions, PageServerLoad } from './$types.js';

const self: SessionOwner = (event) => requireCitizen(event);

export const load: PageServerLoad = async (event) => ({
	sessions: await ownSessions(event, self),
	ended: event.url.searchParams.has('done'),
});

export const actions: Actions = ownSessionActions(self);
