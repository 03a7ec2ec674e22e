/**
 * The first administrator of an installation.
 *
 * admin-cli.ts [--state <LGD code>] [--user <name>] [--name-hi <name>] [--name-en <name>]
 *
 * What is not given is asked for. Needs the environment of the product; prints the first password once.
 */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Refusal } from '#lib/domain/refusal.ts';
import { openPlatform } from '#lib/server/platform/index.ts';
import { EnvError, readEnv } from '#lib/server/platform/env.ts';
import { migrate } from '#lib/server/platform/migrate.ts';
import { createFirstAdministrator } from './setup.ts';
import { STATES } from './states.ts';

const USER_NAME = /^[a-z0-9][a-z0-9._-]{2,39}$/;

type Ask = (question: string) => Promise<string>;

/** A given value that does not fit ends the program; a typed one is asked for again. */
async function answer(
	ask: Ask,
	given: string | undefined,
	question: string,
	fits: (text: string) => boolean,
): Promise<string> {
	if (given !== undefined) {
		if (!fits(given.trim())) throw new Error(`not usable: ${given}  (${question})`);
		return given.trim();
	}
	for (;;) {
		const text = (await ask(`${question}: `)).trim();
		if (fits(text)) return text;
	}
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			state: { type: 'string' },
			user: { type: 'string' },
			'name-hi': { type: 'string' },
			'name-en': { type: 'string' },
		},
	});
	const env = readEnv(process.env);
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	const lines = terminal[Symbol.asyncIterator]();
	const ask: Ask = async (question) => {
		process.stderr.write(question);
		const { value, done } = await lines.next();
		// An unattended run must end, not wait for ever.
		if (done) throw new Error('\nan answer is missing; nothing was changed');
		return value;
	};
	const notEmpty = (text: string) => text.length > 0 && text.length <= 100;
	const state = await answer(
		ask,
		values.state,
		`LGD code of the state (${STATES.map((one) => `${one.code} ${one.en}`).join(', ')})`,
		(text) => STATES.some((one) => String(one.code) === text),
	);
	const userName = await answer(ask, values.user, 'User name (3 to 40 of a-z 0-9 . _ -)', (text) =>
		USER_NAME.test(text),
	);
	const nameHi = await answer(ask, values['name-hi'], 'Name in Hindi', notEmpty);
	const nameEn = await answer(ask, values['name-en'], 'Name in English', notEmpty);
	terminal.close();

	await migrate(env.DATABASE_URL);
	const platform = await openPlatform(env, 'cli');
	try {
		const made = await createFirstAdministrator(
			platform.db,
			{ stateCode: Number(state), userName, nameHi, nameEn },
			platform.clock.now(),
		);
		console.log(`User name:      ${made.userName}`);
		console.log(`First password: ${made.firstPassword}`);
		console.log(
			`Sign in at ${env.ORIGIN}/staff/sign-in, choose a password of your own and set up the code app.`,
		);
	} finally {
		await platform.close();
	}
}

try {
	await main();
} catch (problem) {
	process.exitCode = 1;
	if (problem instanceof Refusal && problem.code === 'user_name_taken') {
		console.error('Somebody has this user name already; nothing was changed.');
	} else if (problem instanceof EnvError) {
		console.error(problem.message);
	} else {
		console.error(problem instanceof Error ? problem.message : problem);
	}
}
