/** category x level x area -> the post that hears. Null: any. */
export interface HearingRule {
	categoryId: string | null;
	level: number | null;
	jurisdictionId: string;
	postId: string;
}

export interface HearingCandidate {
	id: string;
	superiorId: string | null;
	/** Somebody holds it, it is not abolished, it hears citizens of the grievance's district. */
	hears: boolean;
}

export interface HearingPostInput {
	categoryId: string;
	/** Of its ladder, 1 and up. */
	level: number;
	/** From the place itself up to the state. */
	jurisdictionPath: readonly string[];
	rules: readonly HearingRule[];
	/** The posts of the rules and the district head, with all their superiors. */
	posts: ReadonlyMap<string, HearingCandidate>;
	accusedPostId: string | null;
	districtHeadId: string | null;
}

export interface HearingPostChoice {
	postId: string;
	/** What named it: a rule, being the district head, or standing above the district head. */
	by: 'rule' | 'district_head' | 'above';
}

/**
 * Who hears a grievance. The order, of which the first fit post wins:
 * 1. rules of the smallest area, then of what it lies in, up to the state; within one area a rule
 *    for category and level comes before one for the category, that before one for the level, and
 *    last the one for everything;
 * 2. the district head;
 * 3. the district head's superiors, from the nearest upwards.
 * Fit is a post that hears, is not the accused one, and does not stand below the accused one: nobody
 * judges the own superior. Null when there is none: the desk must choose.
 */
export function hearingPost(input: HearingPostInput): HearingPostChoice | null {
	for (const jurisdictionId of input.jurisdictionPath) {
		const rule = input.rules
			.filter((one) => one.jurisdictionId === jurisdictionId && matches(one, input))
			.sort((a, b) => closeness(b) - closeness(a))
			.find((one) => isFit(one.postId, input));
		if (rule) return { postId: rule.postId, by: 'rule' };
	}
	const line = input.districtHeadId ? [...upwards(input.districtHeadId, input.posts)] : [];
	const postId = line.find((id) => isFit(id, input));
	if (postId === undefined) return null;
	return { postId, by: postId === input.districtHeadId ? 'district_head' : 'above' };
}

function matches(rule: HearingRule, { categoryId, level }: HearingPostInput): boolean {
	return (
		(rule.categoryId === null || rule.categoryId === categoryId) &&
		(rule.level === null || rule.level === level)
	);
}

/** How much a rule says. */
function closeness({ categoryId, level }: HearingRule): number {
	return (categoryId === null ? 0 : 2) + (level === null ? 0 : 1);
}

function isFit(postId: string, { posts, accusedPostId }: HearingPostInput): boolean {
	if (!posts.get(postId)?.hears) return false;
	return accusedPostId === null || ![...upwards(postId, posts)].includes(accusedPostId);
}

/** The post and its superiors; a circle of superiors ends by itself. */
function* upwards(
	startId: string,
	posts: ReadonlyMap<string, HearingCandidate>,
): Generator<string> {
	const seen = new Set<string>();
	for (let id: string | null = startId; id !== null && !seen.has(id);) {
		seen.add(id);
		yield id;
		id = posts.get(id)?.superiorId ?? null;
	}
}
