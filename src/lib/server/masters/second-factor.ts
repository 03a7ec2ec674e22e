import { createTOTPKeyURI, generateHOTP } from '@oslojs/otp';
import { randomBytes } from 'node:crypto';
import { and, eq, isNull, lt } from 'drizzle-orm';
import {
	inGroupsOfFour,
	parseRecoveryCode,
	RECOVERY_CODES,
	TOTP_DIGITS,
	TOTP_STEP_S,
	totpStepsAt,
} from '#lib/domain/identity/totp.ts';
import { parseOtp } from '#lib/domain/identity/otp.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { recoveryCode, secondFactor } from '#lib/server/db/schema/masters.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { blindIndex, randomCode, sameBytes } from '#lib/server/platform/crypto.ts';
import { found, type Db, type Tx } from '#lib/server/platform/db.ts';
import { forgetHits, takeHit } from '#lib/server/platform/rate-limit.ts';
import { forgetTries, takeTry } from './tries.ts';

const ISSUER = 'Jansunwai';
/** RFC 4226, 4: as long as the hash. */
const KEY_BYTES = 20;
/**
 * From everywhere together. Only somebody who knows the password can use it up, and 100 guesses a day
 * find one of three codes once in nine years.
 */
const TRIES_OF_PERSON = { limit: 100, windowSeconds: 24 * 60 * 60 } as const;

/** A key as a person gives it to an authenticator app. */
export interface AppKey {
	/** `otpauth://...`, for a QR. */
	uri: string;
	/** Base 32 in groups of four, for typing. */
	text: string;
}

export interface SecondFactorView {
	since: Date;
	recoveryCodesLeft: number;
}

/** A new key, as it is stored. */
export const newSecret = () => randomBytes(KEY_BYTES).toString('hex');

export function appKey(secret: string, userName: string): AppKey {
	const key = Buffer.from(secret, 'hex');
	const uri = createTOTPKeyURI(ISSUER, userName, key, TOTP_STEP_S, TOTP_DIGITS);
	return { uri, text: inGroupsOfFour(new URL(uri).searchParams.get('secret') ?? '') };
}

/** The step whose code this is, one of those that count now; null for any other. Always the same work. */
export function matchingStep(secret: string, code: string, now: Date): number | null {
	const key = Buffer.from(secret, 'hex');
	const given = Buffer.from(parseOtp(code) ?? '');
	const matching = totpStepsAt(now).filter((step) =>
		sameBytes(given, Buffer.from(generateHOTP(key, BigInt(step), TOTP_DIGITS))),
	);
	return matching.at(-1) ?? null;
}

/**
 * Uses a code of the app up, in one guarded statement: of two that come at once with the same code
 * one passes. `now` is real time, that of the phone.
 * @throws {Refusal} `app_code_wrong`; `code_used`, also for a code older than the last one taken
 */
export async function takeAppCode(
	tx: Tx,
	{ personId, code, now }: { personId: string; code: string; now: Date },
): Promise<void> {
	const [factor] = await tx.select().from(secondFactor).where(eq(secondFactor.personId, personId));
	const step = factor ? matchingStep(factor.secret, code, now) : null;
	if (step === null) throw new Refusal('app_code_wrong');
	const taken = await tx
		.update(secondFactor)
		.set({ lastStep: step })
		.where(and(eq(secondFactor.personId, personId), lt(secondFactor.lastStep, step)))
		.returning({ personId: secondFactor.personId });
	if (taken.length === 0) throw new Refusal('code_used');
}

/** @throws {Refusal} `recovery_code_wrong`, also for one that was used */
export async function takeRecoveryCode(
	tx: Tx,
	{ personId, code, now }: { personId: string; code: string; now: Date },
): Promise<void> {
	const plain = parseRecoveryCode(code);
	const taken = plain
		? await tx
				.update(recoveryCode)
				.set({ usedAt: now })
				.where(
					and(
						eq(recoveryCode.personId, personId),
						eq(recoveryCode.codeHash, codeHash(personId, plain)),
						isNull(recoveryCode.usedAt),
					),
				)
				.returning({ personId: recoveryCode.personId })
		: [];
	if (taken.length === 0) throw new Refusal('recovery_code_wrong');
}

const codeHash = (personId: string, code: string) =>
	blindIndex('recovery_code', `${personId}:${code}`);

/** Ten new ones in place of those before; answers them this one time. */
export async function replaceRecoveryCodes(tx: Tx, personId: string): Promise<string[]> {
	const codes = Array.from({ length: RECOVERY_CODES }, () => `${randomCode(5)}-${randomCode(5)}`);
	await tx.delete(recoveryCode).where(eq(recoveryCode.personId, personId));
	await tx.insert(recoveryCode).values(
		codes.map((code) => ({
			personId,
			codeHash: codeHash(personId, code.replace('-', '')),
		})),
	);
	return codes;
}

/**
 * Counts a code before it is looked at, by person and address and by person alone.
 * @throws {Refusal} `too_many_requests` {minutes}
 */
export async function takeCodeTry(
	ctx: Context,
	{ personId, address }: { personId: string; address: string },
): Promise<void> {
	const now = ctx.clock.now();
	await takeTry(ctx.db, `second:${personId}:${address}`, now);
	await takeHit(ctx.db, `second:${personId}`, { ...TRIES_OF_PERSON, now });
}

/** After a right one. */
export async function forgetCodeTries(
	db: Db,
	{ personId, address }: { personId: string; address: string },
): Promise<void> {
	await forgetTries(db, `second:${personId}:${address}`);
	await forgetHits(db, `second:${personId}`);
}

/** The signed-in person's own. @throws {Refusal} `forbidden`, `not_found` */
export async function secondFactorView(ctx: Context): Promise<SecondFactorView> {
	const personId = requireSelf(ctx);
	const [factor] = await ctx.db
		.select({ since: secondFactor.confirmedAt })
		.from(secondFactor)
		.where(eq(secondFactor.personId, personId));
	const unused = and(eq(recoveryCode.personId, personId), isNull(recoveryCode.usedAt));
	return { ...found(factor), recoveryCodesLeft: await ctx.db.$count(recoveryCode, unused) };
}

/**
 * New recovery codes for the signed-in person, whose old ones stop. Asks for a code of the app: an
 * unlocked screen must not give away a second way in.
 * @throws {Refusal} `forbidden`, `app_code_wrong`, `code_used`, `too_many_requests`
 */
export async function newRecoveryCodes(
	ctx: Context,
	{ code, address }: { code: string; address: string },
): Promise<string[]> {
	const personId = requireSelf(ctx);
	await takeCodeTry(ctx, { personId, address });
	const codes = await ctx.db.transaction(async (tx) => {
		await takeAppCode(tx, { personId, code, now: ctx.clock.real() });
		return replaceRecoveryCodes(tx, personId);
	});
	await forgetCodeTries(ctx.db, { personId, address });
	return codes;
}

function requireSelf({ actor }: Context): string {
	if (actor.kind !== 'staff') throw new Refusal('forbidden');
	return actor.personId;
}
