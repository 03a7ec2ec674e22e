import { redirect } from '@sveltejs/kit';
import { formOf } from '#lib/http/form.ts';
import { orErrorPage, orFormFailure } from '#lib/http/problem.ts';
import { browserToken, keepPending } from '#lib/http/sign-in.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';
import { hearingByLink, linkRecipient, startSignInByLink } from '#lib/server/hearing/index.ts';
import type { Actions, PageServerLoad } from './$types.js';

/** What is no code of ours never reaches the database, which has no place for every byte. */
const linkCode = (text: string) => text.replace(/[^0-9a-z]/g, '').slice(0, 64);

/**
 * The link of an SMS: leads a signed-in citizen to the hearing it names, if it is this citizen's, and
 * anybody else to the code that goes to the hearing's own mobile.
 */
export const load: PageServerLoad = async ({ locals, params }) => {
	const { ctx, locale, actor } = locals;
	const code = linkCode(params.code);
	if (actor.kind === 'citizen') {
		const { hearingId } = await orErrorPage(locale, hearingByLink(ctx, code));
		redirect(303, localizeHref(`/citizen/hearings/${hearingId}`));
	}
	const recipient = await orFormFailure(locale, new FormData(), linkRecipient(ctx, code));
	return { maskedMobile: recipient.ok ? recipient.data.maskedMobile : null };
};

export const actions: Actions = {
	default: async (event) => {
		const { locals, cookies, params } = event;
		const started = await orFormFailure(
			locals.locale,
			await formOf(event),
			startSignInByLink(locals.ctx, {
				code: linkCode(params.code),
				browserToken: browserToken(cookies),
				address: event.getClientAddress(),
			}),
		);
		if (!started.ok) return started.failure;
		const { challengeId, maskedMobile } = started.data;
		const here = localizeHref(`/h/${linkCode(params.code)}`);
		keepPending(cookies, { challengeId, maskedMobile, next: here, again: here });
		redirect(303, localizeHref('/sign-in/code'));
	},
};
