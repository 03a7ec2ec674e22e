import { renderSVG } from 'uqr';
import { formatDateTimeYear, formatTime, formatWeekday, oClock } from '#lib/domain/format/date.ts';
import type { Context } from '#lib/server/platform/context.ts';
import { makePdf } from '#lib/server/platform/pdf.ts';
import { words } from '#lib/server/platform/words.ts';
import { openCauseList } from './cause-list.ts';
import { bookingView, sittingDetail } from './queries.ts';
import type { CauseListRow } from './types.ts';

export interface Paper {
	bytes: Uint8Array;
	/** Plain ASCII, fit for a header. */
	fileName: string;
}

const FOLDER = '#lib/server/appointment/paper';

type Say = (key: string, facts?: Readonly<Record<string, string | number>>) => string;

const speaker =
	({ locale }: Context): Say =>
	(key, facts) =>
		words(key, locale, facts);

const LETTERS = new Intl.Segmenter('hi');
/** Longer words than any name or place has. */
const LONG_WORD = /\S{25,}/g;

/** Places at which a word that is longer than its column may break, between letters as people see them. */
function breakable(text: string): string {
	return text.replace(LONG_WORD, (word) =>
		Array.from(LETTERS.segment(word), ({ segment }, at) =>
			at > 0 && at % 10 === 0 ? `\u200b${segment}` : segment,
		).join(''),
	);
}

/** Of a restricted case no name, whoever prints it: a list hangs on a door. */
function nameOn(
	{ foreign, restricted, citizenName, maskedMobile }: CauseListRow,
	say: Say,
): string {
	if (foreign) return say('desk_foreign_name');
	if (restricted) return say('desk_restricted_name');
	return citizenName ?? say(maskedMobile === null ? 'erased_name' : 'desk_no_name');
}

/**
 * The cause list of a sitting for printing, in the reader's language; the look at each case is logged.
 * @throws {Refusal} `not_found`; `forbidden` for anybody but its hearing officer and clerks who book
 * for that officer
 */
export async function causeListPaper(ctx: Context, sittingId: string): Promise<Paper> {
	const say = speaker(ctx);
	const sitting = await sittingDetail(ctx, sittingId);
	const rows = await openCauseList(ctx, sittingId);
	const now = ctx.clock.now();
	const seats = say('desk_sitting_filled', { filled: sitting.filled, seats: sitting.seats });
	const data = {
		lang: ctx.locale,
		product: say('app_name'),
		title: say('desk_list_title'),
		officer: sitting.postName,
		when: say('desk_list_from_to', {
			day: formatWeekday(sitting.startsAt, ctx.locale),
			from: formatTime(sitting.startsAt),
			to: formatTime(sitting.endsAt),
		}),
		facts: [say(`desk_mode_${sitting.mode}`), breakable(sitting.place ?? ''), seats]
			.filter(Boolean)
			.join(' · '),
		columns: [
			say('desk_list_token'),
			say('desk_list_time'),
			say('desk_col_number'),
			say('desk_col_citizen'),
			say('desk_col_matter'),
			say('desk_col_state'),
			say('desk_list_remarks'),
		],
		rows: rows.map((row) => ({
			token: String(row.tokenNo),
			time: formatTime(row.startsAt),
			number: row.number,
			citizen: breakable(nameOn(row, say)),
			mobile: row.restricted ? null : row.maskedMobile,
			matter:
				row.restricted || row.categoryName === null
					? say('desk_restricted_matter')
					: row.categoryName,
			place: breakable(row.placeName),
			state: say(`desk_booking_${row.status}`),
		})),
		none: say('desk_list_none'),
		sign: `${say('desk_list_sign')} · ${sitting.postName}`,
		printed: say('desk_list_printed', { when: formatDateTimeYear(now, ctx.locale) }),
		page: say('paper_page'),
	};
	return {
		bytes: await makePdf(`${FOLDER}/cause-list.typ`, data, now),
		fileName: `cause-list-${sitting.date}.pdf`,
	};
}

/**
 * The slip that a citizen takes home, A6.
 * @throws {Refusal} `not_found`; `forbidden` as `bookingView`
 */
export async function tokenPaper(ctx: Context, bookingId: string): Promise<Paper> {
	const say = speaker(ctx);
	const booking = await bookingView(ctx, bookingId);
	// "सोमवार" alone: the day stands with the year behind it.
	const [weekday] = formatWeekday(booking.startsAt, ctx.locale).split(',');
	const data = {
		lang: ctx.locale,
		product: say('app_name'),
		title: say('desk_token_title'),
		label: say('desk_token_your'),
		token: String(booking.tokenNo),
		when: `${weekday}, ${oClock(formatDateTimeYear(booking.startsAt, ctx.locale), ctx.locale)}`,
		facts: [
			[say('desk_token_officer'), booking.postName],
			[say('desk_token_number'), booking.grievanceNumber],
			[say('desk_token_mode'), say(`desk_mode_${booking.mode}`)],
			...(booking.place ? [[say('paper_place'), breakable(booking.place)]] : []),
		],
		open: say('desk_token_link'),
		link: booking.link,
		qr: renderSVG(booking.link, { border: 2 }),
		keep: say('desk_token_keep'),
	};
	return {
		bytes: await makePdf(`${FOLDER}/token.typ`, data, ctx.clock.now()),
		fileName: `token-${booking.grievanceNumber}-${booking.tokenNo}.pdf`,
	};
}
