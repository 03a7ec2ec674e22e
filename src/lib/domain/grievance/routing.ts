import type { RefusalCode } from '../refusal.ts';

export type RoutingRule = { categoryId: string; jurisdictionId: string; postId: string };
export type RoutingPost = { id: string; superiorId: string | null; vacant: boolean };

/** Why a post on the way was passed over. */
export type ClimbReason = 'accused' | 'vacant';

export type RoutingInput = {
	categoryId: string;
	/** From the place itself up to the state. */
	jurisdictionPath: readonly string[];
	rules: readonly RoutingRule[];
	posts: ReadonlyMap<string, RoutingPost>;
	accusedPostId: string | null;
};

export type Routing =
	| { postId: string; ruleJurisdictionId: string; climbed: ClimbReason[] }
	| { refusal: Extract<RefusalCode, 'no_post_for_place'> };

/**
 * The post that gets a new grievance: the rule of the smallest area that has one, climbing to
 * parents. A vacant post, or the one complained of, passes it to its superior. When a rule's whole
 * line of superiors is unfit (or runs in a circle), the next wider area's rule is tried.
 */
export function routeGrievance(input: RoutingInput): Routing {
	const climbed: ClimbReason[] = [];
	for (const jurisdictionId of input.jurisdictionPath) {
		const rule = input.rules.find(
			(candidate) =>
				candidate.categoryId === input.categoryId && candidate.jurisdictionId === jurisdictionId,
		);
		if (!rule) continue;
		const postId = firstFitPost(rule.postId, input, climbed);
		if (postId !== null) return { postId, ruleJurisdictionId: jurisdictionId, climbed };
	}
	return { refusal: 'no_post_for_place' };
}

/** Adds to `climbed` one reason for each post passed over. */
function firstFitPost(
	startId: string,
	{ posts, accusedPostId }: RoutingInput,
	climbed: ClimbReason[],
): string | null {
	const seen = new Set<string>();
	for (let id: string | null = startId; id !== null && !seen.has(id);) {
		seen.add(id);
		const post = posts.get(id);
		if (!post) return null;
		if (post.id === accusedPostId) climbed.push('accused');
		else if (post.vacant) climbed.push('vacant');
		else return post.id;
		id = post.superiorId;
	}
	return null;
}
