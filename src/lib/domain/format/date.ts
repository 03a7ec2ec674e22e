/**
 * Dates and times as people in India read them: Indian Standard Time, in words, Latin digits.
 *
 * The names are written out here instead of asked from `Intl`, because the tables of an old phone
 * and of the server differ ("नवंबर", "नवम्बर"), and the page would change under the reader's eyes.
 */

export type ReaderLocale = 'hi' | 'en';

/** IST is UTC+5:30 all year. */
const IST_MS = 5.5 * 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

const MONTHS = {
	hi: 'जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर'.split(' '),
	en: 'January February March April May June July August September October November December'.split(
		' ',
	),
};
const WEEKDAYS = {
	hi: 'रविवार सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार'.split(' '),
	en: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '),
};

/** The instant moved so that its UTC fields read as IST. */
function ist(at: Date): Date {
	return new Date(at.getTime() + IST_MS);
}

/** "16 नवंबर" / "16 November". */
export function formatDay(at: Date, locale: ReaderLocale): string {
	const day = ist(at);
	return `${day.getUTCDate()} ${MONTHS[locale][day.getUTCMonth()]}`;
}

/** "16 नवंबर 2026" / "16 November 2026". */
export function formatDate(at: Date, locale: ReaderLocale): string {
	return `${formatDay(at, locale)} ${ist(at).getUTCFullYear()}`;
}

/** "सोमवार, 16 नवंबर" / "Monday, 16 November". */
export function formatWeekday(at: Date, locale: ReaderLocale): string {
	return `${WEEKDAYS[locale][ist(at).getUTCDay()]}, ${formatDay(at, locale)}`;
}

/** "11:40" on the 24-hour clock of railway time tables, in both languages. */
export function formatTime(at: Date): string {
	return ist(at).toISOString().slice(11, 16);
}

/** "16 नवंबर, 11:40" / "16 November, 11:40". */
export function formatDateTime(at: Date, locale: ReaderLocale): string {
	return `${formatDay(at, locale)}, ${formatTime(at)}`;
}

/** "16 नवंबर 2026, 11:40": for papers that are kept. */
export function formatDateTimeYear(at: Date, locale: ReaderLocale): string {
	return `${formatDate(at, locale)}, ${formatTime(at)}`;
}

/**
 * A time that stands by itself: "11:40 बजे" / "11:40", with or without its day in front. In a sentence
 * the message says "बजे".
 */
export function oClock(time: string, locale: ReaderLocale): string {
	return locale === 'hi' ? `${time} बजे` : time;
}

/** The IST calendar day of an instant as `YYYY-MM-DD`, the value of a date field. */
export function isoDay(at: Date): string {
	return ist(at).toISOString().slice(0, 10);
}

/** IST calendar days from one instant to another: 0 on the same day, negative when `to` is earlier. */
export function daysBetween(from: Date, to: Date): number {
	return Math.floor(ist(to).getTime() / DAY_MS) - Math.floor(ist(from).getTime() / DAY_MS);
}
