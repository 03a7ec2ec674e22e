import type { Tx } from '#lib/server/platform/db.ts';
import { queueJob } from '#lib/server/platform/jobs.ts';

/**
 * Queues mails with the calendar file to the officer who hears and to the posts that are summoned: what
 * the booking says when this is done. For whoever fixes, moves or calls off a hearing, or adds a post.
 */
export const tellCalendars = (
	tx: Tx,
	bookingId: string,
	/** A post whose call was taken back: for it, it does not take place. */
	released?: { postId: string; partyId: string },
): Promise<void> => queueJob(tx, 'mail.hearing', { bookingId, ...(released && { released }) });
