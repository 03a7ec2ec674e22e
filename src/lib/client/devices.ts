/** Beginnings of routes (their patterns, as SvelteKit names them) whose pages may ask for a device. */
const TALKING = ['/citizen/hearings/', '/officer/sittings'];
const SCANNING = ['/citizen/file/identity'];

/** Devices that a page may ask for. */
export interface PageDevices {
	camera: boolean;
	microphone: boolean;
}

/** What pages of the route may ask for. */
export function devicesOf(routeId: string | null): PageDevices {
	const among = (starts: readonly string[]) => starts.some((start) => routeId?.startsWith(start));
	const microphone = among(TALKING);
	return { camera: microphone || among(SCANNING), microphone };
}

/** The value of the `Permissions-Policy` header for a page of the route. */
export function permissionsPolicy(routeId: string | null): string {
	const { camera, microphone } = devicesOf(routeId);
	const own = (may: boolean) => (may ? '(self)' : '()');
	return `camera=${own(camera)}, microphone=${own(microphone)}, geolocation=()`;
}
