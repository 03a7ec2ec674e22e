import { eq } from 'drizzle-orm';
import { maskMobile } from '#lib/domain/identity/mobile.ts';
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
	maskedMobile: string;
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
		maskedMobile: maskMobile(row.mobile),
		locale: localeOf(row.locale),
	};
}

/** Where messages go. For notification only. @throws {Refusal} `not_found` */
export async function contactOf(
	db: Db | Tx,
	id: string,
): Promise<{ mobile: string; locale: Locale }> {
	const row = await citizenRow(db, id);
	return { mobile: row.mobile, locale: localeOf(row.locale) };
}

/** Keeps the name that the citizen gave last. */
export async function nameCitizen(tx: Tx, id: string, name: string): Promise<void> {
	await tx.update(citizen).set({ name }).where(eq(citizen.id, id));
}
