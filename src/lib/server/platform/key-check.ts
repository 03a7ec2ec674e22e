import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { sealedPurpose } from '#lib/server/db/schema/columns.ts';
import { citizen } from '#lib/server/db/schema/identity.ts';
import { keyCheck } from '#lib/server/db/schema/keys.ts';
import {
	blindIndex,
	masterKeyIds,
	proofsOfDataKeys,
	provesDataKey,
	sameBytes,
	sealedUnder,
	unseal,
} from './crypto.ts';
import type { Db, Tx } from './db.ts';
import { EnvError } from './env.ts';
import { countByKey } from './sealed-values.ts';

/** Keeps processes that start at the same time from registering side by side. */
const START_LOCK = 20_261_123;

const INDEX_PROOF = 'the key is right';

/**
 * Compares the keys of the environment (`useKeyring`) with those that this database was written with,
 * and registers new ones. A key that was taken away is forgotten once nothing is sealed with it.
 * @throws {EnvError} naming every key that is wrong, or missing while it still seals values
 */
export async function checkKeys(db: Db): Promise<void> {
	const wrong = await db.transaction(async (tx) => {
		await tx.execute(sql`select pg_advisory_xact_lock(${START_LOCK})`);
		const known = await tx.select().from(keyCheck);
		const found =
			known.length === 0
				? await compareWithValues(tx)
				: [...wrongKeys(known), ...(await missingKeys(tx, known))];
		if (found.length === 0) await register(tx);
		return found;
	});
	if (wrong.length > 0) {
		throw new EnvError(`The keys do not fit this database:\n  - ${wrong.join('\n  - ')}`);
	}
}

type KnownKey = typeof keyCheck.$inferSelect;

const indexProof = () => blindIndex('key_check', INDEX_PROOF);

const WRONG_INDEX_KEY =
	'INDEX_KEY is not the one with which this database was written: nobody would be found any more';

const wrongDataKey = (keyId: string) =>
	`DATA_KEYS has another key under the id ${keyId} than the one that sealed the values here`;

function wrongKeys(known: readonly KnownKey[]): string[] {
	const inRing = masterKeyIds();
	return known.flatMap(({ kind, keyId, proof }) => {
		if (kind === 'index') return sameBytes(proof, indexProof()) ? [] : [WRONG_INDEX_KEY];
		return !inRing.includes(keyId) || provesDataKey(proof) ? [] : [wrongDataKey(keyId)];
	});
}

/** Looks through all values, but only at starts between taking a key away and knowing it unused. */
async function missingKeys(tx: Tx, known: readonly KnownKey[]): Promise<string[]> {
	const inRing = masterKeyIds();
	const gone = known.filter(({ kind, keyId }) => kind === 'data' && !inRing.includes(keyId));
	if (gone.length === 0) return [];
	const ids = gone.map(({ keyId }) => keyId);
	const missing = await heldBy(tx, (keyId) => ids.includes(keyId));
	if (missing.length > 0) return missing;
	await tx.delete(keyCheck).where(and(eq(keyCheck.kind, 'data'), inArray(keyCheck.keyId, ids)));
	return [];
}

/** A database from before there were proofs: its values have to tell. */
async function compareWithValues(tx: Tx): Promise<string[]> {
	const inRing = masterKeyIds();
	const missing = await heldBy(tx, (keyId) => !inRing.includes(keyId));
	if (missing.length > 0) return missing;
	const rows = await tx
		.select({
			sealed: sql<Uint8Array>`${citizen.mobile}`,
			index: sql<Uint8Array>`${citizen.mobileIndex}`,
		})
		.from(citizen)
		// Erased citizens have none.
		.where(isNotNull(citizen.mobileIndex))
		.limit(20);
	const verdicts = rows.map(({ sealed, index }) => fits(Buffer.from(sealed), Buffer.from(index)));
	// One damaged row must not speak for all.
	return verdicts.includes(null) ? [] : verdicts.slice(0, 1).flatMap((one) => one ?? []);
}

/** What a citizen's mobile number says against the keys; null for nothing. */
function fits(sealed: Buffer, index: Buffer): string | null {
	try {
		const mobile = unseal(sealed, sealedPurpose(citizen.mobile) ?? '');
		return sameBytes(blindIndex('mobile', mobile), index) ? null : WRONG_INDEX_KEY;
	} catch {
		return wrongDataKey(sealedUnder(sealed).keyId);
	}
}

/** What to say of the keys that `isMissing` and still seal something. */
async function heldBy(tx: Tx, isMissing: (keyId: string) => boolean): Promise<string[]> {
	const held = (await countByKey(tx)).filter(({ keyId }) => isMissing(keyId));
	return held.map(
		({ keyId, count }) =>
			`DATA_KEYS lacks the key ${keyId}, which still seals ${count} values: put it back, behind the first one, and run keys:rotate`,
	);
}

async function register(tx: Tx): Promise<void> {
	const data = proofsOfDataKeys().map(({ keyId, proof }) => ({
		kind: 'data' as const,
		keyId,
		proof,
	}));
	const index = { kind: 'index' as const, keyId: '', proof: indexProof() };
	await tx
		.insert(keyCheck)
		.values([index, ...data])
		.onConflictDoNothing();
}
