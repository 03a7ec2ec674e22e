import type { Reroute } from '@sveltejs/kit';
import { deLocalizeUrl } from '#lib/paraglide/runtime.js';

/** `/en/track` is the page `/track` in English: routes are written once, without a language. */
export const reroute: Reroute = ({ url }) => deLocalizeUrl(url).pathname;
