/** A whole run of `npm start`, step by step. */
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { prepareDatabase } from './database.mjs';
import { sfuHealth, untilHealthy, webHealth } from './health.mjs';
import { demonstrationKeys } from './keys.mjs';
import { ensureLivekit } from './livekit.mjs';
import { childEnvironment, sfuPart, webPart, workerPart } from './parts.mjs';
import { freePort, isFree, requireFree } from './ports.mjs';
import {
	databaseUrl,
	ensureCluster,
	ensureDatabase,
	postgresPart,
	recoverCluster,
	untilDatabaseAnswers,
} from './postgres.mjs';
import { bold, say, seconds, step, table, Trouble } from './say.mjs';

const USUAL_POSTGRES_PORT = 54_320;

export class Run {
	/** @param {import('./start-plan.mjs').StartPlan} plan @param {import('./data-folder.mjs').DataFolder} folder */
	constructor(plan, folder) {
		this.plan = plan;
		this.folder = folder;
		this.begun = Number(process.env.JANSUNWAI_BEGAN ?? performance.timeOrigin); // with the packages
		/** @type {import('./database.mjs').SignIn[]} */
		this.signIns = [];
	}

	async start() {
		const { plan, folder } = this;
		await this.checkPorts();
		const livekitProgram = plan.livekit ? null : await this.livekit();
		await step('web build', ensureBuild);
		const own = plan.demo ? await this.ownKeysAndDatabase() : null;
		const env = this.environment(own);
		await this.database(env);
		const sfu = livekitProgram && (await this.sfu(livekitProgram, env));
		await step('web, worker', async () => {
			const worker = await folder.add(workerPart(env, folder.logs), true);
			const web = await folder.add(webPart(env, folder.logs), true);
			await untilHealthy(webHealth(plan.port), {
				part: web,
				others: sfu ? [worker, sfu] : [worker],
			});
			return 'healthy';
		});
		this.tell();
	}

	async checkPorts() {
		const { plan } = this;
		const { http, tcp, udp } = plan.livekitPorts;
		const livekit = { what: 'LiveKit server', variable: 'LIVEKIT_PORT' };
		const wanted = [
			{ port: plan.port, what: 'web server', variable: 'PORT', host: plan.host ?? '0.0.0.0' },
		];
		await requireFree([
			...wanted,
			...(plan.livekit ? [] : [http, tcp].map((port) => ({ port, ...livekit }))),
			...(plan.livekit ? [] : [{ port: udp, udp: true, ...livekit }]),
			...(plan.demo && plan.postgresPort
				? [{ port: plan.postgresPort, what: 'database', variable: 'POSTGRES_PORT' }]
				: []),
		]);
	}

	async livekit() {
		let program = '';
		await step('LiveKit', async () => {
			const found = await ensureLivekit();
			program = found.program;
			return found.from;
		});
		return program;
	}

	async ownKeysAndDatabase() {
		const { plan, folder } = this;
		const { keys, made, path } = demonstrationKeys(folder.path);
		if (made) say(`    this demonstration's own keys were made: ${path}`);
		const port =
			plan.postgresPort ??
			((await isFree(USUAL_POSTGRES_PORT)) ? USUAL_POSTGRES_PORT : await freePort());
		const url = databaseUrl({ port, password: keys.databasePassword, database: 'jansunwai' });
		await step('PostgreSQL', async () => {
			const cluster = join(folder.path, 'postgres');
			await recoverCluster(cluster);
			const fresh = await ensureCluster(cluster, keys.databasePassword);
			const log = join(folder.logs, 'postgres.log');
			const spec = await postgresPart({ folder: cluster, port, env: process.env, log });
			const part = await folder.add(spec, true);
			await untilDatabaseAnswers(
				url.replace(/\/jansunwai$/, '/postgres'),
				() => true,
				30_000,
			).catch((error) => {
				throw new Trouble(`PostgreSQL does not answer: ${error.message}\n${part.logEnd()}`);
			});
			await ensureDatabase(url);
			return fresh ? `new, in ${cluster}` : cluster;
		});
		return { keys, url };
	}

	/** @param {{ keys: import('./keys.mjs').Keys, url: string } | null} own */
	environment(own) {
		const { plan, folder } = this;
		const given = process.env;
		const livekit = plan.livekit ?? {
			url: `ws://127.0.0.1:${plan.livekitPorts.http}`,
			key: own?.keys.LIVEKIT_API_KEY ?? '',
			secret: own?.keys.LIVEKIT_API_SECRET ?? '',
		};
		folder.facts = {
			origin: plan.origin,
			demo: plan.demo,
			// The address of a production's database is its operator's secret: it stays out of the record.
			...(own ? { databaseUrl: own.url } : {}),
		};
		folder.record();
		return childEnvironment({
			PORT: String(plan.port),
			ORIGIN: plan.origin,
			DATA_DIR: folder.path,
			DATABASE_URL: own?.url ?? plan.databaseUrl ?? '',
			LIVEKIT_URL: livekit.url,
			LIVEKIT_API_KEY: livekit.key,
			LIVEKIT_API_SECRET: livekit.secret,
			DATA_KEYS: own?.keys.DATA_KEYS ?? given.DATA_KEYS ?? '',
			INDEX_KEY: own?.keys.INDEX_KEY ?? given.INDEX_KEY ?? '',
			...(plan.host ? { HOST: plan.host } : {}),
			...(plan.demo ? { DEMO: '1' } : {}),
		});
	}

	/** @param {NodeJS.ProcessEnv} env */
	async database(env) {
		await step('database', async () => {
			const { created, signIns } = await prepareDatabase(env, { seed: this.plan.demo });
			this.signIns = signIns;
			return created ? 'migrated, filled with the demonstration' : 'migrated';
		});
	}

	/** @param {string} program @param {NodeJS.ProcessEnv} env */
	async sfu(program, env) {
		const { plan, folder } = this;
		const ports = plan.livekitPorts;
		const options = {
			program,
			folder: folder.path,
			ports,
			webPort: plan.port,
			env,
			logs: folder.logs,
		};
		const part = await folder.add(await sfuPart(options), true);
		await step('SFU', () => untilHealthy(sfuHealth(ports.http), { part, ms: 20_000 }));
		return part;
	}

	tell() {
		const { plan, folder } = this;
		say('');
		table([
			['Home page', plan.origin],
			...(plan.demo ? [['SMS outbox', `${plan.origin}/demo/outbox`]] : []),
			['Health', `${plan.origin}/api/health`],
			['Data', folder.path],
			['Logs', folder.logs],
		]);
		if (plan.demo) {
			say(
				`\n${bold('  Demonstration sign-ins')} (invented people; citizens: any Indian mobile number, the code is in the outbox)\n  Staff are asked for a six-digit code after the password: ${plan.origin}/demo shows it for each of them.`,
			);
			table([
				['Role', 'User', 'Password', 'Where'],
				...this.signIns.map(({ role, user, password, where }) => [role, user, password, where]),
			]);
		} else {
			say('\n  The first administrator is made with: npm run admin:create');
		}
		say(`\nready after ${seconds(Date.now() - this.begun)} - stop with Ctrl-C`);
	}
}
