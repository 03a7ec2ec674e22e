const PAGES_WITH_CAMERA = ['/citizen/hearings/', '/officer/sittings'];

/** Whether pages of the route (its pattern, as SvelteKit names it) may ask for camera and microphone. */
export function usesCamera(routeId: string | null): boolean {
	return PAGES_WITH_CAMERA.some((start) => routeId?.startsWith(start));
}

/** The value of the `Permissions-Policy` header for a page of the route. */
export function permissionsPolicy(routeId: string | null): string {
	const own = usesCamera(routeId) ? '(self)' : '()';
	return `camera=${own}, microphone=${own}, geolocation=()`;
}
