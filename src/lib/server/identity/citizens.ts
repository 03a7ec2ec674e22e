import { and, eq, isNull } from 'drizzle-orm';
import { findAadhaarNumbers, maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { holdsNumber } from '#lib/domain/identity/digits.ts';
import { maskMobile } from '#lib/domain/identity/mobile.ts';
import { cleanLine } from '#lib/domain/identity/text.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import type { CitizenActor, Context, Locale } from '#lib/server/platform/context.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';

/** The signed-in citizen. @throws {Refusal} `forbidden` for anybody else. */
export function requireCitizen(ctx: Pick<Context, 'actor'>): CitizenActor {
	if (ctx.actor.kind !== 'citizen') throw new Refusal('forbidden');
	return ctx.actor;
}

export interface CitizenView {
	id: string;
	name: string | null;
	/** Null when the citizen had everything erased. */
	maskedMobile: string | null;
	locale: Locale;
}

const localeOf = (text: string): Locale => (text === 'en' ? 'en' : 'hi');

async function citizenRow(db: Db | Tx, id: string) {
	return found((await db.select().from(citizen).where(eq(citizen.id, id)))[0]);
}

/** What staff and the citizen see of a citizen. @throws {Refusal} `not_found` */
export async function citizenView({ db }: { db: Db | Tx }, id: string): Promise<CitizenView> {
	const row = await citizenRow(db, id);
	return {
		id: row.id,
		name: row.name,
		maskedMobile: row.mobile === null ? null : maskMobile(row.mobile),
		locale: localeOf(row.locale),
	};
}

/** Where messages go; null for a citizen who is gone or erased. */
export async function contactOf(
	db: Db | Tx,
	id: string,
): Promise<{ mobile: string; locale: Locale } | null> {
	const [row] = await db.select().from(citizen).where(eq(citizen.id, id));
	return row?.mobile ? { mobile: row.mobile, locale: localeOf(row.locale) } : null;
}

/** Keeps the name that the citizen gave last; with `onlyUnnamed` one that is there stays. */
export async function nameCitizen(
	tx: Tx,
	id: string,
	name: string,
	{ onlyUnnamed = false }: { onlyUnnamed?: boolean } = {},
): Promise<void> {
	const unnamed = onlyUnnamed ? isNull(citizen.name) : undefined;
	await tx
		.update(citizen)
		.set({ name })
		.where(and(eq(citizen.id, id), unnamed));
}

export type CitizenRow = typeof citizen.$inferSelect;

/**
 * Lets no erasure begin until the transaction ends. Comes before every other lock of a citizen's
 * things, as the erasure's own lock does, so that the two never wait for each other.
 * @throws {Refusal} `account_erased` when it was faster
 */
export async function keepCitizen(tx: Tx, id: string): Promise<void> {
	const [row] = await tx
		.select({ id: citizen.id })
		.from(citizen)
		.where(and(eq(citizen.id, id), isNull(citizen.erasedAt)))
		.for('key share');
	if (!row) throw new Refusal('account_erased');
}

/** Holds the citizen alone until the transaction ends; null for one who is gone or erased. */
export async function lockCitizen(tx: Tx, id: string): Promise<CitizenRow | null> {
	const [row] = await tx
		.select()
		.from(citizen)
		.where(and(eq(citizen.id, id), isNull(citizen.erasedAt)))
		.for('update');
	return row ?? null;
}

/** Everything that is kept of the signed-in citizen, opened. @throws {Refusal} `forbidden`, `not_found` */
export async function ownData(ctx: Pick<Context, 'actor' | 'db'>): Promise<CitizenRow> {
	return citizenRow(ctx.db, requireCitizen(ctx).citizenId);
}

/**
 * Puts right what the citizen told of themselves; an empty e-mail takes it away.
 * @throws {Refusal} `forbidden`, `invalid_input`, `aadhaar_not_kept`, `account_erased`
 */
export async function correctCitizen(
	ctx: Pick<Context, 'actor' | 'db'>,
	{ name, email }: { name: string; email: string },
): Promise<void> {
	const { citizenId } = requireCitizen(ctx);
	const hidden = maskAadhaarNumbers(cleanLine(name));
	if (hidden.text === '' || holdsNumber(hidden.text)) throw new Refusal('invalid_input');
	if (findAadhaarNumbers(email).length > 0) throw new Refusal('aadhaar_not_kept');
	const changed = await ctx.db
		.update(citizen)
		.set({ name: hidden.text, email: email === '' ? null : email })
		.where(and(eq(citizen.id, citizenId), isNull(citizen.erasedAt)))
		.returning({ id: citizen.id });
	if (changed.length === 0) throw new Refusal('account_erased');
}
