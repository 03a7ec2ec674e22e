import { devicesOf, permissionsPolicy } from '#lib/client/devices.ts';

/** What the headers of an answer depend on. */
interface Answered {
	/** The route's pattern; null when there is none. */
	routeId: string | null;
	signedIn: boolean;
	/** Public address of the site. */
	origin: string;
	/** Address of the video server as browsers see it (`wss://...`). */
	livekitUrl: string;
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** Sets what keeps an answer of ours from being framed, guessed at, kept or sent elsewhere. */
export function guardHeaders(
	headers: Headers,
	{ routeId, signedIn, origin, livekitUrl }: Answered,
): void {
	headers.set('x-content-type-options', 'nosniff');
	headers.set('referrer-policy', 'same-origin');
	headers.set('cross-origin-opener-policy', 'same-origin');
	headers.set('cross-origin-resource-policy', 'same-origin');
	// For browsers of old telephones that do not know `frame-ancestors`.
	headers.set('x-frame-options', 'DENY');
	headers.set('permissions-policy', permissionsPolicy(routeId));
	if (origin.startsWith('https:')) {
		headers.set('strict-transport-security', `max-age=${YEAR_SECONDS}`);
	}
	const policy = headers.get('content-security-policy');
	if (policy && devicesOf(routeId).microphone) {
		headers.set('content-security-policy', withVideoServer(policy, livekitUrl));
	}
	if (signedIn && !headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
}

/** LiveKit's client asks over https what it then does over wss. */
function withVideoServer(policy: string, livekitUrl: string): string {
	const video = `${livekitUrl} ${livekitUrl.replace(/^ws/, 'http')}`;
	return policy.replace("connect-src 'self'", `connect-src 'self' ${video}`);
}
