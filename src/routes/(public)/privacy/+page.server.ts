import { privacyNotice } from '#lib/server/privacy/index.ts';
import type { PageServerLoad } from './$types.js';

/** Plain text: nothing to run in the browser. */
export const csr = false;

export const load: PageServerLoad = ({ locals }) => ({ notice: privacyNotice(locals.locale) });
