/**
 * `npm run demo:clock -- +16d | +30m | +2h | --to 2026-11-23T10:55 | reset`
 * Moves a demonstration's clock (times in IST), so that deadlines can be watched passing.
 */
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { readRun, runs } from './lib/owner.mjs';
import { withSql } from './lib/postgres.mjs';
import { ROOT } from './lib/root.mjs';
import { say, Trouble } from './lib/say.mjs';

const USAGE = 'npm run demo:clock -- +16d | +30m | +2h | --to 2026-11-23T10:55 | reset';

/**
 * @typedef {{ by: string } | { to: string } | { reset: true }} Change
 *   by: an interval of PostgreSQL; to: a moment in ISO 8601 with the offset of India
 */

/** @param {readonly string[]} words @returns {Change} */
function readChange(words) {
	const [first = '', second = ''] = words;
	if (first === 'reset' && words.length === 1) return { reset: true };
	const by = /^([+-]\d{1,5})([mhd])$/.exec(first);
	const unit = { m: 'minutes', h: 'hours', d: 'days' }[by?.[2] ?? ''];
	if (by && unit && words.length === 1) return { by: `${by[1]} ${unit}` };
	if (first === '--to' && words.length === 2 && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(second)) {
		const to = `${second}:00+05:30`;
		if (!Number.isNaN(Date.parse(to))) return { to };
	}
	throw new Trouble(`Usage: ${USAGE}`);
}

/** @returns {string} the database of a demonstration, never of a production system */
function demonstrationDatabase() {
	if (process.env.DATABASE_URL) {
		if (process.env.DEMO === '1') return process.env.DATABASE_URL;
		throw new Trouble('DATABASE_URL is a production system, whose clock nobody moves.');
	}
	const record = readRun(process.env.DATA_DIR || join(ROOT, '.data'));
	if (!runs(record)) throw new Trouble('No demonstration runs here: start it with npm start.');
	if (!record?.demo || !record.databaseUrl) {
		throw new Trouble('What runs here is no demonstration: its clock is not moved.');
	}
	return record.databaseUrl;
}

await bootstrap(async () => {
	const change = readChange(process.argv.slice(2));
	await withSql(demonstrationDatabase(), async (sql) => {
		const [row] = await sql.begin(async (tx) => {
			const offset =
				'by' in change
					? tx`"offset" + ${change.by}::interval`
					: 'to' in change
						? tx`${change.to}::timestamptz - now()`
						: tx`interval '0'`;
			await tx`
				insert into clock_offset (id, "offset") values (1, interval '0') on conflict (id) do nothing`;
			const changed = await tx`
				update clock_offset set "offset" = ${offset} where id = 1
				returning to_char((now() + "offset") at time zone 'Asia/Kolkata', 'YYYY-MM-DD HH24:MI:SS') as moment`;
			await tx`select pg_notify('clock', '')`;
			await tx`select graphile_worker.add_job('escalation.scan', '{}'::json)`;
			return changed;
		});
		say(`The demonstration's clock shows ${row?.moment} IST.`);
	});
});
