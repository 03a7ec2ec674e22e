import type { Locale } from '#lib/server/platform/context.ts';
import { PLACES } from './data/places.ts';
import { POSTS } from './data/posts.ts';

export interface DemonstrationSignIn {
	role: string;
	user: string;
	password: string;
	/** Path of the page that opens after signing in. */
	where: string;
}

/** `dc.rewari` has `demo-dc-2026`; two that begin alike differ by their place. */
export function passwordOf(userName: string): string {
	const [office = '', place = ''] = userName.split('.');
	const main =
		place === 'rewari' || POSTS.filter((one) => nameOf(one).startsWith(`${office}.`)).length === 1;
	return `demo-${main ? office : `${office}-${place}`}-2026`;
}

const nameOf = (seed: (typeof POSTS)[number]) => seed.holder?.userName ?? '';

/** The people a visitor will want to be, in the order of the story. */
const SHOWN: readonly (readonly [post: string, where: string])[] = [
	['clerk', '/desk'],
	['dc', '/officer/sittings'],
	['secretary-bawal', '/department'],
	['dmc', '/department'],
	['ddpo', '/department'],
	['adc', '/department'],
	['bdpo-khol', '/department'],
	['sdm-bawal', '/officer/sittings'],
	['hr-division', '/department'],
	['hr-state', '/department'],
	['hr-administrator', '/admin'],
	['clerk-jodhpur', '/desk'],
	['collector', '/officer/sittings'],
	['sanitation-south', '/department'],
	['commissioner-south', '/department'],
	['rj-administrator', '/admin'],
];

/** Demonstration sign-ins of staff. Citizens sign in with any Indian mobile number. */
export function demonstrationSignIns(locale: Locale = 'en'): DemonstrationSignIn[] {
	return SHOWN.flatMap(([key, where]) => {
		const seed = POSTS.find((one) => one.key === key);
		if (!seed?.holder) return [];
		const place = PLACES.find((one) => one.key === seed.place);
		return [
			{
				role: `${seed[locale]}, ${place?.[locale] ?? ''}`,
				user: seed.holder.userName,
				password: passwordOf(seed.holder.userName),
				where,
			},
		];
	});
}
