/**
 * `npm start`: everything a demonstration needs, until Ctrl-C; with an own DATABASE_URL, production.
 *
 * npm start [-- --reset [--yes]]
 */
import { bootstrap, onEnd } from './lib/bootstrap.mjs';
import { openFolder, resetFolder } from './lib/data-folder.mjs';
import { Run } from './lib/run.mjs';
import { say, Trouble } from './lib/say.mjs';
import { planStart } from './lib/start-plan.mjs';

await bootstrap(async () => {
	const options = new Set(process.argv.slice(2));
	const unknown = [...options].filter((option) => !['--reset', '--yes'].includes(option));
	if (unknown.length > 0) {
		throw new Trouble(`Unknown: ${unknown.join(' ')}. There are --reset and --yes.`);
	}
	const plan = planStart(process.env);
	const folder = await openFolder(plan.folder);
	onEnd(() => folder.leave(), 0);
	process.once('exit', () => folder.release());
	if (options.has('--reset') && !(await resetFolder(plan, options.has('--yes')))) {
		say('Nothing was changed.');
		return;
	}
	const run = new Run(plan, folder);
	try {
		await run.start();
	} catch (error) {
		if (folder.leaving) return; // stopped on request in the middle of a step: no fault
		await folder.leave();
		throw error;
	}
});
