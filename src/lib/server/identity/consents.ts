import { asc, eq } from 'drizzle-orm';
import type { ConsentAct, ConsentPurpose } from '#lib/domain/identity/consent.ts';
import { NOTICE_VERSION } from '#lib/domain/privacy/notice.ts';
import { consent } from '#lib/server/db/schema/identity.ts';
import type { Context } from '#lib/server/platform/context.ts';
import type { Db, Tx } from '#lib/server/platform/db.ts';

export interface NewConsent {
	citizenId: string;
	purpose: ConsentPurpose;
	/** False withdraws. */
	given: boolean;
	/** Default: `clerk` for staff, else `settings`. */
	act?: ConsentAct;
	/** The filing by which it came. */
	grievanceId?: string;
}

/**
 * Writes into the ledger what a citizen agreed to or took back, with the notice's version and the
 * reader's language, in the transaction of the act itself. Removing what a withdrawn consent covered
 * is the caller's.
 */
export async function recordConsent(
	tx: Tx,
	ctx: Pick<Context, 'actor' | 'clock' | 'locale'>,
	...consents: readonly NewConsent[]
): Promise<void> {
	const { actor, clock, locale } = ctx;
	const staff = actor.kind === 'staff' ? actor : null;
	await tx.insert(consent).values(
		consents.map(({ act = staff ? 'clerk' : 'settings', ...one }) => ({
			...one,
			act,
			noticeVersion: NOTICE_VERSION,
			locale,
			postId: staff?.postId ?? null,
			at: clock.now(),
		})),
	);
}

export type ConsentEntry = Pick<
	typeof consent.$inferSelect,
	'purpose' | 'given' | 'noticeVersion' | 'locale' | 'act' | 'at'
>;

/** A citizen's whole ledger, oldest first. */
export async function consentsOf(db: Db | Tx, citizenId: string): Promise<ConsentEntry[]> {
	return db
		.select({
			purpose: consent.purpose,
			given: consent.given,
			noticeVersion: consent.noticeVersion,
			locale: consent.locale,
			act: consent.act,
			at: consent.at,
		})
		.from(consent)
		.where(eq(consent.citizenId, citizenId))
		.orderBy(asc(consent.id));
}
