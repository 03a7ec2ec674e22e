import { plainMessage } from '#lib/server/platform/db.ts';
import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { openPlatform } from '#lib/server/platform/index.ts';
import { verifyAll } from './verify.ts';

const WORDS = {
	changed: 'was changed',
	missing: 'is missing',
	reordered: 'is not in its place',
	tail_cut: 'and what followed were cut off',
} as const;

/**
 * `npm run audit:verify`: walks every timeline and every access log and names what is wrong, by ids.
 * Exit codes: 0 all is as it was written; 1 something is not; 2 it could not run.
 */
export async function verifyCommand(
	source: Record<string, string | undefined>,
	say: (line: string) => void,
): Promise<number> {
	try {
		const platform = await openPlatform(readEnv(source), 'cli');
		try {
			let faults = 0;
			const grievances = await verifyAll(platform.db, ({ chain, grievanceId, seq, reason }) => {
				faults += 1;
				say(`${chain} of grievance ${grievanceId}: row ${seq} ${WORDS[reason]}`);
			});
			say(`${grievances} grievances looked at, ${faults} faults found.`);
			return faults === 0 ? 0 : 1;
		} finally {
			await platform.close();
		}
	} catch (problem) {
		say(problem instanceof EnvError ? problem.message : `Could not look: ${plainMessage(problem)}`);
		return 2;
	}
}
