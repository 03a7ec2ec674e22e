/** Everything the scripts print: one line per step, with the time it took. */

const paint = process.stdout.isTTY && !process.env.NO_COLOR;
/** @param {string} code @param {string} text */
const colour = (code, text) => (paint ? `\u001b[${code}m${text}\u001b[0m` : text);

export const dim = (/** @type {string} */ text) => colour('2', text);
export const bold = (/** @type {string} */ text) => colour('1', text);
export const green = (/** @type {string} */ text) => colour('32', text);
export const red = (/** @type {string} */ text) => colour('31', text);

/** A failure that is explained already: printed without a stack. */
export class Trouble extends Error {}

process.stdout.on('error', () => {}); // a closed terminal must not stop us from stopping in order

/** @type {NodeJS.WriteStream} */
let stream = process.stdout;

/** For a script whose standard output is its answer: everything else goes to standard error. */
export const sayOnStderr = () => void (stream = process.stderr);

/** @param {string} text */
export const say = (text) => void stream.write(`${text}\n`);

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Does `work` and prints its name, what it returned as detail, and the time it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T> | T} work  a returned string is printed as the detail
 * @returns {Promise<T>}
 */
export async function step(name, work) {
	const begun = performance.now();
	try {
		const result = await work();
		const detail = typeof result === 'string' ? result : '';
		say(
			`${green('ok')}  ${name.padEnd(14)} ${seconds(performance.now() - begun).padStart(7)}  ${detail}`,
		);
		return result;
	} catch (error) {
		say(`${red('no')}  ${name.padEnd(14)} ${seconds(performance.now() - begun).padStart(7)}`);
		throw error;
	}
}

/** Tells beforehand that the coming step is long. @param {string} text */
export const note = (text) => say(dim(`    ${text}`));

/**
 * Prints rows as a table with padded columns.
 * @param {ReadonlyArray<ReadonlyArray<string>>} rows
 */
export function table(rows) {
	const widths = (rows[0] ?? []).map((_, i) =>
		Math.max(...rows.map((row) => (row[i] ?? '').length)),
	);
	for (const row of rows) {
		say(`  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
	}
}

/**
 * Runs a script's main function; an explained failure ends with its message and code 1.
 * @param {() => Promise<unknown>} main
 */
export async function runMain(main) {
	try {
		await main();
	} catch (error) {
		process.stderr.write(
			`\n${error instanceof Trouble ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
		);
		process.exitCode = 1;
	}
}
