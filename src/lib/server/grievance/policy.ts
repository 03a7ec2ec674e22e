import type { Actor } from '#lib/server/platform/context.ts';
import type { AccessFacts } from './types.ts';

type Asking = { actor: Actor };

/** The citizen who filed it. */
export function mayCitizenSee({ actor }: Asking, facts: Pick<AccessFacts, 'citizenId'>): boolean {
	return actor.kind === 'citizen' && actor.citizenId === facts.citizenId;
}

/**
 * Which staff may read a grievance, always by the post in which they act. The post complained of sees
 * it only when it was asked for something; a restricted one is for its holder, the head of the
 * district and the nodal post alone.
 */
export function mayStaffSee({ actor }: Asking, facts: AccessFacts): boolean {
	if (actor.kind !== 'staff') return false;
	const { postId, functions, districtId, jurisdictionId } = actor;
	const answersFor =
		postId === facts.ownerPostId ||
		postId === facts.districtHeadPostId ||
		postId === facts.nodalPostId;
	if (postId === facts.againstPostId) {
		return !facts.restricted && facts.directedPostIds.includes(postId);
	}
	if (facts.restricted || answersFor) return answersFor;
	if (facts.involvedPostIds.includes(postId) || facts.postsAboveOwner.includes(postId)) return true;
	const inDistrict = districtId === facts.districtId;
	if (functions.includes('clerk') || functions.includes('hearing')) {
		if (inDistrict) return true;
	}
	return functions.includes('monitor') && (inDistrict || jurisdictionId === facts.stateId);
}

/** A clerk of the grievance's district who may read it. */
export function mayAttest(asking: Asking, facts: AccessFacts): boolean {
	const { actor } = asking;
	return (
		actor.kind === 'staff' &&
		actor.functions.includes('clerk') &&
		actor.districtId === facts.districtId &&
		mayStaffSee(asking, facts)
	);
}
