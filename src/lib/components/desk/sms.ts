import { formatDateTime } from '#lib/domain/format/date.ts';
import { m } from '#lib/paraglide/messages.js';

/** Facts of a message about a hearing, as the outbox writes them. */
export interface HearingMessage {
	number: string;
	startsAt: Date;
	token: number | string;
	officer: string;
	/** Of the citizen, not of the page. */
	locale: 'hi' | 'en';
	/** Null before there is one. */
	link: string | null;
}

const WORDS = {
	booked: m.sms_hearing_booked,
	moved: m.sms_hearing_moved,
	revoked: m.sms_hearing_revoked,
};

/** The text that the citizen gets. */
export function hearingSms(kind: keyof typeof WORDS, about: HearingMessage): string {
	const { number, startsAt, token, officer, locale } = about;
	const link = about.link ?? m.desk_sms_link({}, { locale });
	const starts = formatDateTime(startsAt, locale);
	return WORDS[kind]({ number, starts, officer, token, link }, { locale });
}
