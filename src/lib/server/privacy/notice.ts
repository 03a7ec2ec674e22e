import {
	NOTICE_ITEMS,
	NOTICE_RIGHTS,
	NOTICE_ROWS,
	NOTICE_VERSION,
	noticeKey,
	noticeRightKey,
} from '#lib/domain/privacy/notice.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import { words } from '#lib/server/platform/words.ts';

/** The notice as it is read: DPDP Act 2023, s.5 and Rules 2025, r.3. */
export interface PrivacyNotice {
	/** Goes back with the form, so that only what was shown is agreed to. */
	version: string;
	versionText: string;
	lead: string;
	items: { title: string; rows: { term: string; text: string }[] }[];
	rightsTitle: string;
	rightsLead: string;
	rights: string[];
	contactTitle: string;
	contact: string[];
}

export function privacyNotice(locale: Locale): PrivacyNotice {
	const say = (key: string) => words(key, locale);
	return {
		version: NOTICE_VERSION,
		versionText: words('notice_version', locale, { version: NOTICE_VERSION }),
		lead: say('notice_lead'),
		items: NOTICE_ITEMS.map((item) => ({
			title: say(`notice_${item.name}`),
			rows: NOTICE_ROWS.map((row) => ({
				term: say(`notice_term_${row}`),
				text: say(noticeKey(item, row)),
			})),
		})),
		rightsTitle: say('notice_rights'),
		rightsLead: say('notice_rights_lead'),
		rights: NOTICE_RIGHTS.map((right) => say(noticeRightKey(right))),
		contactTitle: say('notice_contact_title'),
		contact: [say('notice_contact_office'), say('notice_contact_board')],
	};
}
