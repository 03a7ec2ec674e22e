import { requireStaff } from '#lib/http/guard.ts';
import { staffNav } from '#lib/components/ui/staff-nav.ts';
import { m } from '#lib/paraglide/messages.js';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = (event) => {
	const actor = requireStaff(event, 'administrator');
	return {
		nav: [
			...staffNav(actor.functions.filter((one) => one !== 'administrator')),
			{ href: localizeHref('/admin'), label: m.admin_nav_staff() },
			{ href: localizeHref('/admin/posts'), label: m.admin_nav_posts() },
		],
	};
};
