/** Which stages make up which test command, and what may run beside what on two cores. */
import { ensureBuild, ensureMessages } from './build.mjs';
import { ensureClamd } from './clamd.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureLivekit } from './livekit.mjs';
import { check, playwright, vitest } from './stages.mjs';
import { startTestCluster } from './test-cluster.mjs';

/** @typedef {import('./stages.mjs').Stages} Stages */

const sync = check('svelte-kit', ['sync']);
const livekit = async () => (await ensureLivekit()).from;
const cluster = async () => void (await startTestCluster());

/** @type {Record<string, (stages: Stages, args: readonly string[]) => Promise<void>>} */
export const PLANS = {
	async all(stages) {
		const parts = (async () => [
			await stages.run('LiveKit', livekit),
			await stages.run('Chromium', ensureChromium),
			await stages.run('ClamAV', ensureClamd),
		])();
		await stages.run('sync', sync);
		// The build writes the compiled messages: what reads them waits for it.
		const build = stages.run('build', ensureBuild);
		const looks = (async () => {
			await stages.run('format', check('prettier', ['--check', '--log-level', 'warn', '.']));
			await stages.run('lint', check('eslint', ['.', '--max-warnings', '0']));
			await stages.run(
				'dependency rule',
				check('depcruise', ['src', '--config', '.dependency-cruiser.cjs']),
			);
			await stages.run('nothing unused', check('knip', ['--no-progress']));
		})();
		const built = await build;
		const types = stages.run(
			'types',
			check('svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings']),
		);
		await looks;
		await stages.run('unit', vitest('unit', []));
		await types;
		const ready = (await stages.run('test database', cluster)) && built;
		const [haveLivekit, haveChromium, haveClamd] = await parts;
		const able = ready && haveClamd;
		await stages.run('integration', able ? vitest('integration', []) : notPossible);
		const all = [ready, haveLivekit, haveChromium].every(Boolean);
		await stages.run('e2e', all ? playwright([]) : notPossible);
	},

	async unit(stages, args) {
		await stages.run('messages', ensureMessages);
		await stages.run('unit', vitest('unit', args));
	},

	async integration(stages, args) {
		await stages.run('messages', ensureMessages);
		const clamd = await stages.run('ClamAV', ensureClamd);
		if ((await stages.run('test database', cluster)) && clamd) {
			await stages.run('integration', vitest('integration', args));
		}
	},

	async e2e(stages, args) {
		if (await everything(stages)) await stages.run('e2e', playwright(args));
	},

	async deep(stages, args) {
		if (await everything(stages)) await stages.run('deep', vitest('deep', args));
	},
};

/** What the built product needs to run in a test. @param {Stages} stages */
async function everything(stages) {
	return (
		(await stages.run('LiveKit', livekit)) &&
		(await stages.run('Chromium', ensureChromium)) &&
		(await stages.run('build', ensureBuild)) &&
		(await stages.run('test database', cluster))
	);
}

/** @returns {Promise<never>} */
async function notPossible() {
	const { Trouble } = await import('./say.mjs');
	throw new Trouble('Not run: one of its parts (above) is missing.');
}
