import { masterKeyIds } from './crypto.ts';
import { plainMessage, type Db } from './db.ts';
import { EnvError, readEnv } from './env.ts';
import { openPlatform } from './index.ts';
import { rewrapAll, type Damaged } from './rotate.ts';
import { countByKey } from './sealed-values.ts';

/** A process with an older key may write on and on: that must not keep us here for ever. */
const MOST_WALKS = 5;

/**
 * `npm run keys:rotate`. Exit codes: 0 everything lies under the first key; 1 something is left, or
 * does not open; 2 it could not run (the environment, the database).
 */
export async function rotateCommand(
	source: Record<string, string | undefined>,
	say: (line: string) => void,
): Promise<number> {
	try {
		const platform = await openPlatform(readEnv(source), 'cli');
		try {
			return await rotate(platform.db, say);
		} finally {
			await platform.close();
		}
	} catch (problem) {
		if (problem instanceof EnvError) say(problem.message);
		else say(`Rotation stopped: ${plainMessage(problem)}. What is done stays done; run it again.`);
		return 2;
	}
}

async function rotate(db: Db, say: (line: string) => void): Promise<number> {
	const [first = '', ...others] = masterKeyIds();
	say(`Re-wrapping every sealed value under the key ${first}.`);
	const damaged = await walk(db, say);
	const held = new Map((await countByKey(db)).map((one) => [one.keyId, one]));
	const of = (keyId: string) => held.get(keyId) ?? { count: 0, old: 0 };
	say('Sealed values by key:');
	say(`  ${first}: ${of(first).count}, seals now`);
	for (const keyId of new Set([...others, ...held.keys()])) {
		if (keyId === first) continue;
		const { count } = of(keyId);
		say(
			`  ${keyId}: ${count}${count === 0 ? ', not needed any more: take it out of DATA_KEYS' : ''}`,
		);
	}
	const left = [...held].reduce(
		(sum, [keyId, { count, old }]) => sum + (keyId === first ? old : count),
		0,
	);
	if (left === 0) return 0;
	for (const { place, key } of damaged) say(`Does not open and was left: ${place}, row ${key}`);
	say(
		damaged.length > 0
			? `${left} values are left. Keep every key, and bring the rows named above back from a backup.`
			: `${left} values are left: a process still seals with an older key, or held their rows. See that every web and worker runs with ${first} first in DATA_KEYS, and run this again.`,
	);
	return 1;
}

/** Walks until there is nothing to do. Returns what did not open. */
async function walk(db: Db, say: (line: string) => void): Promise<Damaged[]> {
	let damaged: Damaged[] = [];
	for (let walks = 0; walks < MOST_WALKS; walks += 1) {
		damaged = [];
		const done = await rewrapAll(db, {
			onTable: (table, count) => say(`  ${table}: ${count}`),
			onDamaged: (one) => damaged.push(one),
		});
		if (done === 0) break;
	}
	return damaged;
}
