import { formatDate, formatDateTime } from '#lib/domain/format/date.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Locale } from '#lib/server/platform/context.ts';
import type { Db } from '#lib/server/platform/db.ts';
import type { Template } from '#lib/server/platform/notify.ts';
import { words } from '#lib/server/platform/words.ts';

type Facts = Readonly<Record<string, string | number>>;

const SUFFIX = /^(.+?)(PostId|At|On|Path|Key)$/;

/**
 * The text of a message in the reader's language. The suffix of a fact says what it is (see
 * `Notice.facts`); the placeholder in the words is its name without the suffix.
 */
export async function smsText(
	{ db, origin }: { db: Db; origin: string },
	template: Template,
	facts: Facts,
	locale: Locale,
): Promise<string> {
	const postIds = Object.entries(facts)
		.filter(([name]) => name.endsWith('PostId'))
		.map(([, id]) => String(id));
	const posts = await namesOfPosts(db, postIds, locale);
	const readable = Object.fromEntries(
		Object.entries(facts).map(([name, value]) => {
			const [, stem = name, suffix = ''] = SUFFIX.exec(name) ?? [];
			return [stem, readableFact(suffix, value)];
		}),
	);
	return words(`sms_${template}`, locale, readable);

	function readableFact(suffix: string, value: string | number): string | number {
		switch (suffix) {
			case 'PostId':
				return posts.get(String(value)) ?? String(value);
			case 'At':
				return formatDateTime(new Date(value), locale);
			case 'On':
				return formatDate(new Date(value), locale);
			case 'Path':
				return `${origin}${locale === 'en' ? '/en' : ''}${value}`;
			case 'Key':
				return words(String(value), locale);
			default:
				return value;
		}
	}
}
