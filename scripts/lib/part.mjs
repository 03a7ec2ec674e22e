/** One child process of a run: started, watched, restarted when it dies, stopped in order. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { tail } from './command.mjs';
import { readEnd } from './read-end.mjs';

/**
 * @typedef {object} PartSpec
 * @property {string} name
 * @property {string} program
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {string} log  file the output is appended to
 * @property {string} [cwd]
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {NodeJS.Signals} [stopSignal]  SIGTERM unless told
 * @property {number} [patience]  ms from the first request to stop until SIGKILL; 15 s unless told
 * @property {number} [secondAfter]  ms after which the request to stop is repeated
 */

export class Part {
	/** @param {PartSpec} spec @param {{ keepAlive?: boolean, onNews?: (text: string) => void, onPid?: () => void }} [options] */
	constructor(spec, { keepAlive = false, onNews = () => {}, onPid = () => {} } = {}) {
		this.spec = spec;
		this.keepAlive = keepAlive;
		this.onNews = onNews;
		this.onPid = onPid;
		/** @type {import('node:child_process').ChildProcess | null} */
		this.child = null;
		this.stopping = false;
		this.pause = 0;
		/** @type {NodeJS.Timeout | undefined} */
		this.timer = undefined;
	}

	get name() {
		return this.spec.name;
	}

	/** @returns {number | undefined} undefined while it does not run */
	get pid() {
		return this.child?.pid;
	}

	start() {
		if (this.child) return;
		this.stopping = false;
		const { program, args, log, env, cwd, uid, gid } = this.spec;
		mkdirSync(dirname(log), { recursive: true });
		const file = openSync(log, 'a', 0o640);
		const begun = Date.now();
		// A process group of its own: Ctrl-C in the terminal reaches only us, and we keep the order.
		const stdio = /** @type {['ignore', number, number]} */ (['ignore', file, file]);
		const child = spawn(program, args, { env, cwd, uid, gid, stdio, detached: true });
		closeSync(file);
		this.child = child;
		child.on('error', (error) =>
			this.onNews(`${this.name} could not be started: ${error.message}`),
		);
		child.on('close', (code, signal) => {
			this.child = null;
			if (!this.stopping) this.died(signal ?? `code ${code}`, Date.now() - begun);
		});
		this.onPid();
	}

	/** @param {string} how @param {number} lived  ms */
	died(how, lived) {
		this.pause = lived > 60_000 ? 1_000 : Math.min(Math.max(this.pause * 2, 1_000), 30_000);
		const again = this.keepAlive ? ` It is started again in ${this.pause / 1000} s.` : '';
		this.onNews(`${this.name} ended unexpectedly (${how}).${again} Its log: ${this.spec.log}`);
		if (this.keepAlive) this.timer = setTimeout(() => this.start(), this.pause);
	}

	/** Asks the process to end, and kills it when it does not within its patience. */
	async stop() {
		this.stopping = true;
		clearTimeout(this.timer);
		const { stopSignal = 'SIGTERM', patience = 15_000, secondAfter } = this.spec;
		const child = this.child;
		if (!child) return;
		const gone = this.gone();
		child.kill(stopSignal);
		const again = secondAfter && setTimeout(() => child.kill(stopSignal), secondAfter);
		const force = setTimeout(() => child.kill('SIGKILL'), patience);
		await gone;
		clearTimeout(again || undefined);
		clearTimeout(force);
	}

	/**
	 * Sends a signal as a test would; the part is not started again by itself.
	 * @param {NodeJS.Signals} signal
	 */
	async kill(signal) {
		this.stopping = true;
		const gone = this.gone();
		this.child?.kill(signal);
		if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await gone;
	}

	/** Resolves when the process has ended. @returns {Promise<void>} */
	gone() {
		const child = this.child;
		return child ? new Promise((done) => child.once('close', () => done())) : Promise.resolve();
	}

	/** The end of its log, for messages. */
	logEnd() {
		return tail(readEnd(this.spec.log), 25);
	}
}
