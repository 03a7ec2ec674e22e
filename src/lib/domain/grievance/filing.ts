/** Steps of the filing form, in order; also the last part of each step's address. */
export const FILING_STEPS = ['what', 'where', 'details', 'photos', 'identity', 'review'] as const;
export type FilingStep = (typeof FILING_STEPS)[number];

export const AREAS = ['urban', 'rural'] as const;
export type Area = (typeof AREAS)[number];

/** Lengths in Unicode code points, after cleaning. */
export const FILING_LIMITS = { details: 5000, relief: 2000, placeNote: 300, name: 100 } as const;

export const UPLOAD_LIMITS = {
	files: 5,
	/** Of one file as it is sent, in bytes. */
	bytes: 10_000_000,
	/** Longer side of a kept photo, in pixels. */
	side: 2000,
	/** Pixels of a photo that is still opened: a small file can unfold into gigabytes. */
	pixels: 64_000_000,
	/** Of a PDF. */
	pages: 50,
	/** Resumable uploads of one citizen that have begun and not ended; a new one ends the oldest. */
	begun: 10,
} as const;

export type FilingFacts = {
	categoryId: string | null;
	area: Area | null;
	jurisdictionId: string | null;
	details: string | null;
	relief: string | null;
	name: string | null;
	/** A way to show who one is was chosen ("mobile number only" is one). */
	proofChosen: boolean;
	noticeAgreed: boolean;
};

/** The steps that still lack an answer, in order. Photos are never needed. */
export function missingSteps(facts: FilingFacts): FilingStep[] {
	const missing: FilingStep[] = [];
	if (!facts.categoryId) missing.push('what');
	if (!facts.area || !facts.jurisdictionId) missing.push('where');
	if (!facts.details || !facts.relief) missing.push('details');
	if (!facts.name || !facts.proofChosen) missing.push('identity');
	if (!facts.noticeAgreed) missing.push('review');
	return missing;
}
