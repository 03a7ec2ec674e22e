import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Env } from './env.ts';
import { databaseClock, type Clock } from './clock.ts';
import { useKeyring } from './crypto.ts';
import { openDatabase, type Db } from './db.ts';
import { openLiveKit, type LiveKitPort } from './livekit.ts';
import { openLog } from './log.ts';
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
	livekit: LiveKitPort;
	close(): Promise<void>;
}

export async function openPlatform(env: Env, name: 'web' | 'worker' | 'cli'): Promise<Platform> {
	useKeyring({ dataKeys: env.DATA_KEYS, indexKey: env.INDEX_KEY });
	const { db, sql, close } = openDatabase(env.DATABASE_URL);
	const clock = await databaseClock(sql, { offsetAllowed: env.DEMO });
	return {
		env,
		db,
		sql,
		clock,
		log: openLog(name, env.LOG_LEVEL),
		storage: openFileStorage(join(env.DATA_DIR, 'files')),
		livekit: openLiveKit({
			url: env.LIVEKIT_URL,
			key: env.LIVEKIT_API_KEY,
			secret: env.LIVEKIT_API_SECRET,
		}),
		close,
	};
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
		livekit: platform.livekit,
		origin: platform.env.ORIGIN,
		demo: platform.env.DEMO,
	};
}
