/** `npm run bench -- [suite ...] [--list] [--scale 0.01]`; without a suite all of them. */
import { parseArgs } from 'node:util';
import { runMain, say, table, Trouble } from '../scripts/lib/say.mjs';
import { runSuite, type Suite } from './lib/figures.ts';

/** Loaded when they run: `--list` must not need what they need. */
const SUITES: Readonly<Record<string, { about: string; load: () => Promise<Suite> }>> = {
	pages: {
		about: 'how fast pages answer and draw, and how heavy they are',
		load: async () => (await import('./suites/pages.ts')).pages,
	},
	identity: {
		about: 'how fast a proof of identity is checked',
		load: async () => (await import('./suites/identity.ts')).identity,
	},
	hearing: {
		about: 'how fast two people see each other',
		load: async () => (await import('./suites/hearing.ts')).hearing,
	},
};

await runMain(async () => {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { list: { type: 'boolean' }, scale: { type: 'string', default: '1' } },
	});
	if (values.list) {
		table(Object.entries(SUITES).map(([name, { about }]) => [name, about]));
		return;
	}
	const scale = Number(values.scale);
	if (!(scale > 0 && scale <= 10)) throw new Trouble('--scale is a number above 0, at most 10');
	const names = positionals.length > 0 ? positionals : Object.keys(SUITES);
	let missing = 0;
	for (const name of names) {
		const known = SUITES[name];
		if (!known) throw new Trouble(`No suite ${name}. There are: ${Object.keys(SUITES).join(', ')}`);
		const metrics = await runSuite(name, { ...known, suite: await known.load(), scale });
		missing += metrics.filter(({ value }) => value === null).length;
	}
	if (missing > 0) {
		say(`\n${missing} figures could not be measured.`);
		process.exitCode = 1;
	}
});
