import type { Tx } from '#lib/server/platform/db.ts';
import { notify, type Template } from '#lib/server/platform/notify.ts';
import { tellSummoned } from './summons.ts';
import type { BookingFacts } from './types.ts';

/** One message about a booking to its citizen, queued in the caller's transaction. */
async function tell(
	tx: Tx,
	template: Template,
	made: BookingFacts,
	facts: Record<string, string | number> = {},
): Promise<void> {
	await notify(tx, {
		template,
		to: { kind: 'citizen', id: made.citizenId },
		grievanceId: made.grievanceId,
		facts: {
			number: made.grievanceNumber,
			startsAt: made.startsAt.toISOString(),
			officerPostId: made.postId,
			token: made.tokenNo,
			linkPath: `/h/${made.linkCode}`,
			...facts,
		},
		key: `${template}:${made.id}`,
	});
}

/** The time is fixed: for the citizen and for the posts that are called to it. */
export async function tellBooked(tx: Tx, made: BookingFacts): Promise<void> {
	await tell(tx, 'hearing_booked', made);
	await tellSummoned(tx, made.id, 'summoned');
}

/** The hearing has another time; the messages name the new one. */
export async function tellMoved(tx: Tx, made: BookingFacts): Promise<void> {
	await tell(tx, 'hearing_moved', made);
	await tellSummoned(tx, made.id, 'summons_moved');
}

/** The hearing was called off, by the citizen or by the office. */
export async function tellCancelled(
	tx: Tx,
	ended: BookingFacts,
	by: 'citizen' | 'office',
): Promise<void> {
	await tell(tx, by === 'citizen' ? 'hearing_excused' : 'hearing_revoked', ended);
	await tellSummoned(tx, ended.id, 'summons_off');
}

/** A time is kept until the citizen answers; the link opens the page on which that is done. */
export const tellProposed = (tx: Tx, made: BookingFacts, answerBy: Date) =>
	tell(tx, 'hearing_proposed', made, { answerByAt: answerBy.toISOString() });
