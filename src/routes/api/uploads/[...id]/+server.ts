import { answerUpload } from '#lib/http/resumable.ts';
import type { RequestHandler } from './$types.js';

const answer: RequestHandler = ({ locals, request }) => answerUpload(locals.ctx, request);

export { answer as DELETE, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST };
