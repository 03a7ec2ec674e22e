import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runDrizzle } from 'drizzle-orm/postgres-js/migrator';
import { runMigrations as runGraphileWorker } from 'graphile-worker';
import postgres from 'postgres';

/** Brings the schema of the product and of its job queue up to date. Safe to run twice. */
export async function migrate(databaseUrl: string): Promise<void> {
	const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
	try {
		await runDrizzle(drizzle(client), { migrationsFolder: 'drizzle' });
	} finally {
		await client.end();
	}
	await runGraphileWorker({ connectionString: databaseUrl });
}
