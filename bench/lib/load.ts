import autocannon from 'autocannon';
import { percentile } from './statistics.ts';
import type { Measured } from './figures.ts';

export type ClientRequest = autocannon.Request;

export interface Load {
	origin: string;
	/** As many at the same time as there are lists; each sends its own, one after the other. */
	clients: readonly (readonly ClientRequest[])[];
	/** Answers to wait for, over all clients; a list that is through begins anew. */
	amount: number;
	/** The one good answer. */
	status: number;
}

/**
 * Sends requests over HTTP, each client the next one as soon as the last is answered, and measures
 * each from its first byte sent to its last byte received.
 * @returns the 95th percentile in ms
 * @throws when an answer is not the good one: a fast refusal is no figure
 */
export async function measureLoad(load: Load): Promise<Measured> {
	const { origin, clients, amount, status } = load;
	const times: number[] = [];
	const wrong = new Map<number, number>();
	let next = 0;
	const began = performance.now();
	const running = autocannon(
		{
			url: origin,
			connections: clients.length,
			amount,
			timeout: 30,
			headers: { 'accept-encoding': 'gzip, deflate, br' },
			setupClient(client) {
				client.setRequests([...(clients[next++ % clients.length] ?? [])]);
			},
		},
		() => {},
	);
	running.on('response', (_client, code, _bytes, ms) => {
		if (code === status) times.push(ms);
		else wrong.set(code, (wrong.get(code) ?? 0) + 1);
	});
	const { errors } = await new Promise<autocannon.Result>((done) => running.on('done', done));
	const seconds = (performance.now() - began) / 1000;
	if (errors > 0) throw new Error(`${errors} of ${amount} requests got no answer`);
	if (wrong.size > 0) {
		const answers = [...wrong].map(([code, count]) => `${count} times ${code}`).join(', ');
		throw new Error(`instead of ${status} came ${answers}`);
	}
	const [p50, p99] = [50, 99].map((percent) => percentile(times, percent).toFixed(0));
	return {
		value: percentile(times, 95),
		work: `${times.length} requests, ${clients.length} concurrent, ${(times.length / seconds).toFixed(0)}/s; median ${p50}, p99 ${p99} ms`,
	};
}
