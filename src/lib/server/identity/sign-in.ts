import { randomInt, randomUUID } from 'node:crypto';
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { maskMobile, parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import {
	nextSendAllowedAt,
	OTP_DIGITS,
	OTP_MAX_TRIES,
	otpExpiresAt,
	parseOtp,
} from '#lib/domain/identity/otp.ts';
import { DAY_MS } from '#lib/domain/calendar/ist.ts';
import { Refusal } from '#lib/domain/refusal.ts';
import { citizen, otpChallenge } from '#lib/server/db/schema/identity.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { blindIndex, sameBytes, seal } from '#lib/server/platform/crypto.ts';
import { inTransaction, written, type Db, type Tx } from '#lib/server/platform/db.ts';
import { queueJob, SEALED_PAYLOAD } from '#lib/server/platform/jobs.ts';
import { takeHit } from '#lib/server/platform/rate-limit.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';

const HOUR_S = 3600;
/** Codes that are asked for: by one mobile, from one address (a village may share one), in all. */
const LIMITS = {
	mobileHour: { limit: 12, windowSeconds: HOUR_S },
	mobileDay: { limit: 40, windowSeconds: 24 * HOUR_S },
	address: { limit: 120, windowSeconds: HOUR_S },
	all: { limit: 1200, windowSeconds: 60 },
} as const;

export interface SignInStarted {
	challengeId: string;
	/** `98xxx xx654` */
	maskedMobile: string;
	/** Seconds until another code may be asked for. */
	waitSeconds: number;
}

type Challenge = typeof otpChallenge.$inferSelect;

const browserHashOf = (token: string) => blindIndex('otp_browser', token);
const codeHashOf = (challengeId: string, code: string) =>
	blindIndex('otp_code', `${challengeId}:${code}`);

/**
 * Sends a six-digit code to a mobile. Never looks whether the number is known, so answer and time
 * are the same. A second tap within the wait gives the same challenge and sends nothing.
 * @param input `mobile` as it was typed; `browserToken` a secret cookie of this browser, which alone
 * may answer; `address` the network address, for the limit only; `actingPostId` the post that will file for
 * the citizen with it, which the message then names.
 * @throws {Refusal} `mobile_invalid`, `too_many_requests` {minutes}, `code_wait` {seconds}
 */
export async function startSignIn(
	ctx: Context,
	input: { mobile: string; browserToken: string; address: string; actingPostId?: string },
): Promise<SignInStarted> {
	const mobile = parseIndianMobile(input.mobile);
	if (!mobile) throw new Refusal('mobile_invalid');
	const now = ctx.clock.now();
	await takeHit(ctx.db, `otp:address:${input.address}`, { ...LIMITS.address, now });
	await takeHit(ctx.db, `otp:mobile:hour:${mobile}`, { ...LIMITS.mobileHour, now });
	await takeHit(ctx.db, `otp:mobile:day:${mobile}`, { ...LIMITS.mobileDay, now });
	await takeHit(ctx.db, 'otp:all', { ...LIMITS.all, now });

	const mobileIndex = blindIndex('mobile', mobile);
	const browserHash = browserHashOf(input.browserToken);
	return inTransaction(ctx.db, async (tx) => {
		// Two taps at once: the second waits here and then finds the challenge of the first.
		await tx.execute(
			sql`select pg_advisory_xact_lock(hashtextextended(${mobileIndex.toString('hex')}, 1))`,
		);
		const before = await challengesOf(tx, { mobileIndex, browserHash, now });
		const allowedAt = nextAllowed(before);
		if (allowedAt && allowedAt > now) {
			const live = before.find(
				(one) => one.endedAt === null && one.expiresAt > now && one.tries < OTP_MAX_TRIES,
			);
			const waitSeconds = secondsUntil(allowedAt, now);
			if (!live) throw new Refusal('code_wait', { seconds: waitSeconds });
			return { challengeId: live.id, maskedMobile: maskMobile(mobile), waitSeconds };
		}
		const challengeId = await replaceCode(tx, ctx, {
			mobile,
			mobileIndex,
			browserHash,
			now,
			actingPostId: input.actingPostId,
		});
		const next = nextAllowed([...before, { createdAt: now, endedAt: null, tries: 0 }]);
		return {
			challengeId,
			maskedMobile: maskMobile(mobile),
			waitSeconds: secondsUntil(next ?? now, now),
		};
	});
}

const secondsUntil = (at: Date, now: Date) =>
	Math.max(0, Math.ceil((at.getTime() - now.getTime()) / 1000));

/** Codes of this mobile and browser: a stranger's asking must not lock the owner's phone out. */
function challengesOf(
	tx: Tx | Db,
	{ mobileIndex, browserHash, now }: { mobileIndex: Buffer; browserHash: Buffer; now: Date },
): Promise<Challenge[]> {
	return tx
		.select()
		.from(otpChallenge)
		.where(
			and(
				eq(otpChallenge.mobileIndex, mobileIndex),
				eq(otpChallenge.browserHash, browserHash),
				gt(otpChallenge.createdAt, new Date(now.getTime() - DAY_MS)),
			),
		);
}

function nextAllowed(challenges: readonly Pick<Challenge, 'createdAt' | 'endedAt' | 'tries'>[]) {
	return nextSendAllowedAt(
		challenges.map((one) => one.createdAt),
		challenges
			.filter((one) => one.tries >= OTP_MAX_TRIES)
			.map((one) => one.endedAt ?? one.createdAt),
	);
}

/** Ends the mobile's live code and makes the next one. */
async function replaceCode(
	tx: Tx,
	ctx: Context,
	{
		mobile,
		mobileIndex,
		browserHash,
		now,
		actingPostId,
	}: {
		mobile: string;
		mobileIndex: Buffer;
		browserHash: Buffer;
		now: Date;
		actingPostId: string | undefined;
	},
): Promise<string> {
	await tx
		.update(otpChallenge)
		.set({ endedAt: now })
		.where(and(eq(otpChallenge.mobileIndex, mobileIndex), isNull(otpChallenge.endedAt)));
	const challengeId = randomUUID();
	const code = String(randomInt(10 ** OTP_DIGITS)).padStart(OTP_DIGITS, '0');
	await tx.insert(otpChallenge).values({
		id: challengeId,
		mobile,
		mobileIndex,
		codeHash: codeHashOf(challengeId, code),
		browserHash,
		locale: ctx.locale,
		createdAt: now,
		expiresAt: otpExpiresAt(now),
	});
	await queueJob(
		tx,
		'otp.send',
		{
			challengeId,
			sealedCode: seal(code, SEALED_PAYLOAD.sealedCode).toString('base64'),
			actingPostId,
		},
		{ jobKey: `otp:${challengeId}` },
	);
	return challengeId;
}

/**
 * Answers a challenge. A citizen comes into being with the first right code; one who was there takes over the
 * language of the page, unless `keepLocale`.
 * @throws {Refusal} `code_wrong` {left}, `code_expired` (also used, replaced, or another browser's),
 * `too_many_tries` {minutes}
 */
export async function finishSignIn(
	ctx: Context,
	input: { challengeId: string; code: string; browserToken: string; keepLocale?: boolean },
): Promise<{ citizenId: string }> {
	if (!isUuid(input.challengeId)) throw new Refusal('code_expired');
	const code = parseOtp(input.code);
	// What cannot be a code is a slip of the thumb, not a guess: it costs no try.
	if (!code) throw new Refusal('code_wrong', { left: OTP_MAX_TRIES });
	const now = ctx.clock.now();
	const browserHash = browserHashOf(input.browserToken);
	const mine = and(
		eq(otpChallenge.id, input.challengeId),
		eq(otpChallenge.browserHash, browserHash),
	);
	// The try is counted before the code is looked at, in one guarded statement of its own: parallel
	// guesses cannot have more than five, and nothing that fails later gives a try back.
	const [challenge] = await ctx.db
		.update(otpChallenge)
		.set({ tries: sql`${otpChallenge.tries} + 1` })
		.where(
			and(
				mine,
				isNull(otpChallenge.endedAt),
				gt(otpChallenge.expiresAt, now),
				lt(otpChallenge.tries, OTP_MAX_TRIES),
			),
		)
		.returning();
	if (!challenge) {
		const [old] = await ctx.db.select().from(otpChallenge).where(mine);
		if (old && old.tries >= OTP_MAX_TRIES) throw await tooManyTries(ctx, old, now);
		throw new Refusal('code_expired');
	}
	if (!sameBytes(challenge.codeHash, codeHashOf(challenge.id, code))) {
		if (challenge.tries < OTP_MAX_TRIES) {
			throw new Refusal('code_wrong', { left: OTP_MAX_TRIES - challenge.tries });
		}
		await ctx.db
			.update(otpChallenge)
			.set({ endedAt: now })
			.where(and(mine, isNull(otpChallenge.endedAt)));
		throw await tooManyTries(ctx, challenge, now);
	}
	return ctx.db.transaction(async (tx) => {
		const used = await tx
			.update(otpChallenge)
			.set({ endedAt: now })
			.where(and(mine, isNull(otpChallenge.endedAt)))
			.returning({ id: otpChallenge.id });
		if (used.length === 0) throw new Refusal('code_expired');
		const row = written(
			await tx
				.insert(citizen)
				.values({
					mobile: challenge.mobile,
					mobileIndex: challenge.mobileIndex,
					locale: ctx.locale,
					createdAt: now,
				})
				.onConflictDoUpdate({
					target: citizen.mobileIndex,
					set: { locale: input.keepLocale ? sql`${citizen.locale}` : ctx.locale },
				})
				.returning({ id: citizen.id }),
		);
		return { citizenId: row.id };
	});
}

async function tooManyTries(ctx: Context, challenge: Challenge, now: Date): Promise<Refusal> {
	const { mobileIndex, browserHash } = challenge;
	const allowedAt = nextAllowed(await challengesOf(ctx.db, { mobileIndex, browserHash, now }));
	const minutes = Math.max(1, Math.ceil(secondsUntil(allowedAt ?? now, now) / 60));
	return new Refusal('too_many_tries', { minutes });
}

/** Where a code goes; null when it was used, replaced or burnt meanwhile. For the job that sends it. */
export async function otpRecipient(
	db: Db | Tx,
	challengeId: string,
): Promise<{ mobile: string; locale: Locale } | null> {
	const [row] = await db
		.select({ mobile: otpChallenge.mobile, locale: otpChallenge.locale })
		.from(otpChallenge)
		.where(and(eq(otpChallenge.id, challengeId), isNull(otpChallenge.endedAt)));
	return row ? { mobile: row.mobile, locale: row.locale === 'en' ? 'en' : 'hi' } : null;
}
