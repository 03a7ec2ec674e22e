import { health, type Health } from '#lib/server/platform/health.ts';
import { web } from './web.ts';

/** Health of the parts of this installation; never throws. */
export function webHealth(): Promise<Health> {
	return health(web().platform);
}
