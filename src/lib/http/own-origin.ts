const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Whether another site makes a browser send something that may change data. SvelteKit asks this of forms
 * only; a request of a script without a body has no content type, and sites beside ours under one domain
 * get the session's cookie along. Browsers name the origin of each such request; the video server, which is
 * none, names none and signs.
 */
export function fromElsewhere(request: Request, origin: string): boolean {
	const from = request.headers.get('origin');
	return from !== null && from !== origin && !READING.includes(request.method);
}
