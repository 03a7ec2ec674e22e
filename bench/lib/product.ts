import { openProduct, type Product } from '../../tests/support/stack-product.ts';
import { startStack } from '../../scripts/lib/stack.mjs';
import { addDays, istDate, istInstant } from '#lib/domain/calendar/ist.ts';

export type { Product };
export type Stack = Awaited<ReturnType<typeof startStack>>;

/**
 * The whole product on a database of its own, and its modules on the same database for preparing
 * what is measured. It is stopped whatever becomes of the work.
 */
export async function withProduct(
	name: string,
	work: (stack: Stack, product: Product) => Promise<void>,
): Promise<void> {
	const stack = await startStack({ name: `bench_${name}` });
	try {
		const product = await openProduct(stack);
		try {
			await work(stack, product);
		} finally {
			await product.close();
		}
	} finally {
		await stack.stop();
	}
}

/** Three in the afternoon of tomorrow: after that day's usual sitting, far from midnight. */
export async function moveToAfternoon({ platform }: Product): Promise<void> {
	const to = istInstant(addDays(istDate(new Date()), 1), '15:00').toISOString();
	await platform.sql`
		insert into clock_offset (id, "offset") values (1, ${to}::timestamptz - now())
		on conflict (id) do update set "offset" = excluded."offset"`;
	await platform.sql`select pg_notify('clock', '')`;
	await platform.clock.refresh();
}

/** Waits until the worker has done what the preparations queued, and the planner knows the tables. */
export async function settle({ platform: { sql } }: Product): Promise<void> {
	const patience = performance.now() + 120_000;
	for (;;) {
		const [row] = await sql<{ due: number }[]>`
			select count(*)::int as due from graphile_worker.jobs where run_at <= now()`;
		if (row?.due === 0) break;
		if (performance.now() > patience) throw new Error(`${row?.due} jobs stay undone`);
		await new Promise((done) => setTimeout(done, 200));
	}
	// The database of a benchmark has no autovacuum that would do it.
	await sql`analyze`;
}

/** Does the work for every item, so many at a time; answers in the order of the items. */
export async function inParallel<Item, Result>(
	items: readonly Item[],
	atOnce: number,
	work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	const left = items.entries();
	const worker = async () => {
		for (const [index, item] of left) results[index] = await work(item);
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return results;
}
