import { maskAadhaarNumbers } from '#lib/domain/identity/aadhaar-mask.ts';
import { parseIndianMobile } from '#lib/domain/identity/mobile.ts';
import { isUuid } from '#lib/server/platform/uuid.ts';

/**
 * What somebody typed, as a page may show it again: Aadhaar numbers hidden. Ids, and mobiles with their
 * country code, have twelve digits at times and stay as they are.
 */
export function typedAgain(text: string): string {
	return isUuid(text) || parseIndianMobile(text) ? text : maskAadhaarNumbers(text).text;
}

/**
 * Where a page lies whose address carries an Aadhaar number, typed into a search: the same with the number
 * hidden. Null for an address without one. The page, its links and the browser's history then have none.
 */
export function withoutAadhaar(url: URL): string | null {
	let found = false;
	const query = new URLSearchParams();
	for (const [name, value] of url.searchParams) {
		const shown = typedAgain(value);
		found ||= shown !== value;
		query.append(name, shown);
	}
	return found ? `${url.pathname.replace(/^\/+/, '/')}?${query}` : null;
}
