import { Refusal } from '#lib/domain/refusal.ts';
import type { Actor, Context } from '#lib/server/platform/context.ts';
import { blindIndex, sameBytes } from '#lib/server/platform/crypto.ts';

/**
 * The same address for five minutes, so that a page loaded again finds its photos in the browser; each
 * lives five to ten.
 */
const STEP_MS = 5 * 60_000;

/** What stands behind the path of an attachment's address. */
export interface AddressProof {
	until: string | null;
	seal: string | null;
}

function viewerOf(actor: Actor): string {
	if (actor.kind === 'citizen') return `citizen:${actor.citizenId}`;
	if (actor.kind === 'staff') return `staff:${actor.personId}:${actor.postId}`;
	return actor.kind;
}

type Asking = Pick<Context, 'actor' | 'clock'>;

const sealOf = (ctx: Asking, id: string, until: string) =>
	blindIndex('attachment_address', `${id}\0${until}\0${viewerOf(ctx.actor)}`);

/**
 * Address under which whoever asks now may open an attachment for at most ten minutes; nobody else, and not
 * the same person in another post. Make it only for who may see the attachment.
 */
export function attachmentAddress(ctx: Asking, id: string): string {
	const now = ctx.clock.now().getTime();
	const until = String((Math.floor(now / STEP_MS) + 2) * STEP_MS);
	return `/api/attachments/${id}?until=${until}&seal=${sealOf(ctx, id, until).toString('base64url')}`;
}

/** @throws {Refusal} `not_found` for one that was not made for the asking person, `address_ended` */
export function requireAddress(ctx: Asking, id: string, { until, seal }: AddressProof): void {
	const given = Buffer.from(seal ?? '', 'base64url');
	if (until === null || !sameBytes(given, sealOf(ctx, id, until))) throw new Refusal('not_found');
	if (ctx.clock.now().getTime() >= Number(until)) throw new Refusal('address_ended');
}

/** The same for one address however often the browser asks for it: a page, a look again, a part of it. */
export function openingOf(ctx: Asking, id: string, { until }: AddressProof): string {
	return `attachment:${id}:${viewerOf(ctx.actor)}:${until}`;
}
