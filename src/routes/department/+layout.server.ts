import { requireStaff } from '#lib/http/guard.ts';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = (event) => {
	requireStaff(event, 'officer', 'hearing');
};
