import { generateHOTP } from '@oslojs/otp';
import { TOTP_DIGITS, totpStep } from '#lib/domain/identity/totp.ts';
import { sha256Hex } from '#lib/server/platform/crypto.ts';
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

/**
 * DEMONSTRATION ONLY, public on purpose, like the passwords: the key that stands in for the app on an
 * invented person's phone. `/demo` shows its codes.
 */
export function secondFactorOf(userName: string): string {
	return sha256Hex(`demonstration second factor of ${userName}`).slice(0, 40);
}

/** The code that the person's app would show at an instant (real time, whatever the demonstration's says). */
export function appCodeOf(userName: string, at: Date): string {
	return generateHOTP(
		Buffer.from(secondFactorOf(userName), 'hex'),
		BigInt(totpStep(at)),
		TOTP_DIGITS,
	);
}

const nameOf = (seed: (typeof POSTS)[number]) => seed.holder?.userName ?? '';

/** The people a visitor will want to be, in the order of the story. */
const SHOWN: readonly (readonly [post: string, where: string])[] = [
	['clerk', '/desk'],
	['csc-bawal', '/desk/register'],
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
