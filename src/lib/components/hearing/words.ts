import type { Disposition, Order } from '#lib/domain/hearing/conclusion.ts';
import type { PresenceStatus } from '#lib/domain/hearing/presence.ts';
import type { CauseStatus } from '#lib/server/hearing/index.ts';
import type { Kind } from '#lib/components/ui/types.ts';
import { m } from '#lib/paraglide/messages.js';

export const dispositionWords: Readonly<Record<Disposition, () => string>> = {
	heard: m.hearing_disposition_heard,
	adjourned: m.hearing_disposition_adjourned,
	citizen_absent: m.hearing_disposition_citizen_absent,
	officer_absent: m.hearing_disposition_officer_absent,
	technical_failure: m.hearing_disposition_technical_failure,
};

export const orderWords: Readonly<Record<Order, () => string>> = {
	granted: m.hearing_order_granted,
	partly_granted: m.hearing_order_partly_granted,
	refused: m.hearing_order_refused,
	none_yet: m.hearing_order_none_yet,
};

export const statusWords: Readonly<Record<Exclude<CauseStatus, 'done'>, () => string>> = {
	not_here: m.officer_status_not_here,
	waiting: m.officer_status_waiting,
	called: m.officer_status_called,
	no_answer: m.officer_status_no_answer,
	in_session: m.officer_status_in_session,
	paused: m.officer_status_paused,
};

export const statusKind: Readonly<Record<CauseStatus, Kind>> = {
	not_here: 'info',
	waiting: 'ok',
	called: 'warn',
	no_answer: 'warn',
	in_session: 'ok',
	paused: 'warn',
	done: 'info',
};

export const presenceWords: Readonly<Record<PresenceStatus, () => string>> = {
	invited: m.officer_presence_invited,
	checked_in: m.officer_presence_checked_in,
	called: m.officer_presence_called,
	in_room: m.officer_presence_in_room,
	dropped: m.officer_presence_dropped,
	left: m.officer_presence_left,
	removed: m.officer_presence_removed,
};
