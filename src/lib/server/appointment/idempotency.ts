import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { Refusal } from '#lib/domain/refusal.ts';
import { idempotency } from '#lib/server/db/schema/identity.ts';
import type { Actor } from '#lib/server/platform/context.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
import { found, type Tx } from '#lib/server/platform/db.ts';

const answer = v.object({ id: v.pipe(v.string(), v.uuid()) });

function nameOf(actor: Actor): string {
	if (actor.kind === 'citizen') return `citizen:${actor.citizenId}`;
	return actor.kind === 'staff' ? `staff:${actor.personId}` : actor.kind;
}

/**
 * Runs `work` once per actor and key, in the caller's transaction, and keeps the id it answers. The
 * same key and body again gives that id without running; a twin that is under way is waited for.
 * A refused run keeps nothing, so it may be tried again with the same key.
 * @throws {Refusal} `key_reused` when the key came before with another body
 */
export async function once(
	tx: Tx,
	{ actor, key, body }: { actor: Actor; key: string; body: unknown },
	work: () => Promise<string>,
): Promise<string> {
	const row = { actor: nameOf(actor), key, requestHash: sha256Hex(JSON.stringify(body)) };
	const mine = and(eq(idempotency.actor, row.actor), eq(idempotency.key, row.key));
	// A rival's uncommitted row makes this insert wait until the rival has ended.
	const [claimed] = await tx.insert(idempotency).values(row).onConflictDoNothing().returning();
	if (!claimed) {
		const [before] = await tx.select().from(idempotency).where(mine);
		const { requestHash, response } = found(before);
		if (requestHash !== row.requestHash) throw new Refusal('key_reused');
		return v.parse(answer, response).id;
	}
	const id = await work();
	await tx.update(idempotency).set({ response: { id }, done: true }).where(mine);
	return id;
}
