/**
 * What the daily retention job does, by hand.
 *
 * retention-cli.ts [--dry-run]
 *
 * Prints one line a sweep. With --dry-run nothing is changed. Needs the environment of the product.
 */
import { parseArgs } from 'node:util';
import { RETENTION } from '#lib/domain/privacy/retention.ts';
import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { contextFor, openPlatform } from '#lib/server/platform/index.ts';
import { retentionPreview, runRetention, type RetentionResult } from './retention.ts';

function print(result: RetentionResult): void {
	for (const [name, { days, from, source, assumed }] of Object.entries(RETENTION)) {
		const count = result[name as keyof typeof RETENTION];
		const basis = assumed ? `assumed: ${source}` : source;
		console.log(
			`${name.padEnd(18)} ${String(count).padStart(8)}   ${days} days after ${from} (${basis})`,
		);
	}
	console.log(
		`${'erasures'.padEnd(18)} ${String(result.erasures).padStart(8)}   citizens whose day has come`,
	);
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
	const platform = await openPlatform(readEnv(process.env), 'cli');
	try {
		const ctx = contextFor(platform, {
			actor: { kind: 'system' },
			locale: 'hi',
			requestId: 'retention-cli',
		});
		print(values['dry-run'] ? await retentionPreview(ctx) : await runRetention(ctx));
		console.log(values['dry-run'] ? 'Nothing was changed.' : 'Done.');
	} finally {
		await platform.close();
	}
}

try {
	await main();
} catch (problem) {
	process.exitCode = 1;
	if (problem instanceof EnvError) console.error(problem.message);
	else console.error(problem instanceof Error ? problem.message : problem);
}
