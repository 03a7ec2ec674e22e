import { maskMobile } from '#lib/domain/identity/mobile.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { isCalledOff } from '#lib/domain/appointment/booking.ts';
import { bookingByLink } from '#lib/server/appointment/index.ts';
import { contactOf, startSignIn, type SignInStarted } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';

/** @throws {Refusal} `link_unknown` alike for a link that never was and for one that is over */
async function mobileBehind(ctx: Context, code: string): Promise<string> {
	const booking = await bookingByLink(ctx, code).catch((problem: unknown) => {
		if (problem instanceof Refusal && problem.code === 'not_found') return null;
		throw problem;
	});
	if (!booking || isCalledOff(booking.status)) throw new Refusal('link_unknown');
	const contact = await contactOf(ctx.db, booking.citizenId);
	if (!contact) throw new Refusal('link_unknown');
	return contact.mobile;
}

/**
 * What the link of an SMS shows to somebody who is not signed in: the masked mobile that a code would
 * go to, and nothing of the hearing. Who holds the link has it from that phone; its 60 bits
 * are not guessed. @throws {Refusal} `link_unknown`
 */
export async function linkRecipient(ctx: Context, code: string): Promise<{ maskedMobile: string }> {
	return { maskedMobile: maskMobile(await mobileBehind(ctx, code)) };
}

/**
 * Sends a code to the mobile of the booking that the link names; see `startSignIn` for the rest.
 * @throws {Refusal} `link_unknown` and as `startSignIn`
 */
export async function startSignInByLink(
	ctx: Context,
	{ code, ...browser }: { code: string; browserToken: string; address: string },
): Promise<SignInStarted> {
	return startSignIn(ctx, { mobile: await mobileBehind(ctx, code), ...browser });
}
