import type { Db, Tx } from './db.ts';
import { queueJob } from './jobs.ts';

/** Every message there is; its words are `sms_<template>` in `messages/*.json`. */
export const TEMPLATES = [
	'breach_notice',
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
	'hearing_outcome',
	'hearing_missed',
] as const;
export type Template = (typeof TEMPLATES)[number];

export interface Notice {
	template: Template;
	to: { kind: 'citizen' | 'post'; id: string };
	grievanceId: string;
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
