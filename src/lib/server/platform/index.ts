import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Env } from './env.ts';
import { databaseClock, type Clock } from './clock.ts';
import { useKeyring } from './crypto.ts';
import { checkKeys } from './key-check.ts';
import { openDatabase, type Db } from './db.ts';
import type { FamilyIdRegistry } from './family-registry.ts';
import { openFamilyRegistry } from './family-registry-http.ts';
import { openLiveKit, type LiveKitPort } from './livekit.ts';
import { openLog } from './log.ts';
import { openScanner, type Scanner } from './scanner.ts';
import { openFileStorage, type Storage } from './storage.ts';
import type { Actor, Context, Locale } from './context.ts';

/** The parts that one process runs on, opened once. */
export interface Platform {
	env: Env;
	db: Db;
	sql: ReturnType<typeof openDatabase>['sql'];
	clock: Clock & { refresh(): Promise<void> };
	log: Logger;
	storage: Storage;
	scanner: Scanner | null;
	livekit: LiveKitPort;
	familyRegistry: FamilyIdRegistry;
	close(): Promise<void>;
}

/** @throws {EnvError} when the keys are not those of the database (see `checkKeys`) */
export async function openPlatform(env: Env, name: 'web' | 'worker' | 'cli'): Promise<Platform> {
	useKeyring({ dataKeys: env.DATA_KEYS, indexKey: env.INDEX_KEY });
	const { db, sql, close } = openDatabase(env.DATABASE_URL);
	const clock = await usable(env, db, sql).catch(async (problem) => {
		await close();
		throw problem;
	});
	return {
		env,
		db,
		sql,
		clock,
		log: openLog(name, env.LOG_LEVEL),
		storage: openFileStorage(join(env.DATA_DIR, 'files')),
		scanner: env.CLAMD_URL ? openScanner(env.CLAMD_URL) : null,
		livekit: openLiveKit({
			url: env.LIVEKIT_URL,
			key: env.LIVEKIT_API_KEY,
			secret: env.LIVEKIT_API_SECRET,
		}),
		familyRegistry: openFamilyRegistry({
			url: env.FAMILY_REGISTRY_URL,
			token: env.FAMILY_REGISTRY_TOKEN,
		}),
		close,
	};
}

/** The clock of a database that fits the environment. */
async function usable(env: Env, db: Db, sql: Platform['sql']) {
	await checkKeys(db);
	return await databaseClock(sql, { offsetAllowed: env.DEMO });
}

/** The context of one request or job. */
export function contextFor(
	platform: Platform,
	{ actor, locale, requestId }: { actor: Actor; locale: Locale; requestId: string },
): Context {
	return {
		db: platform.db,
		clock: platform.clock,
		actor,
		locale,
		requestId,
		log: platform.log.child({ requestId }),
		storage: platform.storage,
		scanner: platform.scanner,
		livekit: platform.livekit,
		familyRegistry: platform.familyRegistry,
		origin: platform.env.ORIGIN,
		demo: platform.env.DEMO,
	};
}
