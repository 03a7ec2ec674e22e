import { Trouble } from './say.mjs';

/**
 * Waits until an address answers 200.
 * @param {string} url
 * @param {{ part: import('./part.mjs').Part, ms?: number, others?: readonly import('./part.mjs').Part[] }} options
 *   `part` is the one that answers: when it ends and is not started again, waiting ends too;
 *   `others` are those whose logs help to understand why it does not answer
 * @throws {Trouble} with the last answer and the ends of the logs
 */
export async function untilHealthy(url, { part, ms = 60_000, others = [] }) {
	const until = Date.now() + ms;
	let last = 'no answer';
	while (Date.now() < until) {
		try {
			const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
			const body = await answer.text();
			if (answer.ok) return;
			last = `${answer.status} ${body.slice(0, 500)}`;
		} catch (error) {
			last = error instanceof Error ? String(error.cause ?? error.message) : String(error);
		}
		if (!part.child && !part.keepAlive) break;
		await new Promise((next) => setTimeout(next, 100));
	}
	const logs = [part, ...others].map(({ name, logEnd }, i, all) => {
		const end = logEnd.call(all[i]);
		return `--- the end of ${name}'s log ---\n${end || '(empty)'}`;
	});
	throw new Trouble([`The ${part.name} part did not become healthy: ${last}`, ...logs].join('\n'));
}

/** Where each part answers. @param {number} port */
export const webHealth = (port) => `http://127.0.0.1:${port}/api/health`;
/** @param {number} port */
export const sfuHealth = (port) => `http://127.0.0.1:${port}/`;
