/**
 * `npm test`: everything a change must pass. Parts of it: `npm run test:unit | test:integration |
 * test:e2e`, and what takes long: `npm run test:deep`. What follows `--` goes to the test runner.
 */
import { bootstrap, onEnd } from './lib/bootstrap.mjs';

await bootstrap(async () => {
	const [part = 'all', ...args] = process.argv.slice(2);
	const { Trouble } = await import('./lib/say.mjs');
	const { stopTestCluster } = await import('./lib/test-cluster.mjs');
	const { PLANS } = await import('./lib/test-plans.mjs');
	const { endStages, Stages } = await import('./lib/stages.mjs');
	const plan = PLANS[part];
	if (!plan) throw new Trouble(`Unknown: ${part}. There are ${Object.keys(PLANS).join(', ')}.`);
	onEnd(async () => {
		endStages();
		await stopTestCluster();
	}, 130);
	const stages = new Stages();
	try {
		await plan(stages, args);
	} finally {
		await stopTestCluster();
	}
	process.exitCode = stages.summary();
});
