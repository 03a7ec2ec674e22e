import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test as base, type Browser } from '@playwright/test';
import { appCodeOf, demonstrationSignIns } from '../../src/demo/index.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/server/platform/context.ts';
import { ROOT } from '../../scripts/lib/root.mjs';
import { startStack } from '../../scripts/lib/stack.mjs';
import { launch } from './browser.ts';
import { openProduct, type Product } from './stack-product.ts';

type Parts = Awaited<ReturnType<typeof startStack>>;

/** The product as it runs for one worker of the tests, with its telephone and its clock. */
export interface Stack extends Parts {
	sms: Telephone;
	/** `+3d`, `+30m`, `+2h`, or `--to 2026-11-23T15:00` (IST); what `npm run demo:clock` does. */
	advanceClock(...words: string[]): Promise<void>;
}

/** Ten digits of an Indian mobile that no other test uses. */
export function freshMobile(): string {
	return `9${String(randomInt(1e9)).padStart(9, '0')}`;
}

/** Stands in a message for a word that a test does not know; see `like`. */
export const ANY = '\u0001';

/** A pattern for a message of the product that was made with `ANY` for some of its facts. */
export function like(text: string): RegExp {
	const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`^${escaped.replaceAll(ANY, '(.+?)')}$`, 's');
}

/** What came to each mobile, by the demonstration's outbox. */
export class Telephone {
	readonly #stack: Pick<Parts, 'outbox'>;

	constructor(stack: Pick<Parts, 'outbox'>) {
		this.#stack = stack;
	}

	/** Texts to a mobile, newest first. */
	async to(mobile: string): Promise<string[]> {
		const own = mobile.slice(-10);
		const all = await this.#stack.outbox();
		return all.filter(({ to }) => to.endsWith(own)).map(({ text }) => text);
	}

	/** Waits for a message to the mobile and gives its gaps (`ANY`), the whole text first. */
	async wait(mobile: string, pattern: RegExp): Promise<string[]> {
		let found: RegExpExecArray | null = null;
		await expect
			.poll(
				async () => {
					const texts = await this.to(mobile);
					found = texts.map((text) => pattern.exec(text)).find((hit) => hit !== null) ?? null;
					return found ? 'came' : texts;
				},
				{ message: `an SMS like ${pattern} to ${mobile}`, timeout: 20_000 },
			)
			.toBe('came');
		return [...(found ?? [])];
	}

	/** The codes sent to a mobile so far, newest first. */
	async codes(mobile: string): Promise<string[]> {
		const patterns = (['hi', 'en'] as const).map((locale) =>
			like(m.sms_otp({ code: ANY }, { locale })),
		);
		return (await this.to(mobile)).flatMap((text) => {
			const hit = patterns.map((one) => one.exec(text)).find((one) => one !== null);
			return hit?.[1] ? [hit[1]] : [];
		});
	}

	/** Waits for one more code than there were. */
	async nextCode(mobile: string, before: readonly string[]): Promise<string> {
		let codes: string[] = [];
		await expect
			.poll(
				async () => {
					codes = await this.codes(mobile);
					return codes.length;
				},
				{ message: `a code to ${mobile}`, timeout: 20_000 },
			)
			.toBeGreaterThan(before.length);
		return codes[0] ?? '';
	}
}

/** The password that the demonstration shows for a user. */
export function passwordOf(user: string): string {
	const known = demonstrationSignIns().find((one) => one.user === user);
	if (!known) throw new Error(`The demonstration shows no sign-in for ${user}.`);
	return known.password;
}

const APP_STEP_MS = 30_000;
/** Each code of an app works once: the step of the last one that was given out, by stack and person. */
const lastSteps = new Map<string, number>();

/**
 * A code that the app of a person of the demonstration shows and that nobody has used on this stack.
 * Two a step are to be had, because the next one counts already; then this waits.
 */
export async function freshAppCode(
	{ origin }: Pick<Parts, 'origin'>,
	user: string,
): Promise<string> {
	const person = `${origin} ${user}`;
	const now = () => Math.floor(Date.now() / APP_STEP_MS);
	const next = () => Math.max(now(), (lastSteps.get(person) ?? 0) + 1);
	await expect.poll(() => next() - now(), { timeout: 65_000 }).toBeLessThanOrEqual(1);
	const step = next();
	lastSteps.set(person, step);
	return appCodeOf(user, new Date(step * APP_STEP_MS));
}

/** Three in the afternoon of tomorrow in India: after that day's usual sitting, far from midnight. */
export function afternoon(now: Date): string {
	const inIndia = new Date(now.getTime() + 24 * 3600_000 + 5.5 * 3600_000);
	return `${inIndia.toISOString().slice(0, 10)}T15:00`;
}

interface WorkerFixtures {
	/** A file that shifts the clock far or needs an untouched district names a stack of its own. */
	stackName: string;
	stack: Stack;
	/** The product's own modules on the stack's database. */
	product: Product;
	phone: Browser;
	desktop: Browser;
}

/** `test` with the whole product running: one stack and two Chromium processes a worker. */
export const test = base.extend<object, WorkerFixtures>({
	stackName: ['shared', { scope: 'worker', option: true }],
	stack: [
		async ({ stackName }, use, { parallelIndex }) => {
			const parts = await startStack({ name: `e2e_${stackName}_${parallelIndex}` });
			const stack: Stack = Object.assign(parts, {
				sms: new Telephone(parts),
				async advanceClock(...words: string[]) {
					await promisify(execFile)(process.execPath, ['scripts/demo-clock.mjs', ...words], {
						cwd: ROOT,
						env: { ...process.env, DATABASE_URL: parts.databaseUrl, DEMO: '1' },
					});
				},
			});
			try {
				await stack.advanceClock('--to', afternoon(new Date()));
				await use(stack);
			} finally {
				await parts.stop();
			}
		},
		{ scope: 'worker', timeout: 120_000 },
	],
	product: [
		async ({ stack }, use) => {
			const product = await openProduct(stack);
			await use(product);
			await product.close();
		},
		{ scope: 'worker' },
	],
	phone: [
		// eslint-disable-next-line no-empty-pattern
		async ({}, use) => {
			const browser = await launch();
			await use(browser);
			await browser.close();
		},
		{ scope: 'worker' },
	],
	desktop: [
		// eslint-disable-next-line no-empty-pattern
		async ({}, use) => {
			const browser = await launch();
			await use(browser);
			await browser.close();
		},
		{ scope: 'worker' },
	],
});

export { expect };
export type { Locale, Product };
