import { inArray } from 'drizzle-orm';
import { attachment } from '#lib/server/db/schema/grievance.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { sweepIncoming } from './incoming.ts';

/** A file is stored before the transaction that names it, which takes seconds. */
const SETTLED_MS = 3600_000;
const AT_ONCE = 1_000;

/**
 * Clears away what nobody will ask for: uploads that stopped a day ago, and stored files that no row names
 * because a crash came between them.
 * @returns how many of each
 */
export async function sweepFiles(ctx: Context): Promise<{ uploads: number; files: number }> {
	const uploads = await sweepIncoming(ctx);
	const keys = await ctx.storage.olderThan(SETTLED_MS);
	let files = 0;
	for (let from = 0; from < keys.length; from += AT_ONCE) {
		const some = keys.slice(from, from + AT_ONCE);
		const rows = await ctx.db
			.select({ key: attachment.storageKey })
			.from(attachment)
			.where(inArray(attachment.storageKey, some));
		const named = new Set(rows.map((row) => row.key));
		for (const key of some.filter((one) => !named.has(one))) {
			await ctx.storage.remove(key);
			files += 1;
		}
	}
	return { uploads, files };
}
