/** Running other programs to their end. */
import { spawn } from 'node:child_process';
import { Trouble } from './say.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} code  exit code; 127 when the program is not there, 128 when a signal ended it
 * @property {string} output  stdout and stderr as they came
 */

/**
 * Runs a program and gives its exit code and output; never throws for a failing program.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, input?: string, uid?: number, gid?: number }} [options]
 *   `show` passes the output straight through to the terminal
 * @returns {Promise<Outcome>}
 */
export function run(program, args, { show = false, input, ...options } = {}) {
	return new Promise((done) => {
		const child = spawn(program, args, {
			...options,
			stdio: [
				input === undefined ? 'ignore' : 'pipe',
				show ? 'inherit' : 'pipe',
				show ? 'inherit' : 'pipe',
			],
		});
		let output = '';
		child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
		child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
		child.on('error', (error) => done({ code: 127, output: error.message }));
		child.on('close', (code) => done({ code: code ?? 128, output }));
		if (input !== undefined) child.stdin?.end(input);
	});
}

/**
 * Like `run`, but a failing program is a Trouble with the end of its output.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<string>} the output
 */
export async function mustRun(program, args, options) {
	const { code, output } = await run(program, args, options);
	if (code !== 0) {
		throw new Trouble(`${[program, ...args].join(' ')} ended with code ${code}.\n${tail(output)}`);
	}
	return output;
}

/** @param {string} text @param {number} [lines] */
export const tail = (text, lines = 40) => text.trimEnd().split('\n').slice(-lines).join('\n');
