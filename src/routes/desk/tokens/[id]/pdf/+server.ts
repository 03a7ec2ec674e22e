import { requireStaff } from '#lib/http/guard.ts';
import { pdfAnswer } from '#lib/http/pdf.ts';
import { tokenPaper } from '#lib/server/appointment/index.ts';
import type { RequestHandler } from './$types.js';

/** The token slip on paper. */
export const GET: RequestHandler = (event) => {
	requireStaff(event, 'clerk');
	return pdfAnswer(event, tokenPaper);
};
