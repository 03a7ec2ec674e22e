import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { formatDateTime } from '#lib/domain/format/date.ts';
import { mailedInvitation, mailingsOf } from '#lib/server/appointment/index.ts';
import { mailOutbox } from '#lib/server/db/schema/notification.ts';
import { holdersOf } from '#lib/server/masters/index.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { inTransaction } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';
import { MailRefused, type Mail, type MailPort } from '#lib/server/platform/mail.ts';
import { words } from '#lib/server/platform/words.ts';

const hearingSchema = v.object({
	bookingId: v.string(),
	released: v.optional(v.object({ postId: v.string(), partyId: v.string() })),
});
const mailSchema = v.object({ mailId: v.string() });

/** Mails wait for each other: a slow server holds up one job, and SMS go on. */
const QUEUE = 'mail';

/**
 * Job `mail.hearing`: one mail to each officer whom the booking concerns and who has an address. Safe to
 * run twice. Nothing happens where no mail server is configured.
 */
export async function mailHearing(ctx: Context, mail: MailPort | null, payload: unknown) {
	const { bookingId, released = null } = v.parse(hearingSchema, payload);
	if (!mail) return;
	for (const { cause, ...mailing } of await mailingsOf(ctx, bookingId, released)) {
		for (const holder of await holdersOf(ctx.db, mailing.postId, ctx.clock.now())) {
			if (!holder.email) continue;
			const { personId } = holder;
			await inTransaction(ctx.db, async (tx) => {
				const [fresh] = await tx
					.insert(mailOutbox)
					.values({ ...mailing, personId, dedupeKey: `${cause}:${personId}` })
					.onConflictDoNothing({ target: mailOutbox.dedupeKey })
					.returning({ id: mailOutbox.id });
				if (!fresh) return;
				const options = { jobKey: `mail:${fresh.id}`, queueName: QUEUE };
				await queueJob(tx, 'mail.send', { mailId: fresh.id }, options);
			});
		}
	}
}

/**
 * Job `mail.send`: writes the mail as the hearing stands now, in the reader's language, and hands it to
 * the server. A crash in between sends it again, under the same message id.
 * @throws when the server did not take it and may take it later
 */
export async function sendMail(ctx: Context, mail: MailPort | null, payload: unknown) {
	const { mailId } = v.parse(mailSchema, payload);
	const queued = and(eq(mailOutbox.id, mailId), eq(mailOutbox.state, 'queued'));
	const [row] = await ctx.db.select().from(mailOutbox).where(queued);
	if (!mail || !row) return;
	const written = await write(ctx, mail, row);
	if (!written) {
		await ctx.db.update(mailOutbox).set({ state: 'dropped' }).where(queued);
		return;
	}
	try {
		await mail.send(written);
	} catch (problem) {
		if (!(problem instanceof MailRefused)) throw problem;
		ctx.log.warn({ mailId, err: problem }, 'mail refused');
		await ctx.db.update(mailOutbox).set({ state: 'failed' }).where(queued);
		return;
	}
	await ctx.db.update(mailOutbox).set({ state: 'sent', sentAt: ctx.clock.now() }).where(queued);
}

/** Null when nobody is to get it any more. */
async function write(
	ctx: Context,
	{ address }: MailPort,
	row: typeof mailOutbox.$inferSelect,
): Promise<Mail | null> {
	const holders = await holdersOf(ctx.db, row.postId, ctx.clock.now());
	const reader = holders.find(({ personId }) => personId === row.personId);
	if (!reader?.email) return null;
	const { locale, email: to } = reader;
	const made = await mailedInvitation(ctx, row, { locale, from: address, to });
	if (!made) return null;
	const { file, booking } = made;
	const kind = file.method === 'CANCEL' ? 'cancelled' : booking.icsSequence > 0 ? 'moved' : 'asked';
	const facts = {
		number: booking.grievanceNumber,
		when: formatDateTime(booking.startsAt, locale),
	};
	return {
		to,
		subject: words(`mail_subject_${kind}`, locale, facts),
		text: `${file.description}\n\n${words(`mail_end_${file.method === 'CANCEL' ? 'cancelled' : 'asked'}`, locale)}\n`,
		messageId: `<${row.id}@${new URL(ctx.origin).hostname}>`,
		calendar: { method: file.method, text: file.text, fileName: file.fileName },
	};
}
