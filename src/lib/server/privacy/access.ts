import { accessesOf, type Access } from '#lib/server/audit/index.ts';
import { myGrievances } from '#lib/server/grievance/index.ts';
import { namesOfPosts } from '#lib/server/masters/index.ts';
import type { Context, Locale } from '#lib/server/platform/context.ts';
import { words } from '#lib/server/platform/words.ts';

/** One look of staff at a case, as its citizen reads it. */
export interface Look {
	at: Date;
	number: string;
	/** The post; persons are not named. */
	post: string;
	/** Which page, in words. */
	page: string;
}

/** The words of pages and actions that log a look. */
const REASONS = ['attachment', 'case_page', 'cause_list', 'desk', 'hearing_desk'];

function pageOf({ reason }: Access, locale: Locale): string {
	return words(`access_reason_${REASONS.includes(reason) ? reason : 'other'}`, locale);
}

/**
 * Who looked at the signed-in citizen's cases, newest first.
 * @param number one case only; somebody else's gives nothing
 * @throws {Refusal} `forbidden`
 */
export async function whoLooked(
	ctx: Context,
	{ number, limit }: { number?: string | null; limit: number },
): Promise<Look[]> {
	const mine = await myGrievances(ctx);
	const numbers = new Map(
		mine.filter((one) => !number || one.number === number).map((one) => [one.id, one.number]),
	);
	const looks = await accessesOf(ctx.db, [...numbers.keys()], { limit });
	const posts = await namesOfPosts(
		ctx.db,
		[...new Set(looks.map((one) => one.postId))],
		ctx.locale,
	);
	return looks.map((one) => ({
		at: one.at,
		number: numbers.get(one.grievanceId) ?? '',
		post: posts.get(one.postId) ?? '',
		page: pageOf(one, ctx.locale),
	}));
}
