/** Looking at the machine's processes without ever touching those of others. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable that marks every process of one run. */
export const RUN_MARK = 'JANSUNWAI_RUN';

/** @param {number} pid */
export function isAlive(pid) {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
	}
	return stateOf(pid) !== 'Z'; // dead already, its parent only has not looked
}

/** @param {number} pid */
const stateOf = (pid) => statFields(pid)?.[0];

/**
 * When a process began, in clock ticks since boot: with the pid it names one process and no other.
 * Empty where the system has no /proc.
 * @param {number} pid
 */
export const beganAt = (pid) => statFields(pid)?.[19] ?? '';

/** The fields of /proc/<pid>/stat after the program's name, which may hold blanks. @param {number} pid */
function statFields(pid) {
	const text = readOrEmpty(`/proc/${pid}/stat`);
	return text ? text.slice(text.lastIndexOf(')') + 2).split(' ') : null;
}

/** @param {number} pid @returns {string[]} */
export const argumentsOf = (pid) => readOrEmpty(`/proc/${pid}/cmdline`).split('\0');

/** @param {number} pid @returns {string} the folder a process works in, or empty */
export function folderOf(pid) {
	try {
		return readlinkSync(`/proc/${pid}/cwd`);
	} catch {
		return '';
	}
}

/**
 * The processes that carry this run's mark in their environment. Linux only; empty elsewhere.
 * @param {string} runId
 * @returns {number[]}
 */
export function processesOfRun(runId) {
	const mark = `${RUN_MARK}=${runId}`;
	return allPids().filter(
		(pid) =>
			pid !== process.pid &&
			readOrEmpty(`/proc/${pid}/environ`).split('\0').includes(mark) &&
			isAlive(pid),
	);
}

function allPids() {
	try {
		return readdirSync('/proc').map(Number).filter(Number.isInteger);
	} catch {
		return [];
	}
}

/** @param {string} path */
function readOrEmpty(path) {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

/**
 * Waits until none of the processes lives.
 * @param {readonly number[]} pids
 * @param {number} ms  patience
 * @returns {Promise<number[]>} those that still live
 */
export async function untilGone(pids, ms) {
	const until = Date.now() + ms;
	let left = pids.filter(isAlive);
	while (left.length > 0 && Date.now() < until) {
		await new Promise((next) => setTimeout(next, 50));
		left = left.filter(isAlive);
	}
	return left;
}

/**
 * Ends processes: asks first, insists after `ms`.
 * @param {readonly number[]} pids
 * @param {NodeJS.Signals} signal
 * @param {number} ms
 */
export async function endProcesses(pids, signal, ms) {
	const send = (/** @type {number} */ pid, /** @type {NodeJS.Signals} */ how) => {
		try {
			process.kill(pid, how);
		} catch {
			// gone meanwhile
		}
	};
	for (const pid of pids) send(pid, signal);
	for (const pid of await untilGone(pids, ms)) send(pid, 'SIGKILL');
	await untilGone(pids, 5_000);
}
