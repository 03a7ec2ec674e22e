/** What a suite measures: declared beforehand, so that no figure can be left out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../scripts/lib/root.mjs';
import { bold, dim, green, red, say, table } from '../../scripts/lib/say.mjs';

/** What must be reached. Neither bound: the figure is only watched. */
export interface Target {
	unit: 'kB' | 'ms';
	below?: number;
	atMost?: number;
}

/** `baseline` and `ratio`: the same work done barely in the same run, and value / baseline. */
export interface Measured {
	value: number;
	/** What was done to get it. */
	work: string;
	baseline?: number;
	ratio?: number;
}

interface Metric extends Omit<Measured, 'value'> {
	name: string;
	/** Null when it could not be measured; `reason` says why. */
	value: number | null;
	unit: Target['unit'];
	/** In words ("< 300"); null when it is only watched. */
	target: string | null;
	/** Null when there is no target. What was not measured does not hold. */
	holds: boolean | null;
	reason?: string;
}

export interface Suite {
	/** Every metric by its stable name, in the order of the table. */
	metrics: Readonly<Record<string, Target>>;
	/** `scale` 1 is the whole work; smaller ones give a quick round whose figures say little. */
	run(figures: Figures, scale: number): Promise<void>;
}

/** The figures of one run of a suite. */
export class Figures {
	readonly #targets: Suite['metrics'];
	readonly #measured = new Map<string, Measured>();
	readonly #reasons = new Map<string, string>();

	constructor(targets: Suite['metrics']) {
		this.#targets = targets;
	}

	/** Takes a figure. Work that fails leaves a reason instead, and the suite goes on. */
	async measure(name: string, work: () => Promise<Measured>): Promise<void> {
		say(dim(`    ${name} ...`));
		try {
			this.set(name, await work());
		} catch (error) {
			this.#reasons.set(name, reasonOf(error));
		}
	}

	set(name: string, figure: Measured): void {
		if (!(name in this.#targets)) throw new Error(`${name} is not declared by the suite`);
		this.#measured.set(name, figure);
	}

	/** Why everything that has no figure yet will have none. */
	giveUp(error: unknown): void {
		for (const name of Object.keys(this.#targets)) {
			if (!this.#measured.has(name) && !this.#reasons.has(name)) {
				this.#reasons.set(name, reasonOf(error));
			}
		}
	}

	get metrics(): Metric[] {
		return Object.entries(this.#targets).map(([name, target]) => {
			const { unit } = target;
			const measured = this.#measured.get(name);
			if (measured) {
				const { value, ...rest } = measured;
				return {
					name,
					value: rounded(value),
					unit,
					target: targetWords(target),
					holds: holds(value, target),
					...rest,
				};
			}
			return {
				name,
				value: null,
				unit,
				target: targetWords(target),
				holds: false,
				work: '',
				reason: this.#reasons.get(name) ?? 'the suite did not come to it',
			};
		});
	}
}

const reasonOf = (error: unknown) =>
	(error instanceof Error ? error.message : String(error)).trim();

/** Tenths tell enough; the target is held against the figure as it was measured. */
const rounded = (value: number) => Math.round(value * 10) / 10;

function targetWords({ below, atMost }: Target): string | null {
	if (below !== undefined) return `< ${below}`;
	return atMost === undefined ? null : `<= ${atMost}`;
}

function holds(value: number, { below, atMost }: Target): boolean | null {
	if (below !== undefined) return value < below;
	return atMost === undefined ? null : value <= atMost;
}

/** Processor, memory, system, and how busy it was when the suite began. */
export function machine(): string {
	const all = cpus();
	const [busy = 0] = loadavg();
	return [
		`${all.length} x ${all[0]?.model.trim() ?? 'unknown processor'}`,
		`${Math.round(totalmem() / 2 ** 30)} GiB`,
		`${platform()} ${release()}`,
		`Node ${process.versions.node}`,
		`load ${busy.toFixed(1)} at the start`,
	].join(', ');
}

/** Runs a suite, prints its table and writes `bench/results/<name>.json`. @returns its metrics */
export async function runSuite(
	name: string,
	{ about, suite, scale }: { about: string; suite: Suite; scale: number },
): Promise<Metric[]> {
	const [at, on] = [new Date().toISOString(), machine()];
	say(`\n${bold(name)}  ${about}`);
	say(dim(`    ${on}${scale === 1 ? '' : `, scale ${scale}`}`));
	const figures = new Figures(suite.metrics);
	try {
		await suite.run(figures, scale);
	} catch (error) {
		console.error(error);
		figures.giveUp(error);
	}
	const { metrics } = figures;
	print(metrics);
	const folder = join(ROOT, 'bench', 'results');
	mkdirSync(folder, { recursive: true });
	const path = join(folder, `${name}.json`);
	writeFileSync(
		path,
		`${JSON.stringify({ suite: name, at, machine: on, scale, metrics }, null, '\t')}\n`,
	);
	say(dim(`\n    ${path}`));
	return metrics;
}

function print(metrics: readonly Metric[]): void {
	say('');
	table([
		['metric', 'value', 'target', ''],
		...metrics.map(({ name, value, unit, target, holds: held }) => [
			name,
			value === null ? 'not measured' : `${value} ${unit}`,
			target === null ? '-' : `${target} ${unit}`,
			held === null ? '' : held ? green('holds') : red('missed'),
		]),
	]);
	say('');
	for (const { name, work, reason, baseline, ratio } of metrics) {
		const compared = ratio === undefined ? '' : ` (baseline ${baseline}, ratio ${ratio})`;
		say(dim(`  ${name}: ${reason ?? work}${compared}`));
	}
}
