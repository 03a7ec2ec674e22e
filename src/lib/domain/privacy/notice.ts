/**
 * The privacy notice: which data, for what, on which ground, how long, who sees it (DPDP Act 2023, s.5;
 * Rules 2025, r.3). Its words are `notice_*` in `messages/*.json`; a test holds version and words
 * together, so a changed text needs a new version here.
 */
export const NOTICE_VERSION = '2026-11-22';

export const NOTICE_ROWS = ['why', 'ground', 'keep', 'who'] as const;
export type NoticeRow = (typeof NOTICE_ROWS)[number];

interface NoticeItem {
	name: 'contact' | 'complaint' | 'card' | 'hearing' | 'log';
	/** s.7: a function of the State, or s.6: consent that can be taken back. */
	ground: 'function' | 'consent';
	keep: 'case' | 'own';
	who: 'case' | 'own';
}

/** What is kept, one entry a kind of data; shared words where the answer is the same. */
export const NOTICE_ITEMS: readonly NoticeItem[] = [
	{ name: 'contact', ground: 'function', keep: 'own', who: 'case' },
	{ name: 'complaint', ground: 'function', keep: 'case', who: 'case' },
	{ name: 'card', ground: 'consent', keep: 'own', who: 'case' },
	{ name: 'hearing', ground: 'function', keep: 'case', who: 'case' },
	{ name: 'log', ground: 'function', keep: 'own', who: 'own' },
];

export const NOTICE_RIGHTS = ['see', 'correct', 'withdraw', 'erase', 'offline'] as const;

/** The message of one row of one kind of data. */
export function noticeKey(item: NoticeItem, row: NoticeRow): string {
	if (row === 'why') return `notice_${item.name}_why`;
	if (row === 'ground') return `notice_ground_${item.ground}`;
	return item[row] === 'own' ? `notice_${item.name}_${row}` : `notice_${row}_case`;
}

export function noticeRightKey(right: (typeof NOTICE_RIGHTS)[number]): string {
	return `notice_right_${right}`;
}
