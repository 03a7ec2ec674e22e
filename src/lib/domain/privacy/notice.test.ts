import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
	NOTICE_ITEMS,
	NOTICE_RIGHTS,
	NOTICE_ROWS,
	NOTICE_VERSION,
	noticeKey,
	noticeRightKey,
} from './notice.ts';

/** Of the notice's words in both languages. Another text is another notice: give it a new version. */
const TEXT_OF = new Map([['2026-11-22', 'fd12c5d36ee81783']]);

function messages(locale: string): Record<string, string> {
	return JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8'));
}

describe('the privacy notice', () => {
	test('has the text that belongs to its version', () => {
		const texts = ['hi', 'en'].map((locale) =>
			Object.entries(messages(locale)).filter(([key]) => key.startsWith('notice_')),
		);
		const found = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
		expect(found.slice(0, 16)).toBe(TEXT_OF.get(NOTICE_VERSION));
	});

	test('answers every question of every kind of data in both languages', () => {
		const keys = [
			...NOTICE_ITEMS.flatMap((item) => [
				`notice_${item.name}`,
				...NOTICE_ROWS.map((row) => noticeKey(item, row)),
			]),
			...NOTICE_ROWS.map((row) => `notice_term_${row}`),
			...NOTICE_RIGHTS.map(noticeRightKey),
		];
		for (const locale of ['hi', 'en']) {
			const words = messages(locale);
			expect(keys.filter((key) => !words[key])).toEqual([]);
		}
	});
});
