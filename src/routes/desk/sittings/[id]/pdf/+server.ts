import { requireStaff } from '#lib/http/guard.ts';
import { pdfAnswer } from '#lib/http/pdf.ts';
import { causeListPaper } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** The cause list on paper, for clerks and for the officer who sits. */
export const GET: RequestHandler = (event) => {
	requireStaff(event, 'clerk', 'hearing');
	return pdfAnswer(event, causeListPaper);
};
