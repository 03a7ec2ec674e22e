import * as v from 'valibot';
import type { Context } from '#lib/server/platform/context.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';

const payloadSchema = v.object({ keys: v.array(v.string()) });

/** Files go when the transaction that forgot them is through, also when the process dies in between. */
export async function removeFilesLater(tx: Tx, keys: readonly string[]): Promise<void> {
	if (keys.length > 0) await queueJob(tx, 'files.remove', { keys });
}

/** Job `files.remove`. One that is gone already is no error. */
export async function removeFiles(ctx: Pick<Context, 'storage'>, payload: unknown): Promise<void> {
	for (const key of v.parse(payloadSchema, payload).keys) await ctx.storage.remove(key);
}
