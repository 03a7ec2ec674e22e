import { desc, eq } from 'drizzle-orm';
import { Refusal } from '#lib/domain/refusal.ts';
import { smsOutbox } from '#lib/server/db/schema/notification.ts';
import type { Context } from '#lib/server/platform/context.ts';

export interface SentMessage {
	at: Date;
	to: string;
	text: string;
}

/**
 * The newest 200 messages, newest first: the demonstration's telephone.
 * @throws {Refusal} `not_found` outside a demonstration.
 */
export async function outbox(ctx: Context): Promise<SentMessage[]> {
	if (!ctx.demo) throw new Refusal('not_found');
	return ctx.db
		.select({ at: smsOutbox.createdAt, to: smsOutbox.to, text: smsOutbox.text })
		.from(smsOutbox)
		.where(eq(smsOutbox.state, 'sent'))
		.orderBy(desc(smsOutbox.createdAt), desc(smsOutbox.id))
		.limit(200);
}
