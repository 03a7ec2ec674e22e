import {
	isWithdrawable,
	standingConsents,
	type ConsentPurpose,
} from '#lib/domain/identity/consent.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { dropDraftProof, dropPhotoPlaces } from '#lib/server/grievance/index.ts';
import {
	consentsOf,
	dropProofFields,
	dropProofPhotos,
	lockCitizen,
	recordConsent,
	requireCitizen,
} from '#lib/server/identity/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction, type Tx } from '#lib/server/platform/db.ts';

/** What goes with a consent that is taken back, at once and everywhere. */
const DATA_OF: Partial<
	Record<ConsentPurpose, (tx: Tx, ctx: Context, citizenId: string) => Promise<void>>
> = {
	async proof_fields(tx, ctx, citizenId) {
		await dropProofFields(tx, citizenId);
		await dropDraftProof(tx, ctx, citizenId, 'fields');
	},
	async proof_photo(tx, ctx, citizenId) {
		await dropProofPhotos(tx, citizenId);
		await dropDraftProof(tx, ctx, citizenId, 'photo');
	},
	photo_place: (tx, _ctx, citizenId) => dropPhotoPlaces(tx, citizenId),
};

/**
 * Takes a consent back and removes what it covered, in one transaction. One that does not stand (any
 * more) is no error and leaves no second row.
 * @throws {Refusal} `consent_needed` for what does not rest on consent, `account_erased`
 */
export async function withdrawConsent(ctx: Context, purpose: ConsentPurpose): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	if (!isWithdrawable(purpose)) throw new Refusal('consent_needed');
	await inTransaction(ctx.db, async (tx) => {
		// A filing under way gives before this takes back, or fails, but never comes in between.
		if (!(await lockCitizen(tx, citizenId))) throw new Refusal('account_erased');
		const entries = standingConsents(await consentsOf(tx, citizenId));
		if (!entries.some((one) => one.purpose === purpose && one.given)) return;
		await recordConsent(tx, ctx, { citizenId, purpose, given: false });
		await DATA_OF[purpose]?.(tx, ctx, citizenId);
	});
}
