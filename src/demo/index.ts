import { contextFor, openPlatform } from '#lib/server/platform/index.ts';
import { readEnv } from '#lib/server/platform/env.ts';
import { seed } from './seed.ts';

export { appCodeOf, demonstrationSignIns, type DemonstrationSignIn } from './sign-ins.ts';

/**
 * Fills the database with the demonstration when it is empty; keys, folder and clock come from the
 * environment. Safe to run at every start.
 */
export async function seedDemonstration(databaseUrl: string): Promise<{ created: boolean }> {
	const platform = await openPlatform(
		readEnv({ ...process.env, DATABASE_URL: databaseUrl }),
		'cli',
	);
	try {
		return await seed(
			contextFor(platform, { actor: { kind: 'system' }, locale: 'hi', requestId: 'seed' }),
		);
	} finally {
		await platform.close();
	}
}
