import type { PostFunction } from '#lib/domain/masters/kinds.ts';
import { m } from '#lib/paraglide/messages.js';
import { localizeHref } from '#lib/paraglide/runtime.js';
import type { NavItem } from './types.ts';

/** The desks a post may open, in the order of a working day. */
export function staffNav(functions: readonly PostFunction[]): NavItem[] {
	const desks: { needs: PostFunction; href: string; label: string }[] = [
		{ needs: 'hearing', href: '/officer/sittings', label: m.nav_hearings() },
		{ needs: 'clerk', href: '/desk', label: m.nav_desk() },
		{ needs: 'clerk', href: '/desk/sittings', label: m.nav_sittings() },
		{ needs: 'agent', href: '/desk/register', label: m.nav_register() },
		{ needs: 'officer', href: '/department', label: m.nav_inbox() },
		{ needs: 'officer', href: '/department/directions', label: m.nav_directions() },
		{ needs: 'administrator', href: '/admin', label: m.nav_admin() },
	];
	return desks
		.filter(({ needs }) => functions.includes(needs))
		.map(({ href, label }) => ({ href: localizeHref(href), label }));
}
