import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { openSessions, type Sessions } from '#lib/server/identity/index.ts';
import { openPlatform, type Platform } from '#lib/server/platform/index.ts';
import { LiveHub } from './live.ts';

/** What the web process holds for its whole life. */
export interface Web {
	platform: Platform;
	sessions: Sessions;
	live: LiveHub;
}

let started: Web | null = null;

/** Opens the platform; a wrong environment ends the process with one message that lists everything. */
export async function startWeb(): Promise<Web> {
	if (started) return started;
	try {
		const platform = await openPlatform(readEnv(process.env), 'web');
		const live = await LiveHub.open(platform.sql);
		const sessions = openSessions(platform.db, {
			secure: platform.env.ORIGIN.startsWith('https:'),
			clock: platform.clock,
		});
		started = { platform, sessions, live };
		// Open streams would keep the server from draining.
		process.once('SIGTERM', () => live.close());
		process.once('SIGINT', () => live.close());
		process.once('sveltekit:shutdown', () => void platform.close());
		return started;
	} catch (problem) {
		if (!(problem instanceof EnvError)) throw problem;
		console.error(problem.message);
		process.exit(1);
	}
}

export function web(): Web {
	if (!started) throw new Error('startWeb() has not finished');
	return started;
}
