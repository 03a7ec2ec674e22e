import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import {
	parseCronItems,
	run,
	type Runner,
	type TaskList,
	type WorkerEvents,
} from 'graphile-worker';
import { materialiseSchedules } from '#lib/server/appointment/index.ts';
import { scanDeadlines } from '#lib/server/escalation/index.ts';
import { askFamilyRegistry, sweepFiles } from '#lib/server/grievance/index.ts';
import { closeHearingRoom, processWebhook, reconcileRooms } from '#lib/server/hearing/index.ts';
import { sendNotice, sendOtp } from '#lib/server/notification/index.ts';
import { removeFiles, runRetention } from '#lib/server/privacy/index.ts';
import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { beat, BEAT_SECONDS, forget } from '#lib/server/platform/heartbeat.ts';
import { contextFor, openPlatform, type Platform } from '#lib/server/platform/index.ts';
import { openSms } from '#lib/server/platform/sms.ts';

/** The second process: jobs that commands queued, and what comes round by the clock. */
async function open(): Promise<Platform> {
	try {
		return await openPlatform(readEnv(process.env), 'worker');
	} catch (problem) {
		if (!(problem instanceof EnvError)) throw problem;
		console.error(problem.message);
		process.exit(1);
	}
}

const platform = await open();
const sms = openSms({ demo: platform.env.DEMO });
const workerId = randomUUID();

const context = (requestId: string) =>
	contextFor(platform, { actor: { kind: 'system' }, locale: 'hi', requestId });

const taskList: TaskList = {
	notify: (payload, { job }) => sendNotice(context(job.id), sms, payload),
	'otp.send': (payload, { job }) => sendOtp(context(job.id), sms, payload),
	'livekit.event': (payload, { job }) => processWebhook(context(job.id), payload),
	'rooms.close': (payload, { job }) => closeHearingRoom(context(job.id), payload),
	'rooms.reconcile': (_, { job }) => reconcileRooms(context(job.id)),
	'proof.registry': (payload, { job }) =>
		askFamilyRegistry(context(job.id), payload, { lastTry: job.attempts >= job.max_attempts }),
	'sittings.materialise': async (_, { job }) => {
		await materialiseSchedules(context(job.id));
	},
	'files.remove': (payload, { job }) => removeFiles(context(job.id), payload),
	'retention.run': async (_, { job }) => {
		const result = await runRetention(context(job.id));
		platform.log.info({ ...result }, 'retention done');
	},
	'files.sweep': async (_, { job }) => {
		platform.log.info(await sweepFiles(context(job.id)), 'files swept');
	},
	'escalation.scan': async (_, { job }) => {
		// A demonstration's clock may have been shifted just now.
		await platform.clock.refresh();
		const result = await scanDeadlines(context(job.id));
		platform.log.info({ ...result }, 'deadlines scanned');
	},
};

const crontab = [
	{ task: 'escalation.scan', match: '* * * * *', identifier: 'escalation' },
	{ task: 'rooms.reconcile', match: '* * * * *', identifier: 'rooms' },
	{ task: 'files.sweep', match: '17 * * * *', identifier: 'files' },
	{ task: 'sittings.materialise', match: '30 19 * * *', identifier: 'sittings' },
	// 02:15 in India: the day on which an erasure is due has begun, and few are awake.
	{ task: 'retention.run', match: '45 20 * * *', identifier: 'retention' },
];

/** The names under which this process locks jobs. */
const lockNames: string[] = [];
const events = new EventEmitter() as WorkerEvents;
events.on('pool:create', ({ workerPool }) => {
	lockNames.push(workerPool.id);
});

let runner: Runner | null = null;
let stopping = false;

async function stop(): Promise<void> {
	if (stopping) return;
	stopping = true;
	await runner?.stop();
	await forget(platform.db, workerId);
	await platform.close();
	process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

runner = await run({
	connectionString: platform.env.DATABASE_URL,
	taskList,
	parsedCronItems: parseCronItems(crontab),
	concurrency: 5,
	// Jobs done within 25 ms of each other are struck off together. A crash in between repeats some,
	// which every job bears.
	preset: { worker: { completeJobBatchDelay: 25 } },
	pollInterval: 1_000,
	noHandleSignals: true,
	events,
});
await beat(platform.db, { workerId, lockNames });
// A failed beat is what the health check is there to show.
const heart = setInterval(
	() => void (stopping || beat(platform.db, { workerId, lockNames }).catch(() => {})),
	BEAT_SECONDS * 1000,
);
heart.unref();
try {
	await runner.addJob('sittings.materialise', {}, { jobKey: 'sittings.materialise' });
	await runner.addJob('escalation.scan', {}, { jobKey: 'escalation.scan' });
	platform.log.info({ workerId }, 'worker ready');
	await runner.promise;
} catch (problem) {
	// Told to stop while still starting: the connections are gone, and that is in order.
	if (!stopping) throw problem;
}
