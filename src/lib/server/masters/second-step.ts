import { randomBytes } from 'node:crypto';
import { and, eq, gt, lt, lte, sql } from 'drizzle-orm';
import { SECOND_STEP_LIFETIME_MS, SECOND_STEP_MAX_TRIES } from '#lib/domain/identity/totp.ts';
import { Refusal, type RefusalCode } from '#lib/domain/refusal.ts';
import { person, secondFactor, staffSignIn } from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { blindIndex, sha256Hex } from '#lib/server/platform/crypto.ts';
import type { Tx } from '#lib/server/platform/db.ts';
import {
	appKey,
	forgetCodeTries,
	matchingStep,
	newSecret,
	replaceRecoveryCodes,
	takeAppCode,
	takeCodeTry,
	takeRecoveryCode,
	type AppKey,
} from './second-factor.ts';

/** What names a half-done sign-in: two cookies of the browser that gave the password. */
export interface SecondStepKey {
	token: string;
	browserToken: string;
}

/** What the person has to do: give a code, or set up the app first. */
export type SecondStep = { kind: 'code' } | { kind: 'set_up'; key: AppKey };

const browserHashOf = (token: string) => blindIndex('staff_browser', token);

/**
 * Goes on after a right password. There is no session yet: the answered token, in a cookie of its own,
 * names the person to this browser for ten minutes and for one sign-in.
 */
export async function beginSecondStep(
	ctx: Context,
	{ personId, browserToken }: { personId: string; browserToken: string },
): Promise<{ token: string; kind: SecondStep['kind'] }> {
	const now = ctx.clock.now();
	const token = randomBytes(32).toString('base64url');
	const [factor] = await ctx.db
		.select({ personId: secondFactor.personId })
		.from(secondFactor)
		.where(eq(secondFactor.personId, personId));
	await ctx.db
		.delete(staffSignIn)
		.where(and(eq(staffSignIn.personId, personId), lte(staffSignIn.expiresAt, now)));
	await ctx.db.insert(staffSignIn).values({
		tokenHash: sha256Hex(token),
		personId,
		browserHash: browserHashOf(browserToken),
		secret: factor ? null : newSecret(),
		expiresAt: new Date(now.getTime() + SECOND_STEP_LIFETIME_MS),
	});
	return { token, kind: factor ? 'code' : 'set_up' };
}

/** The half-done sign-in of this browser, as long as it lives. */
function mine({ token, browserToken }: SecondStepKey, now: Date) {
	return and(
		eq(staffSignIn.tokenHash, sha256Hex(token)),
		eq(staffSignIn.browserHash, browserHashOf(browserToken)),
		gt(staffSignIn.expiresAt, now),
		lt(staffSignIn.tries, SECOND_STEP_MAX_TRIES),
	);
}

/** What this browser's half-done sign-in waits for; null when there is none any more. */
export async function secondStep(ctx: Context, key: SecondStepKey): Promise<SecondStep | null> {
	const [row] = await ctx.db
		.select({ secret: staffSignIn.secret, userName: person.userName })
		.from(staffSignIn)
		.innerJoin(person, eq(person.id, staffSignIn.personId))
		.where(mine(key, ctx.clock.now()));
	if (!row) return null;
	if (row.secret === null) return { kind: 'code' };
	return { kind: 'set_up', key: appKey(row.secret, row.userName) };
}

/** Ends a half-done sign-in by its use. @throws {Refusal} `sign_in_again` when somebody was faster */
async function finish(tx: Tx, key: SecondStepKey): Promise<void> {
	const ended = await tx
		.delete(staffSignIn)
		.where(eq(staffSignIn.tokenHash, sha256Hex(key.token)))
		.returning({ personId: staffSignIn.personId });
	if (ended.length === 0) throw new Refusal('sign_in_again');
}

/**
 * Makes the app the person's second factor by its first code. There is nothing to guess, the key
 * stands on the same page: wrong codes cost nothing.
 * @returns the recovery codes, which are stored only as hashes
 * @throws {Refusal} `sign_in_again`, `app_code_wrong`
 */
export async function confirmSecondFactor(
	ctx: Context,
	{ code, ...key }: SecondStepKey & { code: string },
): Promise<{ personId: string; recoveryCodes: string[] }> {
	const [row] = await ctx.db.select().from(staffSignIn).where(mine(key, ctx.clock.now()));
	if (!row || row.secret === null) throw new Refusal('sign_in_again');
	const { personId, secret } = row;
	const step = matchingStep(secret, code, ctx.clock.real());
	if (step === null) throw new Refusal('app_code_wrong');
	const recoveryCodes = await ctx.db.transaction(async (tx) => {
		await finish(tx, key);
		const made = await tx
			.insert(secondFactor)
			.values({ personId, secret, lastStep: step, confirmedAt: ctx.clock.now() })
			.onConflictDoNothing()
			.returning({ personId: secondFactor.personId });
		// Set up in another browser meanwhile: that one is asked for now.
		if (made.length === 0) throw new Refusal('sign_in_again');
		return replaceRecoveryCodes(tx, personId);
	});
	return { personId, recoveryCodes };
}

type Given = SecondStepKey & { code: string; address: string };

/**
 * Counts the try, then lets `take` use the code up together with the half-done sign-in. The try stays
 * counted whatever follows: parallel guesses cannot have more than five.
 */
async function answer(
	ctx: Context,
	given: Given,
	wrong: RefusalCode,
	take: (tx: Tx, personId: string) => Promise<void>,
): Promise<{ personId: string }> {
	const now = ctx.clock.now();
	const [known] = await ctx.db
		.select({ personId: staffSignIn.personId })
		.from(staffSignIn)
		.where(and(mine(given, now), sql`${staffSignIn.secret} is null`));
	if (!known) throw new Refusal('sign_in_again');
	const who = { personId: known.personId, address: given.address };
	await takeCodeTry(ctx, who);
	const [row] = await ctx.db
		.update(staffSignIn)
		.set({ tries: sql`${staffSignIn.tries} + 1` })
		.where(mine(given, now))
		.returning({ tries: staffSignIn.tries });
	if (!row) throw new Refusal('sign_in_again');
	try {
		await ctx.db.transaction(async (tx) => {
			await take(tx, who.personId);
			await finish(tx, given);
		});
	} catch (problem) {
		const refused = problem instanceof Refusal && problem.code === wrong;
		if (!refused) throw problem;
		const left = SECOND_STEP_MAX_TRIES - row.tries;
		throw new Refusal(left > 0 ? wrong : 'sign_in_again', { left });
	}
	await forgetCodeTries(ctx.db, who);
	return { personId: who.personId };
}

/**
 * The second step with a code of the app.
 * @throws {Refusal} `app_code_wrong` {left}, `code_used`, `too_many_requests` {minutes};
 * `sign_in_again` without a live half-done sign-in of this browser, or with the fifth wrong code
 */
export function giveAppCode(ctx: Context, given: Given): Promise<{ personId: string }> {
	return answer(ctx, given, 'app_code_wrong', (tx, personId) =>
		takeAppCode(tx, { personId, code: given.code, now: ctx.clock.real() }),
	);
}

/**
 * The second step with a recovery code, which it uses up.
 * @throws {Refusal} `recovery_code_wrong` {left} and as `giveAppCode`
 */
export function giveRecoveryCode(ctx: Context, given: Given): Promise<{ personId: string }> {
	return answer(ctx, given, 'recovery_code_wrong', (tx, personId) =>
		takeRecoveryCode(tx, { personId, code: given.code, now: ctx.clock.now() }),
	);
}
