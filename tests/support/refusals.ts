import { Refusal, type RefusalCode, type RefusalFacts } from '#lib/domain/refusal.ts';

/** Code and facts of the refusal that the work ends with; anything else is thrown on. */
export async function refusalOf(
	work: Promise<unknown>,
): Promise<{ code: RefusalCode; facts: RefusalFacts } | null> {
	try {
		await work;
		return null;
	} catch (problem) {
		if (!(problem instanceof Refusal)) throw problem;
		return { code: problem.code, facts: problem.facts };
	}
}

/** Only the code, or null when it was not refused. */
export async function refusalCode(work: Promise<unknown>): Promise<RefusalCode | null> {
	return (await refusalOf(work))?.code ?? null;
}
