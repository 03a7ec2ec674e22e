/**
 * The first thing every script does. Runs under any Node from 20 on, with nothing installed:
 * makes sure of the packages, then goes on under the Node that the packages bring.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { mustRun } from './command.mjs';
import { ROOT } from './root.mjs';
import { note, runMain, step } from './say.mjs';

const BIN = join(ROOT, 'node_modules', '.bin');
const OWN_NODE = join(BIN, process.platform === 'win32' ? 'node.cmd' : 'node');

/**
 * Runs `main` once packages and the right Node are there. Called as the last line of a script.
 * @param {() => Promise<unknown>} main
 */
export async function bootstrap(main) {
	await runMain(async () => {
		process.chdir(ROOT);
		await ensurePackages();
		if (realpathSync(process.execPath) !== realpathSync(OWN_NODE)) return await goOnUnderOwnNode();
		process.env.PATH = [BIN, process.env.PATH].filter(Boolean).join(delimiter);
		await main();
	});
}

async function ensurePackages() {
	const installed = join(ROOT, 'node_modules', '.package-lock.json');
	const lock = join(ROOT, 'package-lock.json');
	if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
	note('packages: installing them (npm ci)');
	const npm = process.env.npm_execpath;
	const args = ['ci', '--no-audit', '--no-fund'];
	await step('packages', async () => {
		await (npm ? mustRun(process.execPath, [npm, ...args]) : mustRun('npm', args));
	});
}

/** Stays between the caller and the real process, and passes on signals and the exit code. */
function goOnUnderOwnNode() {
	// The channel tells the inner process when this one is killed: it then stops by itself.
	const child = spawn(OWN_NODE, process.argv.slice(1), {
		env: { ...process.env, JANSUNWAI_BEGAN: String(performance.timeOrigin) },
		stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
	});
	for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
		process.on(signal, () => child.kill(signal));
	}
	onOrphaned(() => child.kill('SIGTERM'));
	return new Promise((done, failed) => {
		child.on('error', failed);
		child.on('close', (code) => {
			process.exitCode = code ?? 1;
			done(undefined);
		});
	});
}

/**
 * Calls `stop` once when the process is asked to end: Ctrl-C, SIGTERM, a closed terminal,
 * or the death of the outer process. Then exits with `code`.
 * @param {() => Promise<unknown>} stop
 * @param {number} code
 */
export function onEnd(stop, code) {
	let ending = false;
	const end = async () => {
		if (ending) return;
		ending = true;
		try {
			await stop();
			process.exit(code);
		} catch (error) {
			console.error(error);
			process.exit(1);
		}
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
	if (process.channel) {
		process.on('disconnect', end);
		process.channel.unref();
	}
	onOrphaned(end);
}

/**
 * npm hands a signal to its shell only, which dies without telling us: so look whether it is there.
 * Who starts a script without npm may leave it alone on purpose (nohup), so nothing is watched then.
 * @param {() => void} act
 */
function onOrphaned(act) {
	if (!process.env.npm_lifecycle_event) return;
	const parent = process.ppid;
	const watch = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(watch);
		act();
	}, 500);
	watch.unref();
}
