import { redirect } from '@sveltejs/kit';
import { FILING_STEPS, type FilingStep } from '#lib/domain/grievance/filing.ts';
import { localizeHref } from '#lib/paraglide/runtime.js';

/** The step after this one, or back to the review when the citizen came from there. */
export function nextFilingStep(step: FilingStep, url: URL): never {
	const after = FILING_STEPS[FILING_STEPS.indexOf(step) + 1] ?? 'review';
	redirect(303, localizeHref(`/citizen/file/${url.searchParams.has('review') ? 'review' : after}`));
}
