/** Routes that take files; what those may weigh is judged by the upload rules. */
const WITH_FILES = [
	'/citizen/file/identity',
	'/citizen/file/photos',
	'/department/directions/[id]',
	'/api/uploads/[...id]',
] as const;

/** The longest text of a form, in Devanagari and written for an address, nine bytes a letter. */
const FORM_BYTES = 1_000_000;

/**
 * The status with which a body is refused before it is read, or null. Forms of browsers always say
 * how long they are; the server itself cuts off what is longer than it said.
 */
export function bodyRefusal(request: Request, route: string | null): 411 | 413 | null {
	if (!request.body || WITH_FILES.some((one) => one === route)) return null;
	const length = request.headers.get('content-length');
	if (length === null) return 411;
	return Number(length) <= FORM_BYTES ? null : 413;
}
