import { error, redirect } from '@sveltejs/kit';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { CitizenActor, StaffActor } from '#lib/server/platform/context.ts';
import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import { words } from './form.ts';

interface Guarded {
	locals: App.Locals;
	url: URL;
}

/** Only paths of this site are followed after signing in. */
export function safeNext(text: string | null | undefined): string | null {
	if (!text || !/^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(text) || text.includes('\\')) return null;
	return text;
}

/** The signed-in citizen, or the sign-in page that comes back here. */
export function requireCitizen({ locals, url }: Guarded): CitizenActor {
	if (locals.actor.kind === 'citizen') return locals.actor;
	redirect(303, localizeHref(`/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`));
}

/** A signed-in member of staff whose post has one of the functions. */
export function requireStaff({ locals, url }: Guarded, ...functions: PostFunction[]): StaffActor {
	const { actor } = locals;
	if (actor.kind !== 'staff') {
		redirect(
			303,
			localizeHref(`/staff/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`),
		);
	}
	if (functions.length > 0 && !functions.some((one) => actor.functions.includes(one))) {
		error(403, { message: words('refusal_forbidden', locals.locale), code: 'forbidden' });
	}
	return actor;
}
