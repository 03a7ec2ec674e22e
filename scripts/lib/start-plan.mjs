/** What `npm start` is to do, decided from the environment alone: demonstration or production. */
import { isAbsolute, join } from 'node:path';
import { ROOT } from './root.mjs';
import { Trouble } from './say.mjs';

/**
 * @typedef {object} StartPlan
 * @property {boolean} demo  true when the parts are our own
 * @property {string} folder
 * @property {number} port
 * @property {string | undefined} host
 * @property {string} origin
 * @property {string | undefined} databaseUrl  undefined: a cluster of our own
 * @property {{ url: string, key: string, secret: string } | undefined} livekit  undefined: one of our own
 * @property {{ http: number, tcp: number, udp: number }} livekitPorts
 * @property {number | undefined} postgresPort  undefined: any free one
 */

const NEEDED_IN_PRODUCTION = [
	'ORIGIN',
	'LIVEKIT_URL',
	'LIVEKIT_API_KEY',
	'LIVEKIT_API_SECRET',
	'DATA_KEYS',
	'INDEX_KEY',
];

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {StartPlan}
 * @throws {Trouble} listing everything that is wrong at once
 */
export function planStart(env) {
	/** @type {string[]} */
	const wrong = [];
	/** @param {string} name @param {number | undefined} otherwise */
	const port = (name, otherwise) => {
		const text = env[name];
		if (!text) return otherwise;
		const number = Number(text);
		if (!Number.isInteger(number) || number < 1 || number > 65_533) {
			wrong.push(`${name} is no port: ${text}`);
		}
		return number;
	};
	const web = port('PORT', 3000) ?? 3000;
	const sfu = port('LIVEKIT_PORT', 7880) ?? 7880;
	const postgresPort = port('POSTGRES_PORT', undefined);
	const demo = !env.DATABASE_URL;

	if (!demo) {
		for (const name of NEEDED_IN_PRODUCTION) if (!env[name]) wrong.push(`${name} is missing`);
		if (env.DEMO) wrong.push('DEMO is set, but a demonstration uses no database of yours');
	}
	const livekitGiven = ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'].filter(
		(n) => env[n],
	);
	if (demo && livekitGiven.length > 0 && livekitGiven.length < 3) {
		wrong.push('LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET belong together');
	}
	if (wrong.length > 0) {
		const kind = demo ? 'The demonstration' : 'A production system (DATABASE_URL is set)';
		throw new Trouble([`${kind} cannot be started:`, ...wrong.map((w) => `  - ${w}`)].join('\n'));
	}
	const folder = env.DATA_DIR || '.data';
	return {
		demo,
		folder: isAbsolute(folder) ? folder : join(ROOT, folder),
		port: web,
		// Everybody knows the demonstration's passwords: only this machine may reach it, unless told.
		host: env.HOST || (demo ? '127.0.0.1' : undefined),
		origin: env.ORIGIN || `http://localhost:${web}`,
		databaseUrl: env.DATABASE_URL || undefined,
		livekit: env.LIVEKIT_URL
			? {
					url: env.LIVEKIT_URL,
					key: env.LIVEKIT_API_KEY ?? '',
					secret: env.LIVEKIT_API_SECRET ?? '',
				}
			: undefined,
		livekitPorts: { http: sfu, tcp: sfu + 1, udp: sfu + 2 },
		postgresPort,
	};
}
