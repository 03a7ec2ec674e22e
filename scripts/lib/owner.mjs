/** One run per data folder: who owns it, what it started, and clearing up after a killed one. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beganAt, endProcesses, isAlive, processesOfRun } from './process-table.mjs';

/**
 * What a run writes down in run.json.
 * @typedef {object} RunRecord
 * @property {string} runId  value of the mark in the environment of everything it started
 * @property {number} pid
 * @property {string} began  the owner's start in clock ticks, against reused pids
 * @property {string} since  ISO time
 * @property {string} [origin]
 * @property {string} [databaseUrl]
 * @property {boolean} [demo]
 * @property {Record<string, number>} [pids]  by part
 */

const LOCK = 'run.lock';
const RECORD = 'run.json';

/** @param {string} folder @returns {RunRecord | null} */
export function readRun(folder) {
	return readJson(join(folder, RECORD));
}

/** @param {string} folder @param {RunRecord} record */
export function writeRun(folder, record) {
	const path = join(folder, RECORD);
	writeFileSync(`${path}.new`, `${JSON.stringify(record, null, '\t')}\n`, { mode: 0o600 });
	renameSync(`${path}.new`, path);
}

/** True when the process that wrote this still runs. @param {RunRecord | null} record */
export const runs = (record) =>
	record !== null && isAlive(record.pid) && beganAt(record.pid) === record.began;

/**
 * Takes the folder for this process.
 * @param {string} folder
 * @param {string} runId
 * @returns {RunRecord | null} null when taken; else the record of the run that has it
 */
export function takeFolder(folder, runId) {
	const lock = join(folder, LOCK);
	const mine = `${lock}.${process.pid}`;
	/** @type {RunRecord} */
	const me = {
		runId,
		pid: process.pid,
		began: beganAt(process.pid),
		since: new Date().toISOString(),
	};
	writeFileSync(mine, JSON.stringify(me), { mode: 0o600 });
	try {
		for (;;) {
			try {
				linkSync(mine, lock); // fails when it is there: two at once cannot both have it
				return null;
			} catch {
				const other = readJson(lock);
				if (runs(other)) return { ...other, ...readRun(folder) };
				const old = `${lock}.stale.${process.pid}`;
				try {
					renameSync(lock, old);
				} catch {
					continue; // somebody else was faster
				}
				const moved = readJson(old);
				if (runs(moved)) linkSync(old, lock); // it was a new owner's: give it back
				rmSync(old, { force: true });
			}
		}
	} finally {
		rmSync(mine, { force: true });
	}
}

/** @param {string} folder */
export function leaveFolder(folder) {
	rmSync(join(folder, RECORD), { force: true });
	rmSync(join(folder, LOCK), { force: true });
}

/**
 * Ends exactly the processes that a killed run on this folder left behind: those that carry its mark.
 * @param {string} folder
 * @returns {Promise<number>} how many there were
 */
export async function endLeftovers(folder) {
	const record = readRun(folder);
	if (!record) return 0;
	const left = processesOfRun(record.runId);
	const database = left.filter((pid) => pid === record.pids?.postgres);
	// The database last, so that the others can finish what they write.
	await endProcesses(
		left.filter((pid) => !database.includes(pid)),
		'SIGTERM',
		5_000,
	);
	await endProcesses(database, 'SIGINT', 20_000);
	return left.length;
}

/** @param {string} path */
function readJson(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		return null;
	}
}
