import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import { contactOf, otpRecipient } from '#lib/server/identity/index.ts';
import { holdersOf } from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { blindIndex, unseal } from '#lib/server/platform/crypto.ts';
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

const otpSchema = v.object({ challengeId: v.string(), sealedCode: v.string() });

interface Recipient {
	mobile: string;
	locale: Locale;
}

const asLocale = (text: string): Locale => (text === 'en' ? 'en' : 'hi');

async function recipientsOf(
	ctx: Context,
	to: v.InferOutput<typeof noticeSchema>['to'],
): Promise<Recipient[]> {
	const contacts =
		to.kind === 'citizen'
			? [await contactOf(ctx.db, to.id)]
			: await holdersOf(ctx.db, to.id, ctx.clock.now());
	return contacts.flatMap(({ mobile, locale }) =>
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
	const { challengeId, sealedCode } = v.parse(otpSchema, payload);
	const recipient = await otpRecipient(ctx.db, challengeId);
	if (!recipient) return;
	const code = unseal(Buffer.from(sealedCode, 'base64'), 'otp_code');
	const locale = asLocale(recipient.locale);
	await deliver(ctx, sms, {
		to: recipient.mobile,
		text: words('sms_otp', locale, { code }),
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
	await ctx.db
		.insert(smsOutbox)
		.values({ ...message, toIndex: blindIndex('mobile', message.to) })
		.onConflictDoNothing({ target: smsOutbox.dedupeKey });
	if (!sms) return;
	const queued = and(eq(smsOutbox.dedupeKey, message.dedupeKey), eq(smsOutbox.state, 'queued'));
	const [row] = await ctx.db.select().from(smsOutbox).where(queued);
	if (!row) return;
	await sms.send({ to: row.to, text: row.text });
	await ctx.db.update(smsOutbox).set({ state: 'sent', sentAt: ctx.clock.now() }).where(queued);
}
