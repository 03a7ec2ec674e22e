import type { Db, Tx } from './db.ts';
import { queueJob } from './jobs.ts';

/** Every message there is; its words are `sms_<template>` in `messages/*.json`. */
export const TEMPLATES = [
	'breach_notice',
	'camp_cancelled',
	'camp_invited',
	'camp_withdrawn',
	'direction_answered_citizen',
	'direction_answered_issuer',
	'direction_escalated_citizen',
	'direction_escalated_issuer',
	'direction_escalated_officer',
	'direction_escalated_superior',
	'direction_issued',
	'grievance_assigned',
	'grievance_escalated_citizen',
	'grievance_escalated_officer',
	'grievance_escalated_superior',
	'grievance_registered',
	'hearing_adjourned',
	'hearing_booked',
	'hearing_called',
	'hearing_desk_calls',
	'hearing_lapsed',
	'hearing_offer',
	'hearing_proposed',
	'hearing_reminder_day_1',
	'hearing_reminder_days_3',
	'hearing_reminder_hour_1',
	'hearing_reminder_post',
	'hearing_waiting',
	'hearing_excused',
	'hearing_missed',
	'hearing_moved',
	'hearing_outcome',
	'hearing_revoked',
	'hearing_waits',
	'moves_done',
	'moves_planned',
	'report_reminder',
	'sitting_unopened',
	'summoned',
	'summons_moved',
	'summons_off',
] as const;
export type Template = (typeof TEMPLATES)[number];

export interface Notice {
	template: Template;
	to: { kind: 'citizen' | 'post' | 'invitee'; id: string };
	/** Null: of no single case. */
	grievanceId: string | null;
	/**
	 * Nothing personal. The words are made when the message is sent, in the reader's language:
	 * `...PostId` becomes the post's name, `...At` (ISO instant) a date and time, `...On` a date.
	 */
	facts?: Readonly<Record<string, string | number>>;
	/** One message a key, however often the cause runs. */
	key: string;
}

/** Queues one message in the caller's transaction. */
export async function notify(tx: Tx | Db, notice: Notice): Promise<void> {
	await queueJob(tx, 'notify', { ...notice }, { jobKey: `notify:${notice.key}` });
}
