import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { Trouble } from './say.mjs';

/**
 * True when nobody listens on the port.
 * @param {number} port
 * @param {{ host?: string, udp?: boolean }} [options]
 * @returns {Promise<boolean>}
 */
export function isFree(port, { host = '127.0.0.1', udp = false } = {}) {
	return new Promise((answer) => {
		if (udp) {
			const socket = createSocket('udp4');
			socket.once('error', () => answer(false));
			socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => answer(true)));
		} else {
			const server = createServer();
			server.once('error', () => answer(false));
			server.listen({ port, host, exclusive: true }, () => server.close(() => answer(true)));
		}
	});
}

/** @type {Set<number>} given out by this process already */
const given = new Set();

/**
 * A port nobody uses now, for TCP and UDP, and not given out before by this process.
 * @returns {Promise<number>}
 */
export async function freePort() {
	for (let attempt = 0; attempt < 100; attempt++) {
		// Below the range from which the system takes ports for outgoing connections.
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		if (given.has(port)) continue;
		if ((await isFree(port)) && (await isFree(port, { udp: true }))) {
			given.add(port);
			return port;
		}
	}
	throw new Trouble('No free port was found.');
}

/**
 * @param {Array<{ port: number, what: string, variable: string, host?: string, udp?: boolean }>} wanted
 * @throws {Trouble} naming every taken port and the variable that changes it
 */
export async function requireFree(wanted) {
	const taken = [];
	for (const { port, what, variable, ...options } of wanted) {
		if (await isFree(port, options)) continue;
		taken.push(
			`Port ${port}${options.udp ? ' (UDP)' : ''}, meant for the ${what}, is taken by another program. ` +
				`Another one is chosen with ${variable}, for example: ${variable}=${port + 100} npm start`,
		);
	}
	if (taken.length > 0) throw new Trouble(taken.join('\n'));
}
