import { sql } from 'drizzle-orm';
import { someWorkerBeats } from './heartbeat.ts';
import type { Platform } from './index.ts';

export type Check = 'ok' | 'down';

export interface Health {
	status: 'ok' | 'down';
	/** `scanner` only where one is configured. */
	checks: Record<'database' | 'worker' | 'livekit' | 'storage', Check> & { scanner?: Check };
}

/** An answer must come even when a part hangs. */
const PATIENCE_MS = 1_000;

/** Asks each part for a sign of life, all at once, one second at most. */
export async function health({
	db,
	livekit,
	storage,
	scanner,
}: Pick<Platform, 'db' | 'livekit' | 'storage' | 'scanner'>): Promise<Health> {
	const [database, worker, video, files, scanning] = await Promise.all([
		check(async () => void (await db.execute(sql`select 1`))),
		check(() => someWorkerBeats(db)),
		check(() => livekit.check()),
		check(() => storage.check()),
		scanner && check(() => scanner.check()),
	]);
	const checks = {
		database,
		worker,
		livekit: video,
		storage: files,
		...(scanning ? { scanner: scanning } : {}),
	};
	const down = Object.values(checks).includes('down');
	return { status: down ? 'down' : 'ok', checks };
}

async function check(work: () => Promise<void>): Promise<Check> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<Check>((done) => {
		timer = setTimeout(() => done('down'), PATIENCE_MS);
	});
	const answer = work().then(
		(): Check => 'ok',
		(): Check => 'down',
	);
	try {
		return await Promise.race([answer, late]);
	} finally {
		clearTimeout(timer);
	}
}
