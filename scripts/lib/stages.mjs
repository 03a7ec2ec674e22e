/** The stages of a test run: each one line, its output only when it fails, and a sum at the end. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bold, green, red, say, seconds, Trouble } from './say.mjs';

/** @typedef {{ passed: number, failed: number, skipped?: number, output?: string }} Count */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends the programs of stages under way, when the whole run is ended. */
export function endStages() {
	for (const child of running) child.kill('SIGTERM');
}

export class Stages {
	constructor() {
		this.begun = performance.now();
		this.passed = 0;
		this.failed = 0;
		/** @type {string[]} */
		this.failures = [];
	}

	/**
	 * Runs a stage; a failing one is printed and counted, and does not throw.
	 * @param {string} name
	 * @param {() => Promise<Count | string | void>} work  the count of its tests, or a detail to print
	 * @returns {Promise<boolean>} whether it passed
	 */
	async run(name, work) {
		const begun = performance.now();
		/** @type {Count} */
		let count = { passed: 1, failed: 0 };
		let detail = '';
		try {
			const result = await work();
			if (typeof result === 'string') detail = result;
			else if (result) {
				count = result;
				detail = `${count.passed} tests${count.skipped ? `, ${count.skipped} skipped` : ''}`;
			}
		} catch (error) {
			const output =
				error instanceof Trouble ? error.message : String(Object(error).stack ?? error);
			count = { passed: 0, failed: 1, output };
		}
		this.passed += count.passed;
		this.failed += count.failed;
		const ok = count.failed === 0;
		const time = seconds(performance.now() - begun).padStart(8);
		say(
			`${ok ? green('ok') : red('no')}  ${name.padEnd(16)} ${time}  ${ok ? detail : `${count.failed} failed`}`,
		);
		if (!ok) {
			this.failures.push(name);
			say(`${count.output ?? ''}\n`);
		}
		return ok;
	}

	/**
	 * Prints the sum.
	 * @returns {number} the exit code
	 */
	summary() {
		say(`\n${seconds(performance.now() - this.begun)} in all`);
		if (this.failures.length > 0) say(`Failed: ${this.failures.join(', ')}`);
		say(bold(`${this.passed} passed, ${this.failed} failed`));
		return this.failed === 0 && this.passed > 0 ? 0 : 1;
	}
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
function runToEnd(program, args, env = process.env) {
	return new Promise((done) => {
		const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
		running.add(child);
		let output = '';
		child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
		child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
		child.on('error', (error) => (output += error.message));
		child.on('close', (code) => {
			running.delete(child);
			done({ code: code ?? 128, output });
		});
	});
}

/**
 * A stage that is one program: it passes when the program exits 0.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {() => Promise<void>}
 */
export const check = (program, args) => async () => {
	const { code, output } = await runToEnd(program, args);
	if (code !== 0) throw new Trouble(output.trimEnd() || `${program} ended with code ${code}.`);
};

/**
 * A stage that is one project of vitest.
 * @param {string} project
 * @param {readonly string[]} args
 * @returns {() => Promise<Count>}
 */
export const vitest = (project, args) => () =>
	withReport(async (report) => {
		const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
		const { code, output } = await runToEnd('vitest', [
			'run',
			'--project',
			project,
			...reporters,
			...args,
		]);
		const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readReport(report);
		return counted(code, output, numPassedTests, numFailedTests, numPendingTests);
	});

/**
 * The stage of Playwright's tests.
 * @param {readonly string[]} args
 * @returns {() => Promise<Count>}
 */
export const playwright = (args) => () =>
	withReport(async (report) => {
		const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
		const { code, output } = await runToEnd(
			'playwright',
			['test', '--reporter=list,json', ...args],
			env,
		);
		const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = readReport(report).stats ?? {};
		// A test that passes only at the second try is a failing one.
		return counted(code, output, expected, unexpected + flaky, skipped);
	});

/**
 * @param {number} code @param {string} output
 * @param {number} passed @param {number} failed @param {number} skipped
 * @returns {Count}
 */
function counted(code, output, passed, failed, skipped) {
	// A runner may fail without a failing test: no tests found, an error outside of them.
	return { passed, failed: code === 0 ? failed : Math.max(failed, 1), skipped, output };
}

/** @template T @param {(path: string) => Promise<T>} work @returns {Promise<T>} */
async function withReport(work) {
	const folder = mkdtempSync(join(tmpdir(), 'jansunwai-report-'));
	try {
		return await work(join(folder, 'report.json'));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** @param {string} path */
function readReport(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		return {};
	}
}
