import { requireStaff } from '#lib/http/guard.ts';
import { staffNav } from '#lib/components/ui/staff-nav.ts';
import { m } from '#lib/paraglide/messages.js';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { LayoutServerLoad } from './$types.js';

export const load: LayoutServerLoad = (event) => {
	const clerk = requireStaff(event, 'clerk');
	return {
		nav: [
			{ href: localizeHref('/desk'), label: m.desk_nav_desk() },
			{ href: localizeHref('/desk/sittings'), label: m.desk_nav_sittings() },
			...staffNav(clerk.functions.filter((one) => one !== 'clerk')),
		],
	};
};
