import { eq } from 'drizzle-orm';
import { grievance } from '#lib/server/db/schema/grievance.ts';
import { proofPhoto } from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { requireHearingPost } from './policy.ts';
import { listOf, sittingRow } from './rows.ts';

/**
 * The photo that a citizen agreed to show to the officer who hears them, PNG in base64: while the sitting is
 * open and the hearing not concluded. Null otherwise.
 * @throws {Refusal} `forbidden` for anybody but the post that hears
 */
export async function photoAtHearing(
	ctx: Context,
	sittingId: string,
	bookingId: string,
): Promise<string | null> {
	const of = await sittingRow(ctx.db, sittingId);
	requireHearingPost(ctx, of.postId);
	if (of.state !== 'open' && of.state !== 'paused') return null;
	const entries = await listOf(ctx.db, sittingId, ctx.locale);
	const entry = entries.find((one) => one.bookingId === bookingId);
	const state = entry?.hearing?.state;
	if (!entry || !state || state === 'concluded' || state === 'cancelled') return null;
	const [row] = await ctx.db
		.select({ proofId: grievance.proofId })
		.from(grievance)
		.where(eq(grievance.id, entry.booking.grievanceId));
	return row?.proofId ? proofPhoto(ctx.db, row.proofId) : null;
}
