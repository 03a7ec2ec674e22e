import { redirect } from '@sveltejs/kit';
import { requireStaff } from '#lib/http/guard.ts';
import { startPage } from '../staff/start-page.ts';
import type { PageServerLoad } from './$types.js';

/** The first page of a post's day. */
export const load: PageServerLoad = (event) =>
	redirect(303, startPage(requireStaff(event).functions));
