/** The data folder of a run: taken by one process at a time, cleared up after a killed one. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { endLeftovers, leaveFolder, takeFolder, writeRun } from './owner.mjs';
import { beganAt, endProcesses, processesOfRun, RUN_MARK } from './process-table.mjs';
import { note, say, step, Trouble } from './say.mjs';

export class DataFolder {
	/** @param {string} path @param {string} runId */
	constructor(path, runId) {
		this.path = path;
		this.runId = runId;
		this.logs = join(path, 'logs');
		/** @type {import('./part.mjs').Part[]} in the order of starting */
		this.parts = [];
		/** @type {Partial<import('./owner.mjs').RunRecord>} */
		this.facts = {};
		this.since = new Date().toISOString();
		this.left = false;
		/** @type {Promise<void> | null} */
		this.leaving = null;
	}

	/** Writes down what runs, for the next start and for other scripts. */
	record() {
		if (this.left) return;
		/** @type {Record<string, number>} */
		const pids = {};
		for (const part of this.parts) if (part.pid) pids[part.name] = part.pid;
		writeRun(this.path, {
			runId: this.runId,
			pid: process.pid,
			began: beganAt(process.pid),
			since: this.since,
			...this.facts,
			pids,
		});
	}

	/** @param {import('./part.mjs').PartSpec} spec @param {boolean} keepAlive */
	async add(spec, keepAlive) {
		const { Part } = await import('./part.mjs');
		const part = new Part(spec, { keepAlive, onNews: say, onPid: () => this.record() });
		this.parts.push(part);
		if (this.leaving) throw new Trouble('Stopped while starting.');
		part.start();
		return part;
	}

	/** Stops the parts, last started first, and gives the folder back. */
	leave() {
		this.leaving ??= (async () => {
			for (const part of this.parts.toReversed()) {
				if (!part.child) await part.stop();
				else await step(`stop ${part.name}`, () => part.stop());
			}
			await endProcesses(processesOfRun(this.runId), 'SIGTERM', 5_000); // a half-done step's
			this.release();
		})();
		return this.leaving;
	}

	/** Gives the folder back at once. */
	release() {
		if (this.left) return;
		// Parts still there would be orphans: then the record stays, and the next start ends them.
		if (this.parts.some((part) => part.child)) return;
		this.left = true;
		leaveFolder(this.path);
	}
}

/**
 * Takes the folder and clears up what a killed run left in it.
 * @param {string} path
 * @throws {Trouble} when another run has it
 */
export async function openFolder(path) {
	// Others may walk through it (PostgreSQL's user must) but not list it; secrets in it are closed
	// themselves. A folder that was there keeps the mode its owner gave it.
	if (await mkdir(path, { recursive: true })) await chmod(path, 0o711);
	await mkdir(join(path, 'logs'), { recursive: true, mode: 0o750 });
	const runId = randomUUID();
	const other = takeFolder(path, runId);
	if (other) {
		throw new Trouble(
			`Jansunwai runs already on ${path}: process ${other.pid}, since ${other.since}` +
				`${other.origin ? `, at ${other.origin}` : ''}.\n` +
				`Stop it with Ctrl-C in its terminal or with: kill ${other.pid}\n` +
				'A second one beside it needs its own DATA_DIR, PORT and LIVEKIT_PORT.',
		);
	}
	process.env[RUN_MARK] = runId;
	const ended = await endLeftovers(path);
	if (ended > 0) note(`the last run was killed: ended ${ended} of its processes`);
	const folder = new DataFolder(path, runId);
	folder.record();
	return folder;
}

/**
 * Empties the demonstration's folder after asking.
 * @param {import('./start-plan.mjs').StartPlan} plan
 * @param {boolean} sure
 * @returns {Promise<boolean>} false when the person said no
 */
export async function resetFolder({ demo, folder }, sure) {
	if (!demo) throw new Trouble('--reset empties a demonstration only, never a database of yours.');
	if (['.git', 'package.json'].some((name) => existsSync(join(folder, name)))) {
		throw new Trouble(`${folder} holds more than data: it is not emptied.`);
	}
	if (!sure) {
		if (!process.stdin.isTTY) throw new Trouble('--reset needs --yes where nobody can be asked.');
		const dialog = createInterface({ input: process.stdin, output: process.stdout });
		const answer = await dialog.question(`Delete everything in ${folder}? Type "yes": `);
		dialog.close();
		if (answer.trim().toLowerCase() !== 'yes') return false;
	}
	await step('reset', async () => {
		const { recoverCluster } = await import('./postgres.mjs');
		await recoverCluster(join(folder, 'postgres'));
		for (const name of readdirSync(folder)) {
			if (!name.startsWith('run.')) await rm(join(folder, name), { recursive: true, force: true });
		}
		await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o750 });
		return folder;
	});
	return true;
}
