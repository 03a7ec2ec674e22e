import { requireStaff } from '#lib/http/guard.ts';
import { staffNav } from '#lib/components/ui/staff-nav.ts';
import { m } from '#lib/paraglide/messages.js';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { LayoutServerLoad } from './$types.js';

/** The clerk's desk; an agent of a service centre has its counter alone. */
export const load: LayoutServerLoad = (event) => {
	const { functions } = requireStaff(event, 'clerk', 'agent');
	const clerk = functions.includes('clerk');
	const own = [
		{ href: localizeHref('/desk'), label: m.desk_nav_desk(), shown: clerk },
		{ href: localizeHref('/desk/sittings'), label: m.desk_nav_sittings(), shown: clerk },
		{ href: localizeHref('/desk/register'), label: m.nav_register(), shown: true },
		{ href: localizeHref('/desk/filed'), label: m.nav_filed(), shown: !clerk },
	];
	return {
		nav: [
			...own.filter(({ shown }) => shown).map(({ href, label }) => ({ href, label })),
			...staffNav(functions.filter((one) => one !== 'clerk' && one !== 'agent')),
		],
	};
};
