import { requireCitizen } from '#lib/http/guard.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = (event) => {
	requireCitizen(event);
};
