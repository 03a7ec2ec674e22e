import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { contactOf, otpRecipient } from '#lib/server/identity/index.ts';
import { holdersOf, namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { blindIndex, unseal } from '#lib/server/platform/crypto.ts';
import { SEALED_PAYLOAD } from '#lib/server/platform/jobs.ts';
import { TEMPLATES } from '#lib/server/platform/notify.ts';
import type { SmsPort } from '#lib/server/platform/sms.ts';
import { words } from '#lib/server/platform/words.ts';
import { smsText } from './messages.ts';

const noticeSchema = v.object({
	template: v.picklist(TEMPLATES),
	to: v.object({ kind: v.picklist(['citizen', 'post']), id: v.string() }),
	grievanceId: v.string(),
	facts: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
	key: v.string(),
});

const otpSchema = v.object({
	challengeId: v.string(),
	sealedCode: v.string(),
	/** The post that will file for the citizen; without one the code is for signing in. */
	actingPostId: v.optional(v.string()),
});

interface Recipient {
	mobile: string;
	locale: Locale;
}

const asLocale = (text: string): Locale => (text === 'en' ? 'en' : 'hi');

async function recipientsOf(
	ctx: Context,
	to: v.InferOutput<typeof noticeSchema>['to'],
): Promise<Recipient[]> {
	if (to.kind === 'citizen') {
		// Nobody hears anything at an erased account.
		const contact = await contactOf(ctx.db, to.id);
		return contact ? [contact] : [];
	}
	const holders = await holdersOf(ctx.db, to.id, ctx.clock.now());
	return holders.flatMap(({ mobile, locale }) =>
		mobile ? [{ mobile, locale: asLocale(locale) }] : [],
	);
}

/** Job `notify`: writes and sends one message to each holder of the address. Safe to run twice. */
export async function sendNotice(ctx: Context, sms: SmsPort | null, payload: unknown) {
	const { template, to, grievanceId, facts, key } = v.parse(noticeSchema, payload);
	for (const { mobile, locale } of await recipientsOf(ctx, to)) {
		await deliver(ctx, sms, {
			to: mobile,
			text: await smsText(ctx, template, facts, locale),
			template,
			locale,
			grievanceId,
			dedupeKey: `${key}:${blindIndex('sms', mobile).toString('hex').slice(0, 16)}`,
		});
	}
}

/** Job `otp.send`: the code travels sealed and is forgotten with the job. */
export async function sendOtp(ctx: Context, sms: SmsPort | null, payload: unknown) {
	const { challengeId, sealedCode, actingPostId } = v.parse(otpSchema, payload);
	const recipient = await otpRecipient(ctx.db, challengeId);
	if (!recipient) return;
	const code = unseal(Buffer.from(sealedCode, 'base64'), SEALED_PAYLOAD.sealedCode);
	const locale = asLocale(recipient.locale);
	const post =
		actingPostId && (await namesOfPosts(ctx.db, [actingPostId], locale)).get(actingPostId);
	await deliver(ctx, sms, {
		to: recipient.mobile,
		text: post
			? words('sms_otp_acting', locale, { code, post })
			: words('sms_otp', locale, { code }),
		template: 'otp',
		locale,
		grievanceId: null,
		dedupeKey: `otp:${challengeId}`,
	});
}

interface Message {
	to: string;
	text: string;
	template: string;
	locale: Locale;
	grievanceId: string | null;
	dedupeKey: string;
}

/** Writes the message once, then hands it to the carrier; a crash in between sends it again. */
async function deliver(ctx: Context, sms: SmsPort | null, message: Message): Promise<void> {
	const { dedupeKey } = message;
	const [fresh] = await ctx.db
		.insert(smsOutbox)
		.values({ ...message, toIndex: blindIndex('mobile', message.to) })
		.onConflictDoNothing({ target: smsOutbox.dedupeKey })
		.returning({ to: smsOutbox.to, text: smsOutbox.text });
	if (!sms) return;
	const queued = and(eq(smsOutbox.dedupeKey, dedupeKey), eq(smsOutbox.state, 'queued'));
	const row = fresh ?? (await ctx.db.select().from(smsOutbox).where(queued))[0];
	if (!row) return;
	await sms.send({ to: row.to, text: row.text });
	await ctx.db.update(smsOutbox).set({ state: 'sent', sentAt: ctx.clock.now() }).where(queued);
}
